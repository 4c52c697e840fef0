"""Running a program, and killing it at a moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.paths import ROOT

PROGRAM = (sys.executable, "-c", "from gongkai.archive.cli import main; main()")


def run_killed(command: Sequence[str], seconds: float | None, folder: Path | None = None) -> bool:
    """Run a command, and kill it with all its children after so many seconds; tell whether it was killed.

    Raises:
        AssertionError: It ended with an error.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            _, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return True
    if process.returncode:
        raise AssertionError(f"{command[3:]} ended with {process.returncode}: {said.decode()}")
    return False


def killed_line(killed: Mapping[str, int], ended: int, more: str) -> str:
    """Return for a person how many processes of each kind were killed, and how many were faster."""
    kinds = ", ".join(f"{n} of {kind}" for kind, n in sorted(killed.items()))
    return f"killed: {kinds}; {ended} were faster; {more}"
