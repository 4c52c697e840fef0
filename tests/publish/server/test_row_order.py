"""Whoever follows the pages of a sorted table to its end has seen every row once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from datasette.utils import compound_keys_after_sql

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.rollups.row_orders import ordered_columns
from gongkai.publish import site
from gongkai.publish.server.datasette_server import open_languages
from gongkai.publish.server.row_order import OrderedSql, sorted_table, with_row_order
from gongkai.publish.site import read_schema
from gongkai.publish.wording.metadata import LONG_TEXTS

MOST = 40
"""Rows of a table up to which all its orders are followed."""


async def walked(datasette: Datasette, address: str) -> list[tuple[Any, ...]]:
    """Return the rows of all pages from an address on."""
    rows: list[tuple[Any, ...]] = []
    following: str | None = address
    while following:
        assert len(rows) <= 2 * MOST, f"{address} goes on without end"
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
            if not 2 < number <= MOST:
                continue
            followed.add(table)
            columns = {row[1] for row in conn.execute(f"PRAGMA table_info({table})")}
            for column in sorted(columns - LONG_TEXTS):
                for sort in ("_sort", "_sort_desc"):
                    address = f"/archive/{table}.json?{sort}={column}&_nofacet=1&_nocount=1"
                    rows = await walked(datasette, f"{address}&_size=13")
                    assert (len(set(map(str, rows))), len(rows)) == (number, number), address
                    whole = (await datasette.client.get(f"{address}&_size={MOST}")).json()["rows"]
                    assert rows == [tuple(row) for row in whole], address
    assert followed >= {"reports", "report_summary", "agencies", "revisions"}
    datasette.executor.shutdown()


AFTER = "((k > :p1)\n  or\n(k = :p1 and l > :p2))"
"""How Datasette says which rows have higher keys."""

UPWARDS, DOWNWARDS = "order by a, k, l", "order by a desc, k desc, l desc"
FOLLOWING = {
    "the keys": (f"{AFTER} order by k, l", "order by k, l", ["(k, l) > (:p1, :p2)"]),
    "upwards": (
        f"(a > :p3 or (a = :p3 and {AFTER})) order by a, k, l",
        UPWARDS,
        ["unlikely(a = :p3) and (k, l) > (:p1, :p2)", "a > :p3"],
    ),
    "downwards": (
        f"(a < :p3 or a is null or (a = :p3 and {AFTER})) order by a desc, k, l",
        DOWNWARDS,
        ["unlikely(a = :p3) and (k, l) < (:p1, :p2)", "a < :p3", "unlikely(a is null)"],
    ),
    "upwards, among empty values": (
        f"(a is not null or (a is null and {AFTER})) order by a, k, l",
        UPWARDS,
        ["unlikely(a is null) and (k, l) > (:p1, :p2)", "a is not null"],
    ),
    "downwards, among empty values": (
        f"(a is null and {AFTER}) order by a desc, k, l",
        DOWNWARDS,
        ["unlikely(a is null) and (k, l) < (:p1, :p2)"],
    ),
    "by a part of the key": (
        f"(k > :p3 or (k = :p3 and {AFTER})) order by k, k, l",
        "order by k, l",
        ["unlikely(k = :p3) and l > :p2", "k > :p3"],
    ),
}
"""How Datasette says where a page begins, its order, and the parts in which its rows are asked for."""


@pytest.mark.parametrize("said", FOLLOWING)
def test_the_sql_of_following_pages(said: str) -> None:
    theirs, order, parts = FOLLOWING[said]
    sql = f"select k, a from t where b = :p0 and {theirs} limit 3"
    assert sorted_table(sql) == "t"
    asked = [f"select k, a from t where {part} and b = :p0 {order} limit 3" for part in parts]
    together = " union all ".join(f"select * from ({each})" for each in asked) + " limit 3"
    assert with_row_order(sql, ["k", "l"], 4).sql == (together if len(asked) > 1 else asked[0])


def test_the_sql_of_a_following_page_by_rowid() -> None:
    sql = "select a from t where (a > :p1 or (a = :p1 and rowid > :p0)) order by a, rowid limit 3"
    parts = ("unlikely(a = :p1) and rowid > :p0", "a > :p1")
    each = (f"select a from t where {part} order by a, rowid limit 3" for part in parts)
    together = " union all ".join(f"select * from ({part})" for part in each)
    assert with_row_order(sql, [], 2) == OrderedSql(f"{together} limit 3", "a", "p1")


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
    assert with_row_order(sql, ["a", "b"], 1) == OrderedSql(sql)


def test_the_order_of_the_first_page() -> None:
    sql = "select a, b from t where b = :p0 order by a desc limit 3"
    assert with_row_order(sql, ["k"], 1).sql.endswith(" order by a desc, k desc limit 3")


def pages_of(keys: Sequence[str], column: str, is_empty: bool) -> Iterator[str]:
    """Yield how Datasette asks for pages in an order; `is_empty` where rows may have no value."""
    named, before = ", ".join(keys), compound_keys_after_sql(list(keys), 0)
    value = f":p{len(keys)}"
    equal, empty = f"({column} = {value} and {before})", f"({column} is null and {before})"
    yield f"order by {column}"
    yield f"order by {column} desc"
    yield f"where ({column} > {value} or {equal}) order by {column}, {named}"
    yield f"where ({column} < {value} or {column} is null or {equal}) order by {column} desc, {named}"
    if is_empty:
        yield f"where {empty} order by {column} desc, {named}"
        yield f"where ({column} is not null or {empty}) order by {column}, {named}"


def copied_layout(path: Path, table: str) -> sqlite3.Connection:
    """Return a file with a table and its indexes, without rows and counts: of a short one SQLite passes all."""
    conn = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as full:
        rows = full.execute(
            "SELECT sql FROM sqlite_master WHERE name = :t OR tbl_name = :t", {"t": table}
        )
        for (definition,) in rows.fetchall():
            if definition:  # an index that a key makes has none
                conn.execute(definition)
    return conn


def test_no_page_sorts_rows_or_passes_those_before(both: tuple[Path, Path]) -> None:
    """Each page of an order that large tables offer is read from an index where it begins."""
    in_order = read_schema(both[1]).in_order
    for table, column in ordered_columns():
        assert column in in_order[table], (table, column)
        with closing(copied_layout(both[1], table)) as conn:
            keys = table_schemas()[table].primary_key
            required = {row[1] for row in conn.execute(f"PRAGMA table_info({table})") if row[3]}
            for page in pages_of(keys, column, column not in required):
                asked = f"select * from {table} {page} limit 51"
                sql = with_row_order(asked, keys, len(keys) + 1).sql
                rows, _, last = sql.rpartition(" union all ")
                if (
                    column in required and "is null" in last
                ):  # SQLite plans this part and does not look
                    sql = rows
                values = {f"p{number}": "x" for number in range(len(keys) + 1)}
                plan = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
                reads = [step for step in plan if table in step]
                assert not any("TEMP B-TREE" in step for step in plan), (sql, plan)
                assert all(" INDEX " in step or " PRIMARY KEY" in step for step in reads), (
                    sql,
                    plan,
                )
                assert "where" not in sql or all(each.startswith("SEARCH") for each in reads), plan


async def test_a_long_table_offers_the_orders_that_it_has(
    both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short one offers all, and a page of few rows of a long one too."""
    monkeypatch.setattr(site, "FEW_ROWS", 5)
    datasette = open_languages(both[1])[""]
    await datasette.invoke_startup()

    async def offered(address: str) -> set[str]:
        page = BeautifulSoup((await datasette.client.get(address)).text, "html.parser")
        chosen = {each["value"] for each in page.select("#_sort option") if each["value"]}
        linked = {each["href"].partition("_sort=")[2] for each in page.select("table.rows th a")}
        shown = {link.partition("&")[0] for link in linked if link}
        assert shown <= chosen
        return chosen

    assert await offered("/archive/requests") == {"report_id", "total"}
    assert "year" in await offered("/archive/figures?year=1900")
    assert await offered("/archive/figures") == {"value"}
    of_one = await offered("/archive/review_litigation?proceeding=%E8%A1%8C")
    assert of_one == set(table_schemas()["review_litigation"].shown)
    # the order that a page has is named, whether it is offered or not
    assert "business" in await offered("/archive/requests?_sort_desc=business")
    datasette.executor.shutdown()


ROWS = 20_000
NARROWED = {
    "total = :p0": "total",
    "total >= :p0": "total",
    "total <= :p0": "total desc",
    "k >= :p0": "k",
    "k <= :p3": "k desc",
}
"""Conditions on the column that sorts, as a filter makes them, and the order."""


@pytest.mark.parametrize("condition", NARROWED)
def test_a_filter_of_the_column_that_sorts_does_not_lead_through_the_pages_before(
    condition: str,
) -> None:
    order = NARROWED[condition]
    column, falls = order.partition(" ")[0], order.endswith("desc")
    sign, empty = ("<", f" or {column} is null") if falls else (">", "")
    after = compound_keys_after_sql(["k", "l"], 1)
    sql = (
        f"select * from t where {condition} and ({column} {sign} :p3{empty} or ({column} = :p3 and {after}))"
        f" order by {order}, k, l limit 51"
    )
    last = ROWS // 2
    values = {"p0": "0", "p1": str(last), "p2": "x", "p3": str(last) if column == "k" else "0"}
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute(
            "CREATE TABLE t (k INTEGER, l TEXT, total INTEGER, PRIMARY KEY (k, l)) WITHOUT ROWID"
        )
        conn.executemany("INSERT INTO t VALUES (?, 'x', 0)", [(each,) for each in range(ROWS)])
        conn.execute("CREATE INDEX t_by_total ON t(total, k, l)")
        conn.execute("ANALYZE")
        conn.set_progress_handler(count, 1)
        rows = conn.execute(with_row_order(sql, ["k", "l"], 4).sql, values).fetchall()
    step = -1 if falls else 1
    assert [k for k, *_ in rows] == [last + step * number for number in range(1, 52)]
    assert steps < 3_000


async def test_fractions_that_sqlite_reads_otherwise(
    both: tuple[Path, Path], tmp_path: Path
) -> None:
    """Read back from its text by SQLite, 107/377 is another number."""
    copy = Path(shutil.copy(both[1], tmp_path / "public.db"))
    with closing(sqlite3.connect(copy)) as conn, conn:
        ids = [row[0] for row in conn.execute("SELECT report_id FROM report_summary ORDER BY 1")]
        for number, id in enumerate(ids[:-2]):
            rate = 107 / 377 if number % 2 else 35 / 127
            conn.execute(
                "UPDATE report_summary SET disclosure_rate = ? WHERE report_id = ?", [rate, id]
            )
    datasette = open_languages(copy)[""]
    await datasette.invoke_startup()
    for sort in ("_sort", "_sort_desc"):
        for size in (1, 2):
            address = f"/archive/report_summary.json?{sort}=disclosure_rate&_size={size}&_nofacet=1"
            found = {row[0] for row in await walked(datasette, f"{address}&_col=report_id")}
            assert found == set(ids)
    datasette.executor.shutdown()
