"""Publishing through the command, and the published file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner, Result

from gongkai.archive.cli import main

FILE_NAME = "file:///0123456789abcdef/%E5%BC%A0%E4%B8%89.pdf"
"""What `gongkai add` notes of a file without an address; the name is the operator's business."""


def publish(folder: Path, db: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["publish", str(folder), "--db", str(db), *options])


def opened(path: Path) -> closing[sqlite3.Connection]:
    """Open a file for reading; to be used in a with statement."""
    return closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))
