"""A Stata file that is made from the last one has the bytes of one that is written as a whole."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gongkai.archive.codebook.table_schema import TableSchema, table_schemas
from gongkai.archive.publication import stata
from gongkai.archive.publication.parts.stata_rows import LastStata, renew_stata

pytest.importorskip("pandas")

TABLE = table_schemas()["report_summary"]
ROWS = 80
YEAR = 2024
NIGHTS = 25


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    """Give a public file with an empty summary."""
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute(f"CREATE TABLE report_summary ({', '.join(TABLE.fields)})")
        yield conn


def write_row(conn: sqlite3.Connection, dice: random.Random, report: str) -> None:
    """Give a report a row; some have the longest text, or the largest number of a column."""
    values: dict[str, object] = {
        name: any_value(dice, field.type) for name, field in TABLE.fields.items()
    }
    values |= {"report_id": report, "year": YEAR, "form": "2021"}
    conn.execute("DELETE FROM report_summary WHERE report_id = ?", [report])
    marks = ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO report_summary VALUES ({marks})", list(values.values()))


def any_value(dice: random.Random, kind: str) -> object:
    if dice.random() < 0.1:
        return None
    if kind == "integer":
        return dice.choice((0, 3, -7, 2_147_483_620, 2_147_483_621 if dice.random() < 0.1 else 5))
    if kind == "number":
        return dice.choice((0.5, -1e300, 1 / 3))
    if kind == "date":
        return f"2024-0{dice.randint(1, 9)}-11"
    return dice.choice(("甲", "", "a b", "长" * dice.randint(1, 4)))


def written_as_a_whole(conn: sqlite3.Connection, path: Path) -> bytes:
    stata.write_stata(conn, TABLE, path, YEAR)
    return path.read_bytes()


def test_rows_are_replaced(conn: sqlite3.Connection, tmp_path: Path) -> None:
    """Rows change, come and go, also the only one with the longest text of a column."""
    dice = random.Random(15)
    reports = [f"r{number:03}" for number in range(0, ROWS * 2, 2)]
    for report in reports:
        write_row(conn, dice, report)
    last = tmp_path / "first.dta"
    written_as_a_whole(conn, last)
    renewed = 0
    for night in range(NIGHTS):
        touched = {*dice.sample(reports, 2), f"r{dice.randrange(ROWS * 2):03}"}
        for report in touched:
            if dice.random() < 0.3:
                conn.execute("DELETE FROM report_summary WHERE report_id = ?", [report])
            else:
                write_row(conn, dice, report)
        mine, theirs = tmp_path / f"mine{night}.dta", tmp_path / f"theirs{night}.dta"
        before = LastStata(last, touched)
        (rows,) = conn.execute("SELECT count(*) FROM report_summary").fetchone()
        assert stata.write_stata(conn, TABLE, mine, YEAR, before) == rows
        assert mine.read_bytes() == written_as_a_whole(conn, theirs)
        renewed += renews(conn, before, tmp_path / "tried.dta") == rows
        last = theirs
    assert renewed > NIGHTS // 3


def renews(conn: sqlite3.Connection, before: LastStata, path: Path) -> int | None:
    """Return how many rows a file has that is made from the last one; None where that is not possible."""

    def write(path: Path, keys: Any) -> int:
        return stata.write_rows(conn, TABLE, YEAR, path, keys)

    return renew_stata(before, path, write, integer_places(TABLE))


def integer_places(table: TableSchema) -> set[int]:
    return {place for place, each in enumerate(table.fields.values()) if each.type == "integer"}


def test_a_longer_text_or_larger_number_has_the_file_written_as_a_whole(
    conn: sqlite3.Connection, tmp_path: Path
) -> None:
    dice = random.Random(3)
    for number in range(9):
        write_row(conn, dice, f"r{number}")
    last, new = tmp_path / "last.dta", tmp_path / "new.dta"
    for change in ("title = replace(hex(zeroblob(90)), '0', '长')", "requests_new = 5000000000"):
        written_as_a_whole(conn, last)
        conn.execute(f"UPDATE report_summary SET {change} WHERE report_id = 'r4'")
        before = LastStata(last, {"r4"})
        assert renews(conn, before, new) is None
        stata.write_stata(conn, TABLE, new, YEAR, before)
        assert new.read_bytes() == written_as_a_whole(conn, tmp_path / "whole.dta")


def test_a_file_of_which_no_row_stands_is_written_as_a_whole(
    conn: sqlite3.Connection, tmp_path: Path
) -> None:
    write_row(conn, random.Random(1), "r1")
    last, new = tmp_path / "last.dta", tmp_path / "new.dta"
    written_as_a_whole(conn, last)
    assert renews(conn, LastStata(last, {"r1"}), new) is None
    assert stata.write_stata(conn, TABLE, new, YEAR, LastStata(last, {"r1"})) == 1
    assert new.read_bytes() == last.read_bytes()


@pytest.mark.parametrize("body", [b"", b"<stata_dta>", b"<map>" + bytes(200)])
def test_another_kind_of_file_is_not_followed(
    conn: sqlite3.Connection, tmp_path: Path, body: bytes
) -> None:
    write_row(conn, random.Random(1), "r1")
    (tmp_path / "last.dta").write_bytes(body)
    assert renews(conn, LastStata(tmp_path / "last.dta", {"r1"}), tmp_path / "new.dta") is None
