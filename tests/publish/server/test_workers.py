"""Several processes on one socket: replaced when they end, and gone when the command is."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.publish.publishing import publish, rename
from tests.publish.samples import PINGLUO
from tests.waiting import PATIENCE_SECONDS, wait_until

PROGRAM = """
import asyncio, os, signal, socket, sys
from gongkai.catalogue import choose_language
from gongkai.publish.server.accepting import Acceptor
from gongkai.publish.server.workers import fork_workers

class Answering(asyncio.Protocol):
    open = set()

    def connection_made(self, transport):
        self.transport = transport
        self.open.add(self)

    def connection_lost(self, _):
        self.open.discard(self)

    def data_received(self, _):
        own = str(os.getpid())
        head = f"HTTP/1.1 200 OK\\r\\nContent-Length: {len(own)}\\r\\n\\r\\n"
        self.transport.write(f"{head}{own}".encode())

async def serve():
    Acceptor(listening, worker, Answering, Answering.open.__len__)
    worker.serves()
    await asyncio.Event().wait()

choose_language("en")
listening = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
worker = fork_workers(2)
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
if os.path.exists(sys.argv[1]):
    sys.exit(3)
asyncio.run(serve())
"""
"""A server of two processes, each of which answers with its number."""


@contextmanager
def running(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server, and yield its process and its address."""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = re.search(r"//([\d.:]+)/", process.stdout.readline())
        assert found is not None
        try:
            yield process, found[1]
        finally:
            process.kill()


def ask(address: str, path: str = "/") -> tuple[dict[str, str], str]:
    """Return the headers and the text of an answer, on a connection of its own."""
    with closing(http.client.HTTPConnection(address, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        return {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


def _names(address: str, path: str) -> tuple[str, str]:
    """Return by what a cache knows an answer."""
    headers, _ = ask(address, path)
    return headers["etag"], headers["last-modified"]


def workers(process: subprocess.Popen[str]) -> set[int]:
    """Return the processes that a process started."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return set(map(int, path.read_text(encoding="ascii").split()))


def is_running(pid: int) -> bool:
    """Return whether there is such a process, and it has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """Return a file; while it is there, no worker can start."""
    return tmp_path / "fail"


@pytest.fixture
def server(mark: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a small server in two processes, and wait for both."""
    with running(sys.executable, "-c", PROGRAM, str(mark)) as (process, address):
        wait_until(lambda: len(workers(process)) == 2)
        yield process, address


def test_all_processes_answer_and_one_that_ends_is_replaced(
    server: tuple[subprocess.Popen[str], str], mark: Path
) -> None:
    """Readers do not notice, the log does; what cannot start is tried again, and the others serve."""
    process, address = server
    first = workers(process)
    seen: set[str] = set()
    wait_until(lambda: seen.add(ask(address)[1]) or len(seen) == 2)
    assert seen == set(map(str, first))
    mark.touch()
    killed = min(first)
    subprocess.run(["kill", "-9", str(killed)], check=True)
    assert process.stderr is not None
    assert f"process {killed} of the site ended with code 137" in process.stderr.readline()
    lines = iter(process.stderr.readline, "")
    assert any("ended with code 3" in line for line in lines)  # the one in its place
    assert [ask(address)[1] for _ in range(5)] == [str(max(first))] * 5
    mark.unlink()
    wait_until(lambda: len(workers(process)) == 2)
    seen.clear()
    wait_until(lambda: seen.add(ask(address)[1]) or len(seen) == 2)


def test_connections_that_stay_open_are_shared(server: tuple[subprocess.Popen[str], str]) -> None:
    """Browsers and nginx ask on connections that they keep: one process would have them all."""
    _, address = server

    def shares() -> list[int]:
        with ExitStack() as stack:
            seen: Counter[str] = Counter()
            for _ in range(8):
                kept = http.client.HTTPConnection(address, timeout=PATIENCE_SECONDS)
                stack.enter_context(closing(kept)).request("GET", "/")
                seen[kept.getresponse().read().decode()] += 1
        return sorted(seen.values())

    wait_until(lambda: shares() == [4, 4])  # as soon as both serve


def test_the_server_stops_with_all_its_processes(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server
    ask(address)
    own = workers(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == -signal.SIGTERM
    assert not any(map(is_running, own))


def test_ctrl_c_is_no_error(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server
    ask(address)
    for pid in workers(process):  # as a terminal does
        subprocess.run(["kill", "-INT", str(pid)], check=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_SECONDS) == 0


def test_no_process_outlives_the_one_that_looks_after_it(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    """Or the port would be taken, by a server that nobody knows."""
    process, _ = server
    own = workers(process)
    process.kill()
    wait_until(lambda: not any(map(is_running, own)))


def test_what_cannot_start_ends_the_command(mark: Path) -> None:
    """One process tries, and says why; the others are not started."""
    mark.touch()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(mark)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 3


def test_all_processes_follow_a_change_and_name_answers_alike(folder: Path, db: Path) -> None:
    """A client that asks another process for what it has from the first gets 304."""
    command = (sys.executable, "-c", "from gongkai.archive.cli import main; main()", "serve")
    options = ("--published", str(folder), "--port", "0", "--workers", "2")
    path = f"/agency/{PINGLUO}"
    with running(*command, *options) as (process, address):
        wait_until(lambda: len(workers(process)) == 2)
        rename(db, "改过的名字")
        publish(folder, db)
        wait_until(lambda: all("改过的名字" in ask(address, path)[1] for _ in range(8)))
        for asked in (path, "/archive/reports.csv"):
            # the other process may not have followed yet: all eight were answered by one then
            wait_until(lambda asked=asked: len({_names(address, asked) for _ in range(8)}) == 1)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
