"""Certificates and versions of TLS: strict, unless the registry names a portal that cannot be."""

from __future__ import annotations

import gzip
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.tiny import FAST, PAGES, SITE, crawl_one, reason


def expired(folder: Path) -> ssl.SSLContext:
    """The side of a server whose own certificate ran out yesterday."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SITE.host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE.host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def portal(tmp_path: Path) -> ssl.SSLContext:
    """The side of the portal in TLS; a test may change it before it crawls."""
    return expired(tmp_path)


@pytest.fixture
def tunnel(portal: ssl.SSLContext) -> Iterator[str]:
    """A proxy whose tunnels all end at the portal, spoken to in TLS."""
    context = portal

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self._head(self.rfile)
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with (
                suppress(ssl.SSLError, ConnectionError),  # the crawl does not accept us
                context.wrap_socket(self.connection, server_side=True) as spoken,
                spoken.makefile("rb") as asked,
            ):
                page = PAGES.get(self._head(asked).split()[1].decode(), "")
                status = b"200 OK" if page else b"404 Not Found"
                head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
                spoken.sendall(head % status + page.encode())

        def _head(self, stream) -> bytes:
            lines = list(iter(stream.readline, b"\r\n"))
            return lines[0]

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_certificate_that_ran_out_is_not_accepted(tunnel, tmp_path):
    site = replace(SITE, url="https://www.tiny.gov.cn/")
    run = crawl_one(
        Job(site, tmp_path / "kept", tunnel, FAST | {"RETRY_TIMES": "0", "DOWNLOAD_TIMEOUT": "5"})
    )
    assert run.outcome == "failed"
    assert reason(run).startswith("The certificate of www.tiny.gov.cn cannot be verified")
    assert "certificate" in (tmp_path / "kept" / "logs" / "tiny.log").read_text()


def test_the_registry_may_name_the_exception_and_every_file_says_so(tunnel, tmp_path):
    site = replace(SITE, url="https://www.tiny.gov.cn/", verify_tls=False)
    run = crawl_one(Job(site, tmp_path / "kept", tunnel, FAST))
    assert (run.outcome, run.counts["reports"]) == ("ok", 1)
    (path,) = (tmp_path / "kept").glob("*.warc.gz")
    assert b"tls-verification: off, as the registry says" in gzip.decompress(path.read_bytes())
    with Snapshots(tmp_path / "kept") as snapshots:
        assert all(snapshot.url.startswith("https://") for snapshot in snapshots.all())


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_portal_of_before_tls_1_2_has_to_be_named(portal, tunnel, tmp_path):
    portal.set_ciphers("ALL:@SECLEVEL=0")
    portal.minimum_version = portal.maximum_version = ssl.TLSVersion.TLSv1
    site = replace(SITE, url="https://www.tiny.gov.cn/", verify_tls=False)
    run = crawl_one(
        Job(site, tmp_path / "strict", tunnel, FAST | {"RETRY_TIMES": "0", "DOWNLOAD_TIMEOUT": "5"})
    )
    assert run.outcome == "failed"
    assert "old_tls = true" in reason(run)
    assert "protocol version" in (tmp_path / "strict" / "logs" / "tiny.log").read_text()
    run = crawl_one(
        Job(replace(site, verify_tls=True, old_tls=True), tmp_path / "kept", tunnel, FAST)
    )
    assert (run.outcome, run.counts["reports"]) == ("ok", 1)
    (path,) = (tmp_path / "kept").glob("*.warc.gz")
    kept = gzip.decompress(path.read_bytes())
    assert b"tls-versions: 1.0 and later" in kept
    assert b"tls-verification: off" in kept
