"""pywb over a folder of WARC files and their indexes, asked for one address at a time."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WAYBACK = Path(sys.prefix) / "pywb" / "bin" / "wayback"
"""In an environment of its own (tests/replay.txt), which `make test` makes."""


@contextmanager
def replay(archive: Path, indexes: Path, work: Path) -> Iterator[Callable[[str, str], bytes]]:
    """Serve a folder with pywb, and give a function from address and time (14 digits) to a document."""
    if not WAYBACK.exists():
        pytest.fail(f"{WAYBACK} is missing: make test installs pywb from tests/replay.txt")
    collection = work / "collections" / "gongkai"
    collection.mkdir(parents=True)
    (collection / "archive").symlink_to(archive)
    (collection / "indexes").symlink_to(indexes)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command: list[str | Path] = [WAYBACK, "-b", "127.0.0.1", "-p", str(port), "-d", str(work)]
    with (
        (work / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as server,
    ):
        try:
            _wait_for(port, server)
            yield lambda url, stamp: urllib.request.urlopen(
                f"http://127.0.0.1:{port}/gongkai/{stamp}id_/{url}", timeout=30
            ).read()
        finally:
            server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None
        time.sleep(0.1)
    pytest.fail("pywb does not answer")
