"""A child that misbehaves costs only itself, and the parent can say what happened."""

import os
import signal
import time
from pathlib import Path

import pytest

from gongkai.archive.workers.sandbox import SandboxError, SandboxLimits, run_sandboxed
from gongkai.catalogue import text

# pytest's own workers have threads; the workers of the archive have none
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

SMALL = SandboxLimits(memory=256, cpu=1, wall=8, result=1)


def spin() -> bytes:
    while True:
        pass


def hoard() -> bytes:
    return b"x" * (2 << 30)


def sleep() -> bytes:
    time.sleep(60)
    return b""


def fail() -> bytes:
    raise KeyError("nobody expects this")


def crash() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def talk() -> bytes:
    return b"x" * (2 << 20)


def leave_a_child() -> bytes:
    if os.fork() == 0:
        time.sleep(60)
    return b"done"


def test_result_comes_back() -> None:
    assert run_sandboxed(lambda: bytes(range(256)) * 4000, SMALL) == bytes(range(256)) * 4000


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (spin, "not read within 1 s of processor time"),
        (hoard, "more than 256 MiB of memory"),
        (sleep, "not read within 8 s"),
        (fail, "KeyError in test_sandbox.py, line"),
        (crash, "crashed (signal 9)"),
        (talk, "over 1 MiB"),
        (leave_a_child, "forbids, such as opening a connection or starting a program: PermissionE"),
    ],
)
def test_the_parent_learns_what_happened(work, why: str) -> None:
    with pytest.raises(SandboxError) as problem:
        run_sandboxed(work, SMALL)
    said = text("en", problem.value.message)
    assert why in said
    assert "\n" not in said


def test_nothing_is_written(tmp_path) -> None:
    target = tmp_path / "file"

    def write() -> bytes:
        with target.open("wb") as file:
            file.write(b"x" * 100)
        return b"written"

    with pytest.raises(SandboxError, match="sandbox_forbidden"):
        run_sandboxed(write, SMALL)
    assert not target.exists()


def test_no_process_and_no_pipe_is_left() -> None:
    before = set(Path("/proc/self/fd").iterdir()), children()
    for work in (sleep, fail, lambda: b"fine"):
        try:
            run_sandboxed(work, SandboxLimits(wall=0.2))
        except SandboxError:
            continue
    assert (set(Path("/proc/self/fd").iterdir()), children()) == before


def children() -> set[str]:
    """Process ids of our children; other tests of this process may have some of their own."""
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text().split()}
