"""Pieces of files: where they begin, and which of them a renewal copies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication.parts import file_pieces
from gongkai.archive.publication.parts.file_pieces import (
    FilePiece,
    FileStretch,
    Key,
    Segment,
    TouchedPieces,
    begins_piece,
    begins_stretch,
    divide_pieces,
    read_piece_index,
    touched_pieces,
    write_piece_index,
)
from gongkai.archive.publication.parts.part_rows import ALL, KeyRange, key_place, table_pieces
from gongkai.archive.publication.parts.renewed_part import LastPart, renew_part
from gongkai.archive.publication.parts.report_cells import Columns
from gongkai.archive.publication.parts.table_files import Part, write_part
from tests.archive.publication.publishing import opened


def piece(key: Key) -> FilePiece:
    return FilePiece.of([FileStretch(key, 1, 10, 0, 20)], 1)


@pytest.mark.parametrize(
    ("touched", "stale"),
    [
        (["d"], [0, 1]),  # a piece begins there: without it, two are one
        (["e"], [1]),
        (["a"], [0]),  # before the first
        (["z"], [2]),
        (["b", "z"], [0, 2]),
        ([None], [0]),
        ([], []),
    ],
)
def test_pieces_with_touched_keys_are_written_anew(touched: list[Key], stale: list[int]) -> None:
    pieces = [piece("b"), piece("d"), piece("g")]
    segments = divide_pieces(pieces, touched)
    places = [place for each in segments for place in range(each.first, each.last)]
    assert places == [0, 1, 2]
    anew = [each for each in segments if not each.is_kept]
    assert [place for each in anew for place in range(each.first, each.last)] == stale


def test_neighbours_are_copied_in_one_go() -> None:
    pieces = [piece(number) for number in range(0, 50, 10)]
    assert divide_pieces(pieces, [31]) == [
        Segment(0, 3, is_kept=True),
        Segment(3, 4, is_kept=False),
        Segment(4, 5, is_kept=True),
    ]


@pytest.mark.parametrize(
    ("touched", "found"),
    [
        (["a"], [TouchedPieces(0, 1, ["a"])]),
        (["e", "h"], [TouchedPieces(1, 2, ["e"]), TouchedPieces(2, 3, ["h"])]),
        (["d"], [TouchedPieces(0, 2, ["d"])]),  # without it, two are one
        (["c", "d", "g"], [TouchedPieces(0, 3, ["c", "d", "g"])]),
        ([None], [TouchedPieces(0, 1, [None])]),
        ([], []),
    ],
)
def test_pieces_are_replaced_together_where_they_may_become_one(
    touched: list[Key], found: list[TouchedPieces]
) -> None:
    assert touched_pieces([piece("b"), piece("d"), piece("g")], touched) == found


def test_a_stretch_begins_where_a_piece_does() -> None:
    keys = [f"640221-{number:05}" for number in range(40_000)]
    for table in ("reports", "cells", "region_totals", "refusal_reasons", "twin_passages"):
        begins = {key for key in keys if begins_stretch(table, key)}
        pieces = {key for key in keys if begins_piece(table, key)}
        assert pieces < begins


def test_pieces_are_of_a_bounded_size() -> None:
    """On average: a file of many keys has as many pieces as it has keys for each of them."""
    keys = [f"640221-{number:05}" for number in range(40_000)]
    begins = sum(begins_piece("reports", key) for key in keys)
    assert 20 <= begins <= 60
    assert 220 <= sum(begins_piece("cells", key) for key in keys) <= 400


def test_an_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "pieces.json"
    pieces = {"csv/x.csv.gz": [piece("甲"), piece(7), piece(None)], "csv/y.csv.gz": []}
    digest = write_piece_index(path, pieces)
    assert read_piece_index(path, digest) == pieces
    assert read_piece_index(path, None) == {}
    path.write_bytes(path.read_bytes().replace("甲".encode(), "乙".encode()))
    with pytest.raises(RenewalImpossibleError):
        read_piece_index(path, digest)
    for text in (b"", b"[]", b'{"csv/x.csv.gz": [[1]]}', b'{"csv/x.csv.gz": 1}'):
        path.write_bytes(text)
        assert read_piece_index(path, sha256(text).hexdigest()) == {}
    path.unlink()
    assert read_piece_index(path, digest) == {}
    path.mkdir()  # fails as a broken disk does
    with pytest.raises(RenewalImpossibleError):
        read_piece_index(path, digest)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each key begin a piece."""
    monkeypatch.setattr(file_pieces, "_KEYS", {})
    monkeypatch.setattr(file_pieces, "_FEW_ROWS", 1)
    monkeypatch.setattr(file_pieces, "_STRETCHES", {})


@pytest.fixture
def conn(published: Path) -> Iterator[sqlite3.Connection]:
    with opened(published / "archive.db") as conn:
        yield conn


def rows_of(blocks: Iterable[Columns]) -> Iterator[tuple[object, ...]]:
    for columns in blocks:
        yield from zip(*columns, strict=True)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "name", ["agencies", "reports", "requests", "cells", "panel", "region_totals", "coverage"]
)
def test_ranges_of_keys_have_all_rows_once(conn: sqlite3.Connection, name: str) -> None:
    """Whatever their bounds: missing keys are in the first range."""
    table = table_schemas()[name]
    year = None if name == "agencies" else 2024
    ids = [id for (id,) in conn.execute("SELECT id FROM reports WHERE year = 2024 ORDER BY id")]
    pieces = list(table_pieces(conn, table, year, ids, ALL))
    whole = [row for blocks in pieces for row in rows_of(blocks)]
    assert len(pieces) > 1
    for blocks in pieces[1:]:
        cut = blocks[0][key_place(table)][0]
        assert isinstance(cut, str)
        divided = [
            row
            for within in (KeyRange(None, cut), KeyRange(cut, None))
            for blocks in table_pieces(conn, table, year, ids, within)
            for row in rows_of(blocks)
        ]
        assert divided == whole


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("harm", ["none", "packed", "rows", "groups", "crc", "file"])
def test_pieces_of_another_file_are_not_copied(
    conn: sqlite3.Connection, tmp_path: Path, harm: str
) -> None:
    """Then the part is written as a whole."""
    table, part = table_schemas()["sections"], Part("sections", 2024)
    ids = [id for (id,) in conn.execute("SELECT id FROM reports WHERE year = 2024 ORDER BY id")]
    last, new = tmp_path / "last", tmp_path / "new"
    pieces = write_part(conn, table, 2024, last, ids)
    assert len(pieces) > 1
    changes: dict[str, dict[str, Any]] = {
        "packed": {"packed": 1},
        "rows": {"rows": 10_000},
        "groups": {"groups": 3},
        "crc": {"unpacked": 5},
    }
    first = pieces[0]
    told = [first._replace(**changes.get(harm, {})), *pieces[1:]]
    if harm == "file":
        (last / part.csv_name).write_bytes(b"no gzip file")
    found = renew_part(conn, table, part, new, ids, LastPart(last, told, {ids[-1]}))
    if harm != "none":
        assert found is None
        return
    assert found == pieces
    for name in (part.csv_name, part.parquet_name):
        assert (new / name).read_bytes() == (last / name).read_bytes()
    every = LastPart(last, pieces, set(ids))
    assert renew_part(conn, table, part, new, ids, every) is None
