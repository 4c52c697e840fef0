"""A timestamping authority on loopback: openssl behind a small server, which can also misbehave."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
O = Invented
CN = Invented {what}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = {folder}/serial
signer_cert = {folder}/leaf.pem
signer_key = {folder}/leaf.key
certs = {folder}/root.pem
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
"""


@dataclass
class Authority:
    """An authority; `root` is its certificate, `behaviour` what it does instead of answering."""

    folder: Path
    url: str = ""
    behaviour: str = ""
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    @property
    def name(self) -> str:
        return self.url.removeprefix("http://").replace(":", "-").replace("/", "-")

    def answer(self, query: bytes) -> bytes:
        """Return the answer of openssl to a query."""
        asked, answered = self.folder / "query.tsq", self.folder / "answer.tsr"
        with self.lock:
            asked.write_bytes(query)
            openssl(
                self.folder, "ts", "-reply", "-queryfile", asked, "-out", answered, "-config",
                self.folder / "tsa.cnf",
            )  # fmt: skip
            return answered.read_bytes()


def openssl(folder: Path, *words: object) -> None:
    subprocess.run(
        ["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True, timeout=60
    )


def make_authority(folder: Path, key: str = "rsa") -> Authority:
    """Make keys, a root and a leaf; `key` is rsa or ec."""
    folder.mkdir()
    (folder / "serial").write_text("01")
    kind = ["-newkey", "rsa:2048"]
    if key == "ec":
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    for what in ("root", "leaf"):
        (folder / f"{what}.cnf").write_text(CONFIG.format(what=what, folder=folder))
    (folder / "tsa.cnf").write_text(CONFIG.format(what="TSA", folder=folder))
    openssl(
        folder, "req", "-x509", *kind, "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days",
        3650, "-config", "root.cnf", "-extensions", "root",
    )  # fmt: skip
    openssl(
        folder, "req", "-new", *kind, "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-config",
        "leaf.cnf",
    )  # fmt: skip
    openssl(
        folder, "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key",
        "-CAcreateserial", "-out", "leaf.pem", "-days", 3650, "-extfile", "leaf.cnf", "-extensions",
        "leaf",
    )  # fmt: skip
    return Authority(folder)


@contextmanager
def served(authority: Authority) -> Iterator[Authority]:
    """Serve an authority on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append(self.headers["Content-Type"])
            if authority.behaviour == "redirect":
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()
                return
            self.send_response(500 if authority.behaviour == "error" else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self._send(query)

        def _send(self, query: bytes) -> None:
            if authority.behaviour == "huge":
                self.wfile.write(b"0" * (1 << 20))
            elif authority.behaviour == "slow":
                for _ in range(40):
                    self.wfile.write(b"0")
                    time.sleep(0.1)
            elif authority.behaviour == "garbage":
                self.wfile.write(b"<html>welcome</html>")
            elif authority.behaviour == "replay":
                self.wfile.write((authority.folder / "answer.tsr").read_bytes())
            elif not authority.behaviour:
                self.wfile.write(authority.answer(query))

        def log_message(self, *words: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        authority.url = f"http://127.0.0.1:{server.server_port}/tsr"
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
