"""What reads a document has no network, starts nothing, and cannot reach other processes."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai import walls
from gongkai.archive.workers import document_reader, reading_conditions
from gongkai.archive.workers.sandbox import SandboxError, SandboxLimits, run_sandboxed
from gongkai.catalogue import stored_text, text
from gongkai.extract.model.report import Source
from tests.archive.reading import read_sandboxed

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

SMALL = SandboxLimits(memory=256, cpu=2, wall=5, result=1)
NOBODY = 65534


def connect() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def open_local_socket() -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


def start_a_program() -> None:
    subprocess.run(["true"], check=True)


def fork() -> None:
    os.fork()


def signal_the_parent() -> None:
    os.kill(os.getppid(), signal.SIGUSR1)


def signal_everybody() -> None:
    os.kill(-1, signal.SIGUSR1)


def become_another_program() -> None:
    os.execv("/bin/true", ["true"])


FORBIDDEN = (
    connect,
    open_local_socket,
    start_a_program,
    fork,
    signal_the_parent,
    signal_everybody,
    become_another_program,
)


@pytest.mark.parametrize("act", FORBIDDEN, ids=lambda act: act.__name__)
def test_the_sandbox_forbids_it_and_says_so(act: Callable[[], None]) -> None:
    def work() -> bytes:
        act()
        return b"done"

    with pytest.raises(SandboxError, match="sandbox_forbidden") as problem:
        run_sandboxed(work, SMALL)
    assert "PermissionError" in text("en", problem.value.message)
    assert "沙箱禁止" in text("zh", problem.value.message)


@pytest.mark.parametrize("act", FORBIDDEN, ids=lambda act: act.__name__)
def test_a_document_that_tries_it_is_unreadable(
    act: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of a parser is as if the document brought the code with it."""
    monkeypatch.setattr(document_reader, "read", lambda *_: act())
    found = read_sandboxed(b"<p>x</p>", Source())
    assert found.outcome == "unreadable"
    assert "what its sandbox forbids" in stored_text("en", found.why)


def test_there_is_no_network_to_reach() -> None:
    devices = run_sandboxed(lambda: Path("/proc/self/net/dev").read_bytes(), SMALL).decode()
    assert [line.split(":")[0].strip() for line in devices.splitlines()[2:]] == ["lo"]


def open_files() -> bytes:
    return " ".join(entry.name for entry in Path("/proc/self/fd").iterdir()).encode()


def test_no_file_of_the_parent_is_open() -> None:
    """Among them would be the pipes of the pool, whose other end unpickles what it reads."""
    reading, writing = os.pipe()
    with socket.socket() as listening:
        numbers = (reading, writing, listening.fileno())
        opened = run_sandboxed(open_files, SMALL)
    os.close(reading)
    os.close(writing)
    found = {int(each) for each in opened.split()}
    assert len(found) <= 5  # three streams, the answer, and the list itself
    assert not found >= set(numbers)


CHANGES: dict[str, Callable[[Path], object]] = {
    "write": lambda file: file.write_bytes(b"x"),
    "append": lambda file: file.open("ab"),
    "empty": lambda file: os.truncate(file, 0),
    "remove": lambda file: file.unlink(),
    "rename": lambda file: file.rename(file.with_name("other")),
    "make": lambda file: file.with_name("other").touch(),
    "link": lambda file: file.with_name("other").symlink_to(file),
    "folder": lambda file: file.with_name("other").mkdir(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_file_is_changed_even_by_root(change: Callable[[Path], object], tmp_path: Path) -> None:
    file = tmp_path / "archive.db"
    file.write_bytes(b"kept")

    def work() -> bytes:
        change(file)
        return b"done"

    with pytest.raises(SandboxError, match="sandbox_forbidden"):
        run_sandboxed(work, SMALL)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [
        ("archive.db", b"kept")
    ]


def test_threads_are_allowed() -> None:
    """OCR and arithmetic use them."""

    def work() -> bytes:
        done: list[bytes] = []
        thread = threading.Thread(target=lambda: done.append(b"done"))
        thread.start()
        thread.join()
        return done[0]

    assert run_sandboxed(work, SMALL) == b"done"


def test_a_user_without_rights_has_the_same_walls_and_a_limit_on_threads() -> None:
    ends = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            missing = walls.build_walls()
            most, _ = resource.getrlimit(resource.RLIMIT_NPROC)
            os.write(ends[1], f"{missing} {most <= 512} {_threads_until_refused()}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    told = os.read(ends[0], 1000).decode()
    os.close(ends[0])
    os.close(ends[1])
    assert told == "[] True True"


def _threads_until_refused() -> bool:
    """Return whether the kernel refuses a thread after at most 512."""
    threading.stack_size(65536)
    waiting = threading.Event()
    for _ in range(600):
        try:
            threading.Thread(target=waiting.wait, daemon=True).start()
        except RuntimeError:
            return True
    return False


def test_this_machine_has_all_walls_and_says_nothing() -> None:
    walls.missing_walls.cache_clear()
    assert walls.missing_walls() == ()


def test_missing_walls_are_found_where_the_kernel_refuses_them() -> None:
    """The probe runs behind a filter that refuses namespaces, as a strict container does."""
    code = "from gongkai import call_filter, walls\ncall_filter.refuse_calls()\nwalls.main()\n"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "network"


def test_a_probe_that_cannot_run_counts_as_no_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    walls.missing_walls.cache_clear()
    try:
        missing = reading_conditions.protections_missing()
    finally:
        walls.missing_walls.cache_clear()
    said = text("en", "walls_missing", walls=missing)
    assert "a network namespace, a lock on files (Landlock), a filter of system calls" in said


def test_the_numbers_of_the_calls_are_those_of_this_machine() -> None:
    """A call by its number, past the library: io_uring could open sockets by itself."""

    def work() -> bytes:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.syscall(425, 1, 0)
        return str(ctypes.get_errno()).encode()

    assert run_sandboxed(work, SMALL) == b"1"
