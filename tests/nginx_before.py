"""nginx before a site, with the configuration of deploy/: for its test, and for the bench of readers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tests.paths import ROOT
from tests.waiting import wait_until

CONFIGURATION = ROOT / "deploy" / "nginx.conf"

MAIN = """
{user}
pid {folder}/nginx.pid;
worker_processes {processes};
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@contextmanager
def nginx_before(
    port: int, folder: Path, *, limited: bool = True, rate: str = "30r/s", processes: int = 1
) -> Iterator[int]:
    """Start nginx before the site at `port`, and yield the port at which nginx listens.

    With `limited` off, one client may ask as much as many; `rate` is for how many pages one may ask.
    """
    own = free_port()
    text = CONFIGURATION.read_text(encoding="utf-8")
    for theirs, ours in (
        ("listen 80;", f"listen 127.0.0.1:{own};"),
        ("127.0.0.1:8001", f"127.0.0.1:{port}"),
        ("/var/cache/nginx/gongkai", f"{folder}/cache"),
        ("rate=30r/s", f"rate={rate}"),
    ):
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    if not limited:
        text = "".join(
            line
            for line in text.splitlines(keepends=True)
            if not line.lstrip().startswith("limit_")
        )
    (folder / "site.conf").write_text(text, encoding="utf-8")
    main = folder / "nginx.conf"
    # only root may name a user, and nobody else could write into the folder of a test
    user = "user root;" if os.geteuid() == 0 else ""
    values = {"user": user, "folder": folder, "processes": processes}
    main.write_text(MAIN.format_map(values), encoding="utf-8")
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None
    command = [program, "-p", str(folder), "-c", str(main), "-e", str(folder / "start.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with subprocess.Popen([*command, "-g", "daemon off;"]) as process:
        try:
            wait_until(lambda: is_open(own))
            yield own
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port: int = listening.getsockname()[1]
    return port


def is_open(port: int) -> bool:
    """Return whether somebody listens on a port."""
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=5)):
        return True
    return False
