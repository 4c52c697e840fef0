"""Files of years: written, joined without unpacking, made for Excel, and kept for the next publication."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import sqlite3
import zlib
from dataclasses import replace
from pathlib import Path

import pyarrow
import pytest
from pyarrow import dataset, parquet

from gongkai.archive.codebook.table_schema import TableField, table_schemas
from gongkai.archive.errors import PublicationRefusedError, RenewalImpossibleError
from gongkai.archive.publication import downloads, summary_files
from gongkai.archive.publication.package import published_tables
from gongkai.archive.publication.parts.csv_part import (
    CsvPart,
    csv_part_writer,
    join_parts,
    unpacked_rows,
)
from gongkai.archive.publication.parts.csv_rows import (
    csv_columns,
    csv_lines,
    escaped_column,
    excel_lines,
)
from gongkai.archive.publication.parts.fitting_values import check_columns, fits
from gongkai.archive.publication.parts.joined_parquet import join_parquet
from gongkai.archive.publication.parts.kept_files import KeptFiles, unchanged_parts
from gongkai.archive.publication.parts.stretches import Piece, piece_size, read_pieces
from gongkai.archive.publication.parts.table_files import Part
from gongkai.archive.publication.parts.thrift_values import (
    STRUCT,
    WantedFields,
    find_integers,
    pass_value,
)
from gongkai.archive.store.csv_formulas import escape_formula, quote_id
from tests.archive.publication.test_downloads import listed

ROWS: tuple[tuple[object, ...], ...] = (
    ("0123", "平罗县", 5, None),
    ("3110865925881234", 'a "quoted" 0123', "", 1.5),
    ("12e9", "line\r\nbreak,0123\n0456", "'=1", 0),
    ('"', '""', ",0123,", "1"),
    ("００１２", "", "", ""),
)


def whole(pieces: list[Piece]) -> bytes:
    return b"".join(read_pieces(pieces, 0, sum(map(piece_size, pieces)), 7))


def written(path: Path, *blocks: bytes, head: bytes = b"a,b\r\n") -> CsvPart:
    with csv_part_writer(path, head) as writer:
        for block in blocks:
            writer.write(block)
    return CsvPart.read(path)


def test_a_part_is_an_ordinary_file(tmp_path: Path) -> None:
    """Of one gzip member: browsers read no second one."""
    part = written(tmp_path / "1.csv.gz", b"1,2\r\n", b"3,4\r\n")
    unpacker = zlib.decompressobj(31)
    assert unpacker.decompress(part.path.read_bytes()) == b"a,b\r\n1,2\r\n3,4\r\n"
    assert (unpacker.eof, unpacker.unused_data) == (True, b"")
    assert (part.head, part.rows_bytes) == (b"a,b\r\n", 10)
    again = written(tmp_path / "2.csv.gz", b"1,2\r\n3,4\r\n")
    assert again.path.read_bytes() == part.path.read_bytes()


def test_rows_of_parts_are_joined_under_one_head_line(tmp_path: Path) -> None:
    draw = random.Random(15)
    texts = [draw.randbytes(size) for size in (0, 1, 40_000, 3)]
    parts = [written(tmp_path / f"{n}.gz", text) for n, text in enumerate(texts)]
    joined = whole(join_parts(parts))
    unpacker = zlib.decompressobj(31)
    assert unpacker.decompress(joined) == b"a,b\r\n" + b"".join(texts)
    assert (unpacker.eof, unpacker.unused_data) == (True, b"")
    assert b"".join(unpacked_rows(parts, 1000)) == b"a,b\r\n" + b"".join(texts)
    assert max(map(len, unpacked_rows(parts, 1000))) <= 1000


@pytest.mark.parametrize("place", [0, 12, 18, 22, 40, 60, 100])
def test_rows_that_are_damaged_never_look_complete(tmp_path: Path, place: int) -> None:
    """The last block is held back until the checksum is compared."""
    part = written(tmp_path / "1.csv.gz", *(b"%d,x\r\n" % (n * n) for n in range(2000)))
    body = bytearray(part.path.read_bytes())
    body[place] ^= 0x55
    part.path.write_bytes(body)
    found: list[bytes] = []
    with pytest.raises((ValueError, OSError)):
        found.extend(unpacked_rows([CsvPart.read(part.path)], 100))
    assert sum(map(len, found)) < len(part.head) + part.rows_bytes


def test_parts_of_other_columns_are_not_joined(tmp_path: Path) -> None:
    one = written(tmp_path / "1.gz", b"1,2\r\n")
    other = written(tmp_path / "2.gz", b"1,2\r\n", head=b"a,c\r\n")
    for parts in ([one, other], []):
        with pytest.raises(ValueError, match=r"gz|\[\]"):
            join_parts(parts)
    (tmp_path / "3.gz").write_bytes(gzip.compress(b"a,b\r\n1,2\r\n"))
    with pytest.raises(ValueError, match="gz"):
        CsvPart.read(tmp_path / "3.gz")


@pytest.mark.parametrize("size", [1, 3, 10, 1000])
def test_lines_for_excel_are_those_of_a_reader_and_a_writer(size: int) -> None:
    """However the text is cut into blocks, inside of quotation marks too."""
    plain = csv_lines(ROWS)
    blocks = [plain[at : at + size] for at in range(0, len(plain), size)]
    read = csv.reader(io.StringIO(plain.decode(), newline=""))
    assert b"".join(excel_lines(blocks)) == csv_lines([list(map(quote_id, row)) for row in read])


def test_drawn_texts_for_excel() -> None:
    draw = random.Random(15)
    cells = ['"', ",", "\r\n", "\n", "0123", "1" * 16, "12e9", "a", "", "２０", '""', "'"]
    for _ in range(200):
        rows = [["".join(draw.choices(cells, k=draw.randrange(4))) for _ in range(3)] for _ in "12"]
        plain = csv_lines(rows)
        cut = draw.randrange(len(plain))
        assert b"".join(excel_lines([plain[:cut], plain[cut:]])) == csv_lines(
            [list(map(quote_id, row)) for row in rows]
        )


@pytest.mark.parametrize(
    "text", ["=1", " =1", "\0-1", "\u3000＝1", "a\t", "\tb", "-5", "5", "", "a"]
)
def test_a_column_is_escaped_as_each_of_its_cells(text: str) -> None:
    assert escaped_column([text, "x"], {text, "x"})[0] == escape_formula(text)


def test_parquet_parts_are_joined_as_they_are(tmp_path: Path) -> None:
    """With several row groups, statistics and page indexes, which say where things are in a file."""
    tables = []
    for n, rows in enumerate((0, 5, 1200)):
        tables.append(
            pyarrow.table({"a": list(range(rows)), "b": [f"文{i % 7}" for i in range(rows)]})
        )
        tables[-1] = tables[-1].cast(
            pyarrow.schema([("a", pyarrow.int64()), ("b", pyarrow.string())])
        )
        parquet.write_table(
            tables[-1], tmp_path / f"{n}.parquet", row_group_size=500, write_page_index=n > 0
        )
    body = whole(join_parquet([tmp_path / f"{n}.parquet" for n in range(3)]))
    file = parquet.ParquetFile(io.BytesIO(body))
    assert file.read().equals(pyarrow.concat_tables(tables))
    assert file.metadata.num_rows == 1205
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)][-3:] == [
        *(500, 500, 200)
    ]
    assert file.metadata.row_group(file.num_row_groups - 1).column(0).statistics.max == 1199


def test_other_parquet_files_are_not_joined(tmp_path: Path) -> None:
    for name, column in (("a", "x"), ("b", "y")):
        parquet.write_table(pyarrow.table({column: [1]}), tmp_path / f"{name}.parquet")
    good = (tmp_path / "a.parquet").read_bytes()
    for n, body in enumerate((b"", b"PAR1PAR1", good[:-1], good[:-8] + b"\xff\xff\xff\x7fPAR1")):
        (tmp_path / f"bad{n}.parquet").write_bytes(body)
        with pytest.raises(ValueError, match="parquet"):
            join_parquet([tmp_path / f"bad{n}.parquet"])
    with pytest.raises(ValueError, match="parquet"):
        join_parquet([tmp_path / "a.parquet", tmp_path / "b.parquet"])
    with pytest.raises(ValueError, match="no file"):
        join_parquet([])


def test_one_parquet_file_is_joined_to_itself(tmp_path: Path) -> None:
    """Its footer is copied, with the numbers of 40 row groups and of lists that are long and short."""
    path = tmp_path / "a.parquet"
    table = pyarrow.table({"a": [1.5, None] * 20, "b": [True, False] * 20, "c": ["文"] * 40})
    parquet.write_table(table, path, row_group_size=1, write_page_index=True)
    assert whole(join_parquet([path])) == path.read_bytes()


def test_a_cut_footer_of_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"a": [1.5, None], "b": [True, False]}), path)
    body = path.read_bytes()
    length = int.from_bytes(body[-8:-4], "little")
    for cut in range(length):
        footer = body[-8 - length : -8][:cut]
        path.write_bytes(body[: -8 - length] + footer + cut.to_bytes(4, "little") + b"PAR1")
        with pytest.raises(ValueError, match=r"parquet|cut|kind|deep|long"):
            join_parquet([path])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x1c" * 40, "deep"),
        (b"\x19\x1c" * 40, "deep"),
        (b"\x19\xfc\xff\xff\xff\xff\x0f", "long"),
        (b"\x18" + b"\xff" * 11, "long"),
        (b"\x1b\x00", "kind"),
        (b"\x1d\x00", "kind"),
    ],
)
def test_bytes_of_another_protocol_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        pass_value(data, 0, STRUCT)


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"\x1c" * 40, "deep"), (b"\x18\x01a\x00", "kind"), (b"\x19\x15\x02\x00", "kind")],
)
def test_integers_are_not_found_in_other_bytes(data: bytes, why: str) -> None:
    wanted: dict[int, WantedFields | str] = {}
    wanted[1] = wanted
    with pytest.raises(ValueError, match=why):
        find_integers(data, 0, wanted, [])


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", (0, -3, None), (1.5, "1", b"1")),
        ("number", (0, 1.5, None), ("1", "")),
        ("string", ("", "a", None), (1, b"a")),
        ("date", ("2024-02-29", None), ("2025-02-29", "2025-2-1", "20250201", "2025-02-01T", 1)),
        (
            "datetime",
            ("2024-02-29T23:59:59Z", None),
            ("2024-02-29T24:00:00Z", "2024-02-29 23:59:59"),
        ),
    ],
)
def test_values_fit_their_type(
    kind: str, good: tuple[object, ...], bad: tuple[object, ...]
) -> None:
    column = TableField("x", kind, {}, {})  # type: ignore[arg-type]
    assert all(fits(column, value) for value in good)
    assert not any(fits(column, value) for value in bad)


def test_values_keep_bounds_and_codes() -> None:
    bounded = TableField("x", "number", {}, {}, {"minimum": 0, "maximum": 1})
    assert [fits(bounded, value) for value in (0, 0.5, 1, -0.1, 1.1)] == [True] * 3 + [False] * 2
    coded = TableField("x", "string", {}, {}, {"enum": ["a"], "required": True})
    assert [fits(coded, value) for value in ("a", "b", "", None)] == [True, False, False, False]


def test_a_folder_of_years_is_one_table(published: Path, public: sqlite3.Connection) -> None:
    """To Arrow, with the year as a column, and with years left out that were not asked for."""
    folder = published / "downloads" / "parquet" / "requests"
    found = dataset.dataset(folder, partitioning="hive").to_table(
        filter=dataset.field("report_year") == 2024
    )
    sql = (
        "SELECT count(*), sum(total) FROM requests JOIN reports ON id = report_id WHERE year = 2024"
    )
    assert (len(found), sum(filter(None, found["total"].to_pylist()))) == public.execute(
        sql
    ).fetchone()


def test_parts_that_did_not_change_are_those_with_the_same_digest() -> None:
    before = {"requests": {"2023": "a", "2024": "b"}, "sites": {"": "x"}, "gone": {"": "y"}}
    now = {
        "requests": {"2023": "a", "2024": "c", "2025": "d"},
        "sites": {"": "x"},
        "new": {"": "y"},
    }
    unchanged = unchanged_parts(before, now)
    assert {Part("requests", 2023), Part("sites")} <= unchanged
    assert (
        not {Part("requests", 2024), Part("requests", 2025), Part("new"), Part("gone")} & unchanged
    )
    assert not any(part.table == "copies" for part in unchanged)
    without_rows = unchanged_parts(before, now, ("requests", "new", "copies")) - unchanged
    assert without_rows == {
        *(Part("copies", year) for year in (None, 2023, 2024, 2025)),
        *(Part("new", year) for year in (2023, 2024, 2025)),
    }


@pytest.fixture
def renewed(published: Path, tmp_path: Path) -> Path:
    """Downloads of the same public file of which the requests of 2024 and the sites changed."""
    years = range(2008, 2030)
    same = {Part(name, year) for name in published_tables() for year in (None, *years)}
    same -= {Part("requests", 2024), Part("sites")}
    kept = KeptFiles.of(published / "downloads", "datapackage.json", same)
    downloads.write_downloads(published / "archive.db", tmp_path / "new", version="v2", kept=kept)
    return tmp_path / "new"


def test_only_what_changed_is_written(published: Path, renewed: Path) -> None:
    """The rest is the same file on the disk; the packed archive says of which version it is."""
    last = published / "downloads"
    assert listed(renewed) == listed(last)
    new = {name for name in listed(last) if not (renewed / name).samefile(last / name)}
    assert new == {
        *("SHA256SUMS", "datapackage.json", "codebook.json", "codebook.xml"),
        *("csv/requests/2024.csv.gz", "csv/sites.csv.gz", "parquet/sites.parquet"),
        "parquet/requests/report_year=2024/requests-2024.parquet",
    }
    for name in new - {"datapackage.json", "SHA256SUMS", "codebook.xml"}:
        assert (renewed / name).read_bytes() == (last / name).read_bytes()
    before, now = (
        json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for folder in (last, renewed)
    )
    packed = next(each for each in now["resources"] if each["name"] == "archive.db.gz")
    assert (packed["version"], now["version"]) == (before["version"], "v2")
    assert before["version"] in packed["description"]
    assert [each["hash"] for each in now["resources"] if "hash" in each][:-2] == [
        each["hash"] for each in before["resources"] if "hash" in each
    ][:-2]


EVERY_PART = {
    Part(name, year) for name in published_tables() for year in (None, *range(2008, 2030))
}


def copied_downloads(published: Path, folder: Path) -> Path:
    """Copy the files for download to a new folder."""
    for name in listed(published / "downloads"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((published / "downloads" / name).read_bytes())
    return folder


def test_a_file_that_is_too_short_is_told(published: Path, tmp_path: Path) -> None:
    last = copied_downloads(published, tmp_path / "last")
    target = last / "csv/requests/2024.csv.gz"
    target.write_bytes(target.read_bytes()[:-5])
    kept = KeptFiles.of(last, "datapackage.json", EVERY_PART)
    with pytest.raises(RenewalImpossibleError) as refusal:
        downloads.write_downloads(
            published / "archive.db", tmp_path / "new", version="v", kept=kept
        )
    assert refusal.value.message.key == "full_file_differs"


@pytest.mark.parametrize(
    ("table", "has_digests"),
    [("cells", False), ("panel", False), ("sites", True), ("requests", True)],
)
def test_files_with_other_rows_than_the_public_file_are_refused(
    published: Path, tmp_path: Path, table: str, has_digests: bool
) -> None:
    """The file of one year, which was taken over, lacks a row. Views have no digests by year."""
    rows = json.loads((published / "publication.json").read_text(encoding="utf-8"))["rows"]
    kept = KeptFiles.of(published / "downloads", "datapackage.json", EVERY_PART)
    name = next(name for name in sorted(kept.records) if name.startswith(f"csv/{table}"))
    record = kept.records[name]
    assert record.rows
    wrong = {**kept.records, name: replace(record, rows=record.rows - 1)}
    public = published / "archive.db"
    with pytest.raises(RenewalImpossibleError) as refusal:
        downloads.write_downloads(
            *(public, tmp_path / "renewed"),
            version="v",
            kept=replace(kept, records=wrong),
            rows={} if has_digests else rows,
        )
    assert refusal.value.message.key == "files_other_rows"
    with pytest.raises(PublicationRefusedError):
        downloads.write_downloads(
            public, tmp_path / "anew", version="v", rows={**rows, table: rows[table] + 1}
        )


def test_a_file_that_is_gone_is_written_anew(published: Path, tmp_path: Path) -> None:
    """With a package that cannot be read, everything."""
    for damage in ("gone", "package"):
        last, new = tmp_path / f"{damage}-last", tmp_path / f"{damage}-new"
        copied_downloads(published, last)
        if damage == "gone":
            (last / "csv/requests/2024.csv.gz").unlink()
        else:
            (last / "datapackage.json").write_text("{", encoding="utf-8")
        kept = KeptFiles.of(last, "datapackage.json", EVERY_PART)
        downloads.write_downloads(published / "archive.db", new, version="v", kept=kept)
        for name in listed(published / "downloads") - {
            "datapackage.json",
            "SHA256SUMS",
            "codebook.xml",
        }:
            assert (new / name).read_bytes() == (published / "downloads" / name).read_bytes(), name


def test_a_long_summary_comes_by_year(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary_files, "LONGEST", 3)
    downloads.write_downloads(published / "archive.db", tmp_path / "new", version="v")
    names = {name for name in listed(tmp_path / "new") if name.startswith(("xlsx/", "dta/"))}
    assert names >= {"xlsx/report_summary/2024.xlsx", "dta/report_summary/2024.dta"}
    assert "xlsx/report_summary.xlsx" not in names


def test_columns_are_written_as_rows_are() -> None:
    """With equal numbers of other types, texts that are quoted, and empty ones."""
    draw = random.Random(15)
    pools: list[list[object]] = [
        *([None, 1, 0, "a", "文"], ['a"', "b"], ["x,", 1], ["\n", "a"], [1.0, 1, 2, "1"]),
        *([1.5, None, 1e22], ["", None], [" a", "a "], [10**20, -5], ["\r", "b"]),
    ]
    for _ in range(500):
        width, some = draw.randrange(1, 4), draw.choices(pools, k=3)
        rows = [tuple(draw.choice(some[n]) for n in range(width)) for _ in "1234"]
        columns = list(zip(*rows, strict=True))
        distinct = [set(values) for values in columns]
        assert list(csv_columns(columns, distinct, [4])) == [csv_lines(rows)]
        cut = list(csv_columns(columns, distinct, [1, 3, 4]))
        assert cut == [csv_lines(rows[:1]), csv_lines(rows[1:3]), csv_lines(rows[3:])]


def test_a_number_with_a_point_is_no_integer_even_beside_its_equal() -> None:
    schema = table_schemas()["requests"]
    row = ["r", "granted", *[1] * (len(schema.fields) - 2)]
    columns = list(zip(row, [*row[:-1], 1.0], strict=True))
    distinct = [set(values) for values in columns]
    check_columns(schema, [values[:1] for values in columns], distinct)
    with pytest.raises(PublicationRefusedError) as refused:
        check_columns(schema, columns, distinct)
    assert refused.value.message.params["value"] == "1.0"
