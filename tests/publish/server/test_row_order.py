"""Whoever follows the pages of a sorted table to its end has seen every row once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.publish.server.datasette_server import open_languages
from gongkai.publish.server.row_order import sorted_table, with_row_order

MOST = 40
"""Rows of a table up to which all its orders are followed."""


async def walked(datasette: Datasette, address: str) -> list[tuple[Any, ...]]:
    """Return the rows of all pages from an address on."""
    rows: list[tuple[Any, ...]] = []
    following: str | None = address
    while following:
        answer = await datasette.client.get(following)
        assert answer.status_code == 200, (following, answer.text)
        page = answer.json()
        rows += [tuple(row) for row in page["rows"]]
        following = page["next_url"]
    return rows


@pytest.fixture(params=[0, 1], ids=["archive", "publication"])
def file(request: pytest.FixtureRequest, both: tuple[Path, Path]) -> Path:
    """Return an archive, and a publication, which numbers its rows by date."""
    found: Path = both[request.param]
    return found


async def test_no_row_is_lost_or_shown_twice(file: Path) -> None:
    """By each column of all short tables, in both directions; most rows have equal values."""
    datasette = open_languages(file)[""]
    await datasette.invoke_startup()
    followed = set()
    with closing(sqlite3.connect(file)) as conn:
        for table in (name for name, schema in table_schemas().items() if schema.is_sortable):
            (number,) = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
            if not 2 < number <= MOST or table == "sections":  # whose texts are no address
                continue
            followed.add(table)
            for column in [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]:
                for sort in ("_sort", "_sort_desc"):
                    address = f"/archive/{table}.json?{sort}={column}&_size=7&_nofacet=1&_nocount=1"
                    rows = await walked(datasette, address)
                    assert (len(set(map(str, rows))), len(rows)) == (number, number), address
    assert followed >= {"reports", "report_summary", "agencies", "revisions"}
    datasette.executor.shutdown()


def test_the_sql_of_following_pages() -> None:
    first = "select a, b from t where b = :p0 order by a desc limit 3"
    next_one = (
        "select a, b from t where b = :p0 and (a < :p2 or a is null or (a = :p2 and ((k > :p1))))"
        " order by a desc, k limit 3"
    )
    assert sorted_table(first) == sorted_table(next_one) == "t"
    assert with_row_order(first, ["k"], 1).endswith(" order by a desc, k desc limit 3")
    assert with_row_order(next_one, ["k"], 3).endswith(
        "(a = :p2 and ((k < :p1)))) order by a desc, k desc limit 3"
    )
    rising = next_one.replace("a desc", "a")
    assert with_row_order(rising, ["k"], 3) == rising


@pytest.mark.parametrize(
    "sql",
    [
        "select a as value, count(*) as count from (select a from t) group by a order by count desc limit 3",
        "select count(*) from t where a = :p0",
        "select a from t limit 3",
    ],
)
def test_other_sql_stays(sql: str) -> None:
    assert sorted_table(sql) == ""


def test_the_order_of_the_keys_stays() -> None:
    sql = "select a, b from t where (a > :p0) order by a, b limit 3"
    assert with_row_order(sql, ["a", "b"], 1) == sql


def test_an_index_has_the_order_of_each_number(both: tuple[Path, Path]) -> None:
    """Of a report, and of its day: no page sorts the rows of all reports."""
    fields = table_schemas()["report_summary"].fields.values()
    numbers = [each.name for each in fields if each.type in ("integer", "number")]
    with closing(sqlite3.connect(both[1])) as conn:
        for name in (*numbers, "published_on"):
            for falls in ("", " desc"):
                sql = f"select * from report_summary order by {name}{falls} limit 51"
                sql = with_row_order(sql, ["report_id"], 0)
                plan = str(conn.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())
                assert "USING INDEX" in plan, name
                assert "TEMP B-TREE" not in plan, name
