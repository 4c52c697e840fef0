"""A command of the operator, run with a text on its input."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from gongkai.archive.errors import ArchiveError
from gongkai.credentials import mask_text


class CommandError(ArchiveError):
    """The command could not be started, took too long, or failed."""


def run_command(words: Sequence[str], text: str, seconds: float) -> None:
    """Run a command with a text on its standard input, for a number of seconds at most.

    Raises:
        CommandError: it is empty, could not be started, took too long, or failed.
    """
    if not words:
        raise CommandError("command_empty")
    try:
        done = subprocess.run(
            words, input=text, text=True, capture_output=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise CommandError("command_not_run", why=mask_text(str(problem))) from problem
    if done.returncode:
        raise CommandError(
            "command_failed", code=done.returncode, output=mask_text(done.stderr.strip())
        )
