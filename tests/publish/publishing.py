"""Publishing in tests, and an archive that changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from gongkai.archive.cli import main
from tests.publish.samples import PINGLUO


def publish(folder: Path, db: Path) -> Path:
    """Publish an archive and return the folder of the publication."""
    done = CliRunner().invoke(main, ["publish", str(folder), "--db", str(db), "--accept"])
    assert done.exit_code == 0, done.output
    return (folder / "current").resolve()


def rename(db: Path, name: str) -> None:
    """Give an agency that is on the home page another name."""
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.execute("UPDATE agencies SET name = ? WHERE id = ?", [name, PINGLUO])
