"""The public file: all that is public, nothing else, and quick to read."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from gongkai.archive.renewal import content_digests
from gongkai.archive.rollups import every_rollup
from gongkai.archive.rollups.materialised_views import INDEXES, MATERIALISED_VIEWS
from gongkai.archive.store import search
from gongkai.archive.store.csv_export import JOINED, TABLES, VIEWS
from gongkai.archive.store.names import name_index
from tests.archive.publication.publishing import FILE_NAME, opened

SHADOWS = {f"search_index_{part}" for part in ("config", "data", "docsize", "idx", "version")}
SHADOWS |= {f"gram_index_{part}" for part in ("config", "data", "idx", "version")}
SHADOWS |= {f"name_index_{part}" for part in ("config", "data", "docsize", "idx")}


def names(conn: sqlite3.Connection, kind: str) -> set[str]:
    return {
        name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = ?", [kind])
    }


def test_it_has_the_tables_of_the_contract_and_no_other(public: sqlite3.Connection) -> None:
    """No readings, no work left to do, no sketches, no remarks, no history of the schema."""
    assert names(public, "table") == {
        *TABLES,
        *MATERIALISED_VIEWS,
        *SHADOWS,
        *("search_index", "gram_index"),
        *name_index.TABLES,
        *every_rollup.TABLES,
        content_digests.TABLE,
        "sqlite_stat1",
    }
    assert names(public, "view") == {*VIEWS, *JOINED} - set(MATERIALISED_VIEWS)


@pytest.mark.parametrize("name", [*TABLES, *VIEWS, *JOINED])
def test_every_row_is_that_of_the_archive(
    public: sqlite3.Connection, made: Path, name: str
) -> None:
    """But for the name of a file on the operator's disk."""
    with opened(made) as archive:
        expected = archive.execute(f"SELECT * FROM {name}").fetchall()
        columns = [column for column, *_ in archive.execute(f"SELECT * FROM {name}").description]
    stripped = FILE_NAME.rpartition("/")[0] + "/"
    wanted = [tuple(stripped if v == FILE_NAME else v for v in row) for row in expected]
    found = public.execute(f"SELECT * FROM {name}")
    assert [column for column, *_ in found.description] == columns
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_nothing_of_the_operator_is_in_its_bytes(published: Path) -> None:
    """Neither names, nor notes on originals, nor what is not yet public."""
    for path in (path for path in published.rglob("*") if path.is_file()):
        body = path.read_bytes()
        for private in ("张三", "李四", "内部备忘", "内部讨论", "%E5%BC%A0", str(published.parent)):
            assert private.encode() not in body, (path.name, private)


def test_only_public_verdicts_on_checks_that_stand(published: Path) -> None:
    with opened(published / "reviews.db") as conn:
        found = conn.execute("SELECT * FROM reviews")
        columns = [column for column, *_ in found.description]
        ((check, *said),) = found.fetchall()
    assert columns == ["check_id", "verdict", "comment", "at", "public"]
    assert said == ["source", "该县已确认", "2025-07-01T00:00:00Z", 1]
    with opened(published / "archive.db") as conn:
        assert conn.execute("SELECT 1 FROM checks WHERE id = ?", [check]).fetchall() == [(1,)]


def test_searching_it_finds_what_the_archive_finds(public: sqlite3.Connection, made: Path) -> None:
    with opened(made) as archive:
        for question in ("信息公开", "公", "平罗县 工业", "0", '"政府信息"'):
            expected = search.hits(archive, search.matching(archive, question), question)
            found = search.hits(public, search.matching(public, question), question)
            assert sorted(hit.report_id for hit in found) == sorted(
                hit.report_id for hit in expected
            )


def test_values_are_of_the_declared_types(public: sqlite3.Connection) -> None:
    """Views say nothing of their types; the tables made of them do, and truly."""
    fits = {
        "TEXT": {"text"},
        "INTEGER": {"integer"},
        "REAL": {"real"},
        "NUMERIC": {"integer", "real"},
    }
    for table in MATERIALISED_VIEWS:
        for _, column, declared, *_ in public.execute(f"PRAGMA table_info({table})"):
            kinds = public.execute(f"SELECT DISTINCT typeof({column}) FROM {table}").fetchall()
            assert {kind for (kind,) in kinds} <= {*fits[declared], "null"}, (table, column)


@pytest.mark.parametrize(("table", "columns"), INDEXES)
def test_pages_find_their_rows_by_an_index(
    public: sqlite3.Connection, table: str, columns: str
) -> None:
    """Those that a list is sorted by are in the order of an index."""
    if "DESC" in columns:
        asked, step = f"ORDER BY {columns}", "SCAN"
    else:
        asked = "WHERE " + " AND ".join(f"{column} = 'x'" for column in columns.split(", "))
        step = "SEARCH"
    (plan,) = public.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} {asked}")
    assert plan[3].startswith(f"{step} {table} USING INDEX"), plan


def test_it_is_one_plain_file(published: Path) -> None:
    """No journal, no write-ahead log, no free pages; statistics for the planner."""
    assert sorted(path.name for path in published.iterdir()) == [
        *("archive.db", "downloads", "pieces.json", "publication.json", "reviews.db")
    ]
    with opened(published / "archive.db") as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert conn.execute("PRAGMA freelist_count").fetchone() == (0,)
        told = json.loads((published / "publication.json").read_text(encoding="utf-8"))
        for table, count in told["rows"].items():
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
