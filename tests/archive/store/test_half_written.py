"""An archive whose writer died while it wrote: readers see it as it was before."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.database import reader, writer


def die_writing(path: Path) -> None:
    """Leave an archive as a process leaves it that is killed within a transaction."""
    journal = path.with_name(f"{path.name}-journal")
    with writer(path) as conn:
        conn.execute("PRAGMA cache_size = 1")
        conn.execute("BEGIN IMMEDIATE")
        conn.execute(
            "CREATE TABLE begun AS WITH RECURSIVE n (x) AS"
            " (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3000) SELECT hex(zeroblob(300)) AS x FROM n"
        )
        half = path.read_bytes(), journal.read_bytes()
        conn.execute("ROLLBACK")
    path.write_bytes(half[0])
    journal.write_bytes(half[1])


def test_what_a_killed_writer_had_begun_is_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with writer(path) as conn:
        conn.execute("CREATE TABLE written AS SELECT 1 AS x")
    die_writing(path)
    with reader(path) as conn:
        names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    assert "written" in names
    assert "begun" not in names


def test_one_that_cannot_be_put_right_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "archive.db"
    with writer(path):
        pass
    die_writing(path)
    connect = sqlite3.connect

    def refuse(database: str | Path, **options: object) -> sqlite3.Connection:
        if isinstance(database, Path):
            raise sqlite3.OperationalError
        return connect(database, uri=True)

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", refuse)
        with pytest.raises(ArchiveError), reader(path):
            pass
