"""An archive with all sorts of rows, verdicts beside it, and what is published of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.store import search
from gongkai.archive.store.database import transaction, writer
from tests.archive.publication.publishing import FILE_NAME, opened, publish
from tests.publish.samples import samples
from tests.publish.small_archive import compute_duties, fill, insert
from tests.publish.years import CHANGES, more_samples

VERDICTS = (
    ("source", "该县已确认", "张三", 1),
    ("unsure", "=1+1 内部讨论", "李四", 0),
)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power is lost here; what runs the command in a process of its own waits all the same."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive that tests only read."""
    path = tmp_path_factory.mktemp("made") / "archive.db"
    with writer(path) as conn, transaction(conn):
        fill(conn, (*samples(), *more_samples()))
        insert(conn, "changes", *CHANGES)
        conn.execute("UPDATE agencies SET name = '=cmd|A0' WHERE id LIKE '640000%'")
        conn.execute("UPDATE revisions SET url = ? WHERE url LIKE 'javascript%'", [FILE_NAME])
        search.rebuild_index(conn)
        checks = [check for (check,) in conn.execute("SELECT id FROM checks ORDER BY id LIMIT 2")]
        conn.execute("INSERT INTO facts SELECT id, '内部备忘' FROM snapshots LIMIT 1")
    compute_duties(path)
    with closing(sqlite3.connect(path.with_name("reviews.db"))) as conn, conn:
        conn.execute(
            'CREATE TABLE reviews (check_id TEXT PRIMARY KEY, verdict, comment, "by", at, public)'
        )
        for check, (verdict, comment, by, public) in zip(checks, VERDICTS, strict=True):
            row = (check, verdict, comment, by, "2025-07-01T00:00:00Z", public)
            insert(conn, "reviews", row)
        insert(conn, "reviews", ("gone", "source", "核对已不存在", "张三", "2025-07-01", 1))
    return path


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    """Return a copy that a test may change, verdicts included."""
    shutil.copy(made.with_name("reviews.db"), tmp_path)
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture(scope="session")
def published(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a publication that tests only read."""
    folder = tmp_path_factory.mktemp("published")
    done = publish(folder, made, "--accept")
    assert done.exit_code == 0, done.output
    return (folder / "current").resolve()


@pytest.fixture
def public(published: Path) -> Iterator[sqlite3.Connection]:
    """Return the public file, open for reading."""
    with opened(published / "archive.db") as conn:
        yield conn
