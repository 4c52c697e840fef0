"""The log of what builds touch: nothing is missed, whoever writes, and it stays small."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.store.csv_export import TABLES
from gongkai.archive.store.database import STATES_KEPT, transaction, writer
from tests.publish.samples import samples
from tests.publish.small_archive import fill

EVENTS = ("insert", "update", "delete")
SEEN_TABLES = ("reports", "revisions", "copies")
"""Tables that tell when their rows were last seen."""

CALENDAR = "due_calendar"
"""What `coverage` is computed with beside the published tables."""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    with writer(path) as conn, transaction(conn):
        fill(conn, samples())
    return path


@pytest.fixture
def conn(db: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(db, isolation_level=None)) as conn:
        yield conn


def touched(conn: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return what was touched since the last state."""
    return set(
        conn.execute(
            "SELECT kind, key FROM touches WHERE seq > (SELECT max(seq) FROM archive_states)"
        )
    )


def states(path: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute("SELECT seq, token FROM archive_states ORDER BY seq").fetchall()


def test_every_published_table_is_watched(conn: sqlite3.Connection) -> None:
    """A migration that makes a table anew loses its triggers, and a new table has none."""
    have = dict(conn.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    for table in (*TABLES, CALENDAR):
        for event in EVENTS:
            assert have.get(f"{table}_touched_by_{event}") == table, (table, event)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_goes_comes_or_changes_is_logged(conn: sqlite3.Connection, table: str) -> None:
    row = conn.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
    if row is None:  # the archive has none: a made row will do
        columns = conn.execute(f"PRAGMA table_info({table})").fetchall()
        row = tuple(1 if column[2] == "INTEGER" else "x" for column in columns)
        conn.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        assert touched(conn)
        conn.execute("DELETE FROM touches")
    names = [column for column, *_ in conn.execute(f"SELECT * FROM {table} LIMIT 1").description]
    same = " AND ".join(f"{name} IS ?" for name in names)
    found = []
    for statement in (
        f"UPDATE {table} SET {names[-1]} = {names[-1]} WHERE {same}",
        f"DELETE FROM {table} WHERE {same}",
        f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})",
        f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})",
    ):
        conn.execute(statement, row)
        found.append(touched(conn))
        conn.execute("DELETE FROM touches")
    assert found[1]
    assert found[1] == found[2] == found[3]
    assert all(key in map(str, row) for _, key in found[1])
    if table == "agencies":
        assert not found[0]
    elif table in SEEN_TABLES:
        assert found[0] == {("seen", key) for _, key in found[1]}
    else:
        assert found[0] == found[1]


@pytest.mark.parametrize("table", ["agencies", *SEEN_TABLES])
def test_a_change_of_any_column_but_the_last_time_is_one_of_the_report(
    conn: sqlite3.Connection, table: str
) -> None:
    """A column that a migration adds has to come into the conditions of the triggers."""
    columns = [name for _, name, *_ in conn.execute(f"PRAGMA table_info({table})")]
    if not conn.execute(f"SELECT 1 FROM {table}").fetchone():
        marks = ", ".join("?" * len(columns))
        conn.execute(f"INSERT INTO {table} VALUES ({marks})", ["x"] * len(columns))
    for column in columns:
        conn.execute("DELETE FROM touches")
        conn.execute("BEGIN")
        conn.execute(
            f"UPDATE {table} SET {column} = coalesce({column}, '') || '9'"
            f" WHERE rowid = (SELECT min(rowid) FROM {table})"
            if table not in ("revisions", "copies")
            else f"UPDATE {table} SET {column} = {column} || '9'"
        )
        kinds = {kind for kind, _ in touched(conn)}
        conn.execute("ROLLBACK")
        expected = {"agencies": "agency"}.get(table, "seen" if column == "last_seen" else "report")
        assert kinds == {expected}, column


def test_a_report_that_is_gone_and_was_seen_is_touched(conn: sqlite3.Connection) -> None:
    """The list of changes tells when it was seen last."""
    conn.execute("UPDATE reports SET status = 'removed'")
    conn.execute("DELETE FROM touches")
    conn.execute("UPDATE reports SET last_seen = '2030-01-01T00:00:00Z'")
    assert {kind for kind, _ in touched(conn)} == {"report"}


def test_a_key_that_changes_is_logged_as_both(conn: sqlite3.Connection) -> None:
    ((old,),) = conn.execute("SELECT max(id) FROM agencies")
    conn.execute("UPDATE agencies SET id = 'other' WHERE id = ?", [old])
    assert touched(conn) == {("agency", old), ("agency", "other")}


def test_the_first_build_logs_nothing_and_has_a_state(db: Path) -> None:
    with closing(sqlite3.connect(db)) as conn:
        assert conn.execute("SELECT count(*) FROM touches").fetchone() == (0,)
    ((seq, token),) = states(db)
    assert (seq, len(token)) == (0, 32)


def test_a_writer_that_touched_nothing_leaves_the_file_as_it_is(db: Path) -> None:
    before = db.read_bytes()
    with writer(db) as conn:
        conn.execute("SELECT count(*) FROM reports").fetchone()
    assert db.read_bytes() == before


def test_a_key_is_logged_once_after_each_state(db: Path) -> None:
    """Its number grows with each state, and never comes again."""
    places = []
    for _ in range(3):
        with writer(db) as conn:
            for _ in range(2):
                conn.execute("UPDATE sites SET name = name || '.'")
            places.append(dict(conn.execute("SELECT key, seq FROM touches WHERE kind = 'site'")))
            assert len(places[-1]) == len(set(places[-1].values()))
    assert min(places[1].values()) > max(places[0].values())
    assert min(places[2].values()) > max(places[1].values())
    assert [seq for seq, _ in states(db)] == [0, *(max(each.values()) for each in places)]


def test_copies_that_go_different_ways_have_states_of_different_names(
    db: Path, tmp_path: Path
) -> None:
    """A backup that is put back is not taken for what it became before."""
    other = tmp_path / "backup.db"
    other.write_bytes(db.read_bytes())
    for path in (db, other):
        with writer(path) as conn:
            conn.execute("UPDATE sites SET name = 'x'")
    one, two = states(db), states(other)
    assert one[0] == two[0]
    assert one[1][0] == two[1][0]
    assert one[1][1] != two[1][1]


def test_what_failed_is_logged_as_far_as_it_was_written(db: Path) -> None:
    def fail() -> None:
        with writer(db) as conn:
            conn.execute("UPDATE sites SET name = 'x'")
            with transaction(conn):
                conn.execute("UPDATE documents SET title = 'x'")
                raise RuntimeError("half")

    with pytest.raises(RuntimeError, match="half"):
        fail()
    with closing(sqlite3.connect(db)) as conn:
        assert conn.execute("SELECT DISTINCT kind FROM touches").fetchall() == [("site",)]
    assert len(states(db)) == 2


def test_old_states_are_forgotten_with_what_was_touched_before(db: Path) -> None:
    for number in range(STATES_KEPT + 2):
        with writer(db) as conn:
            conn.execute("INSERT INTO forwards VALUES (?, 'y', '', '')", [f"x{number}"])
    assert len(states(db)) == STATES_KEPT
    with closing(sqlite3.connect(db)) as conn:
        (logged,) = conn.execute("SELECT count(*) FROM touches").fetchone()
    assert logged == STATES_KEPT - 1
