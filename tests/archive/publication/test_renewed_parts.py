"""Parts of which some rows changed have the bytes of parts that are written as a whole."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.publication.parts import file_pieces, parquet_part
from gongkai.archive.publication.parts.file_pieces import FilePiece, FileStretch, Key
from gongkai.archive.publication.parts.parquet_rows import has_plain_keys
from gongkai.archive.publication.parts.renewed_part import LastPart, renew_part
from gongkai.archive.publication.parts.table_files import Part, write_part

YEAR = 2024
KEYS = 40
TEXTS = ("", None, "甲", "=1", 'a"b', "two\r\nlines", "x,y", "1")
NIGHTS = 6


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    """Give a public file with empty tables."""
    with closing(sqlite3.connect(":memory:")) as conn:
        for name in ("sections", "agency_links"):
            conn.execute(f"CREATE TABLE {name} ({', '.join(table_schemas()[name].fields)})")
        conn.execute("CREATE TABLE reports (id, year)")
        yield conn


@pytest.fixture(params=[(1, 1), (3, 1), (6, 2), (1000, 2), (1000, 6)], ids=str)
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pieces and stretches have so many keys."""
    keys, stretch = request.param
    monkeypatch.setattr(file_pieces, "_KEYS", {})
    monkeypatch.setattr(file_pieces, "_FEW_ROWS", keys)
    monkeypatch.setattr(file_pieces, "_STRETCHES", {})
    monkeypatch.setattr(file_pieces, "_SHORT_ROWS", stretch)


def write_sections(conn: sqlite3.Connection, dice: random.Random, report: str) -> None:
    """Give a report other sections; it may have none, and may be gone."""
    conn.execute("DELETE FROM sections WHERE report_id = ?", [report])
    conn.execute("DELETE FROM reports WHERE id = ?", [report])
    if dice.random() < 0.2:
        return
    conn.execute("INSERT INTO reports VALUES (?, ?)", [report, YEAR])
    for place in range(1, dice.choice((1, 2, 4))):
        row = report, place, dice.choice(TEXTS), dice.choice(TEXTS), place
        conn.execute("INSERT INTO sections VALUES (?, ?, ?, ?, ?)", row)


def report_ids(conn: sqlite3.Connection) -> list[str]:
    return [id for (id,) in conn.execute("SELECT id FROM reports ORDER BY id")]


def stretches_of(pieces: list[FilePiece]) -> set[FileStretch]:
    return {each for piece in pieces for each in piece.stretches}


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize("rows", [2, 100_000])
@pytest.mark.parametrize("has_parquet", [True, False])
def test_renewed_parts_are_those_written_as_a_whole(
    conn: sqlite3.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    has_parquet: bool,
) -> None:
    """Reports come, go, lose their rows and get others, the first and the last of a piece too."""
    monkeypatch.setattr(parquet_part, "GROUP", rows)
    monkeypatch.setattr(parquet_part, "is_installed", lambda: has_parquet)
    table, part = table_schemas()["sections"], Part("sections", YEAR)
    dice = random.Random(17)
    reports = [f"r{number:03}" for number in range(KEYS)]
    for report in reports:
        write_sections(conn, dice, report)
    last = tmp_path / "first"
    pieces = write_part(conn, table, YEAR, last, report_ids(conn))
    kept = 0
    for night in range(NIGHTS):
        touched = dice.sample(reports, 3)
        for report in touched:
            write_sections(conn, dice, report)
        ids = report_ids(conn)
        mine, theirs = tmp_path / f"mine{night}", tmp_path / f"theirs{night}"
        made = renew_part(conn, table, part, mine, ids, LastPart(last, pieces, touched))
        whole = write_part(conn, table, YEAR, theirs, ids)
        if made is not None:
            assert made == whole
            kept += len(stretches_of(made) & stretches_of(pieces))
            assert {path.name for path in mine.rglob("*")} == {p.name for p in theirs.rglob("*")}
            for name in (part.csv_name, *([part.parquet_name] if has_parquet else [])):
                assert (mine / name).read_bytes() == (theirs / name).read_bytes()
        last, pieces = theirs, whole
    assert kept > NIGHTS


def test_keys_that_parquet_gives_back_are_plain() -> None:
    """A missing one and an empty one are the same there, and a time is no text."""
    sections, manifests = table_schemas()["sections"], table_schemas()["manifests"]
    assert has_plain_keys(sections, {"a", "b"})
    assert has_plain_keys(manifests, {1, 2})
    others: list[Key] = [None, ""]
    for key in others:
        assert not has_plain_keys(sections, {"a", key})


@pytest.mark.usefixtures("sizes")
def test_rows_without_a_key_are_written_as_they_are(
    conn: sqlite3.Connection, tmp_path: Path
) -> None:
    """Agencies that are new have no predecessor."""
    table, part = table_schemas()["agency_links"], Part("agency_links")
    links = [(None, f"n{n}") for n in range(3)] + [(f"a{n:02}", f"b{n}") for n in range(KEYS)]
    add = "INSERT INTO agency_links VALUES (?, ?, 2019, 'merged', 'rule', '')"
    conn.executemany(add, links)
    last, mine, theirs = (tmp_path / name for name in ("last", "mine", "theirs"))
    pieces = write_part(conn, table, None, last, ())
    conn.execute("DELETE FROM agency_links WHERE to_id = 'n1' OR from_id = 'a30'")
    conn.execute(add, (None, "n7"))
    made = renew_part(conn, table, part, mine, (), LastPart(last, pieces, {None, "a30"}))
    whole = write_part(conn, table, None, theirs, ())
    if len(stretches_of(pieces)) == 1:
        assert made is None
        return
    assert made == whole
    for name in (part.csv_name, part.parquet_name):
        assert (mine / name).read_bytes() == (theirs / name).read_bytes()
