"""A command that is stopped says so, ends its processes, and leaves no traceback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai import interrupts
from tests.archive.folder import Command, Folder, report_page
from tests.paths import ROOT
from tests.waiting import PATIENCE_SECONDS, wait_until

START = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests may run in the background
from gongkai.launch import main
main()
"""
PROGRAM = [sys.executable, "-c", START, "--lang", "en"]
WORDS = ("Traceback", "Fatal", "leaked", "Exception", "KeyboardInterrupt")


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start a command as a terminal does: in a group of its own."""
    return subprocess.Popen(
        [*PROGRAM, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def group_of(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes of a command that are alive."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,stat=", "-s", str(process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    return [int(pid) for pid, state in rows if not state.startswith("Z")]


@pytest.fixture
def heard() -> Iterator[None]:
    """Hear SIGINT, which tests in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("seconds", [0.7, 1.5, 3.0])
def test_reading_ends_without_a_traceback(
    tmp_path: Path, number: signal.Signals, seconds: float
) -> None:
    """While modules are loaded, while workers start, and while documents are read."""
    for n in range(200):
        (tmp_path / f"{n}.html").write_bytes(report_page())
    process = started(tmp_path, "read", ".")
    time.sleep(seconds)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode in (1, -number), err
    assert not [word for word in WORDS if word in out + err], err
    wait_until(lambda: group_of(process) == [])  # a helper ends when it sees that its owner has


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_ends_its_workers_and_goes_on_later(tmp_path: Path, number: signal.Signals) -> None:
    """The workers are ended at once: what they were reading is read by the next build."""
    for n in range(60):
        (tmp_path / f"{n}.html").write_bytes(
            report_page().replace("平罗".encode(), f"平{n}罗".encode())
        )
    process = started(tmp_path, "add", *sorted(path.name for path in tmp_path.glob("*.html")))
    while not (tmp_path / "archive.db").exists() and process.poll() is None:
        time.sleep(0.1)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    _out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert not [word for word in WORDS if word in err], err
    wait_until(lambda: group_of(process) == [])  # a helper ends when it sees that its owner has
    again = subprocess.run(
        [*PROGRAM, "build"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr


def test_a_signal_waits_for_what_must_be_whole(heard: None) -> None:
    done = []

    def work() -> None:
        with interrupts.deferred():
            signal.raise_signal(signal.SIGINT)
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_program_is_found() -> None:
    """It is the one that `pyproject.toml` names."""
    assert shutil.which("ps")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'gongkai = "gongkai.launch:main"' in text


def test_a_site_that_is_stopped_reports_no_error(run: Command, tmp_path: Path) -> None:
    """uvicorn hands the signal on when all answers are sent."""
    (tmp_path / "page.html").write_bytes(report_page())
    for words in (("add", "page.html"), ("publish", "public")):
        assert run(*words).exit_code == 0
    process = started(tmp_path, "serve", "--published", "public", "--port", "0")
    assert process.stdout is not None
    assert "http://127.0.0.1:" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (-signal.SIGTERM, "")


COMMANDS = {
    "export": (("export", "--out", "out"), 1.2),
    "package": (("snapshots", "export", "--site", "pingluo", "-o", "out"), 1.2),
    "publish": (("publish", "public"), 2.0),
    "demo": (("demo", "--no-serve"), 4.0),
    "sites": (("sites", "add", "http://127.0.0.1:9/"), 1.5),
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_stopped_leaves_no_traceback(
    tmp_path: Path, name: str, number: signal.Signals
) -> None:
    """Nothing stands half-written under its final name, and no process is left."""
    words, seconds = COMMANDS[name]
    with Folder(tmp_path) as folder:
        for n in range(8):
            body = report_page(f"平罗县{'甲乙丙丁戊己庚辛'[n]}局")
            folder.fetch("2025-01-21T02:00:00Z", f"/zfxxgknb/202501/t20250120_{n}.html", body)
        folder.build()
    process = started(tmp_path, *words)
    time.sleep(seconds)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert not [word for word in WORDS if word in out + err], err
    assert process.returncode in (0, 1, 2, -number), err
    if process.returncode == 1 and number == signal.SIGINT:
        assert "Aborted" in err
    wait_until(lambda: group_of(process) == [])  # a helper ends when it sees that its owner has
    left = {path.name for path in tmp_path.iterdir()}
    assert not [each for each in left if each.startswith(".") or each.endswith(".new")], left
