"""The files for download: each opened with another program's reader, or by the letter of its format."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from gongkai.archive.codebook.table_schema import TableField, bilingual_title, table_schemas
from gongkai.archive.codebook.table_years import row_order, year_sql
from gongkai.archive.publication import workbook
from gongkai.archive.publication.parts.table_files import part_of
from gongkai.archive.store.csv_export import TABLES, VIEWS
from gongkai.archive.store.csv_formulas import escape_formula
from tests.archive.publication.publishing import publish

NAMES = (*TABLES, *VIEWS)


@pytest.fixture
def files(published: Path) -> Path:
    return published / "downloads"


@pytest.fixture
def package(files: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((files / "datapackage.json").read_text(encoding="utf-8"))
    return told


def listed(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def names_of(files: Path, name: str, kind: str) -> list[str]:
    """Return the files of a table in the order of years, by their paths."""
    return sorted(
        each for each in listed(files) if each.startswith((f"{kind}/{name}/", f"{kind}/{name}."))
    )


def sheet_lines(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def sheet(files: Path, name: str) -> list[list[str]]:
    """Return the lines of all CSV files of a table, the header once."""
    lines: list[list[str]] = []
    for each in names_of(files, name, "csv"):
        head, *rows = sheet_lines(files / each)
        lines += rows if lines else [head, *rows]
    return lines


def test_all_files_are_there(files: Path, public: sqlite3.Connection) -> None:
    """Each table once as CSV and once as Parquet: by year where its rows have one, else whole."""
    expected = {
        *("archive.db.gz", "SHA256SUMS", "datapackage.json", "xlsx/report_summary.xlsx"),
        *("codebook.json", "codebook.xml", "dta/report_summary.dta"),
    }
    for name in NAMES:
        sql = year_sql(table_schemas()[name])
        years = public.execute(f"SELECT DISTINCT {sql} FROM {name}").fetchall() if sql else []
        expected |= {f"csv/{name}/{year}.csv.gz" for (year,) in years}
        expected |= {
            f"parquet/{name}/report_year={year}/{name}-{year}.parquet" for (year,) in years
        }
        if not years:
            expected |= {f"csv/{name}.csv.gz", f"parquet/{name}.parquet"}
    assert listed(files) == expected
    assert len(names_of(files, "requests", "csv")) > 2


@pytest.mark.parametrize("name", NAMES)
def test_sheets_have_the_rows_of_the_file(
    files: Path, public: sqlite3.Connection, name: str
) -> None:
    """Those of a year in the order of reports, then of keys."""
    head, *rows = sheet(files, name)
    found = public.execute(f"SELECT * FROM {name}")
    assert head == [column for column, *_ in found.description]
    expected = [["" if v is None else str(escape_formula(v)) for v in row] for row in found]
    assert sorted(rows) == sorted(expected)
    key, fields = row_order(table_schemas()[name]), table_schemas()[name].fields
    numbers = {column for column in key if fields[column].type == "integer"}
    for each in names_of(files, name, "csv"):
        head, *lines = sheet_lines(files / each)
        told = [dict(zip(head, line, strict=True)) for line in lines]
        keys = [tuple(int(row[k]) if k in numbers else row[k] for k in key) for row in told]
        assert keys == sorted(keys)
        if part := part_of(each):
            assert {row.get("year", str(part.year)) for row in told} == {str(part.year)}


ARROW = {
    "integer": pyarrow.int64(),
    "number": pyarrow.float64(),
    "string": pyarrow.string(),
    "date": pyarrow.date32(),
    "datetime": pyarrow.timestamp("ms", tz="UTC"),
}


def typed(value: Any, column: TableField) -> object:
    """Return what Parquet has for a value of the archive."""
    if value is None or (value == "" and column.missing != "null"):
        return None
    if column.type == "date":
        return date.fromisoformat(value)
    if column.type == "datetime":
        return datetime.fromisoformat(value)
    return float(value) if column.type == "number" else value


def in_words(row: tuple[object, ...]) -> list[str]:
    return [str(value) for value in row]


@pytest.mark.parametrize("name", NAMES)
def test_parquet_has_the_same_values(files: Path, public: sqlite3.Connection, name: str) -> None:
    """Dates are dates, what is missing is null. Formulas stand as written: nothing runs them there."""
    schema = table_schemas()[name]
    tables = [parquet.ParquetFile(files / each).read() for each in names_of(files, name, "parquet")]
    table = pyarrow.concat_tables(tables)
    assert {field.name: field.type for field in table.schema} == {
        column.name: ARROW[column.type] for column in schema.fields.values()
    }
    rows = [tuple(row.values()) for row in table.to_pylist()]
    expected = [
        tuple(typed(v, column) for v, column in zip(row, schema.fields.values(), strict=True))
        for row in public.execute(f"SELECT * FROM {name}")
    ]
    assert sorted(rows, key=in_words) == sorted(expected, key=in_words)
    assert table.schema.metadata[b"title"].decode() == bilingual_title(schema)


def test_a_column_of_parquet_says_what_it_is(files: Path) -> None:
    schema = parquet.read_schema(files / names_of(files, "report_summary", "parquet")[0])
    told = {key.decode(): value.decode() for key, value in schema.field("status").metadata.items()}
    assert told["title"] == bilingual_title(table_schemas()["report_summary"].fields["status"])
    assert "complete" in json.loads(told["codes"])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("UPDATE requests SET total = 1.5", ("requests", "total")),
        ("UPDATE requests SET total = '12' || ' 件'", ("requests", "total")),
        (
            "UPDATE reports SET published_on = '2025-02-30'",
            ("reports", "published_on"),
        ),
        ("UPDATE reports SET first_seen = '2025-02-01'", ("reports", "first_seen")),
        ("UPDATE reports SET status = 'whole'", ("reports", "status")),
        ("UPDATE agencies SET name = ''", ("agencies", "name")),
    ],
)
def test_a_value_that_does_not_fit_its_type_stops_the_publication(
    db: Path, tmp_path: Path, change: str, place: tuple[str, str]
) -> None:
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.execute(change)
    done = publish(tmp_path / "public", db, "--accept")
    assert done.exit_code not in (0, None)
    assert all(word in done.output for word in place), (done.output, done.exception)
    assert not (tmp_path / "public" / "current").exists()


def test_the_workbook_has_numbers_and_no_formulas(files: Path, public: sqlite3.Connection) -> None:
    path = files / "xlsx" / "report_summary.xlsx"
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["报告汇总", "说明"]
    head, *rows = book.get_sheet_by_index(0).to_python()
    found = public.execute("SELECT * FROM report_summary ORDER BY report_id")
    words = table_schemas()["report_summary"].fields
    assert head == [words[column].title("zh") for column, *_ in found.description]
    assert rows == [
        # Excel keeps sixteen digits
        [float(f"{v:.16g}") if isinstance(v, int | float) else v or "" for v in row]
        for row in found
    ]
    assert any("=cmd|A0" in row for row in rows)
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles
    translate_sqlite_errors = book.get_sheet_by_index(1).to_python()
    assert any("CC BY 4.0" in str(row[0]) for row in translate_sqlite_errors)
    assert {row[0] for row in translate_sqlite_errors} >= words.keys()


def test_a_long_summary_goes_on_in_a_further_sheet(
    public: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "LONGEST", 5)
    workbook.write_workbook(public, table_schemas()["report_summary"], tmp_path / "many.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "many.xlsx")
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names[:-1]]
    (count,) = public.execute("SELECT count(*) FROM report_summary").fetchone()
    assert book.sheet_names == [
        "报告汇总",
        *(f"报告汇总 {n}" for n in range(2, len(sheets) + 1)),
        "说明",
    ]
    assert [len(rows) - 1 for rows in sheets] == [
        *[5] * (count // 5),
        *[count % 5] * (count % 5 > 0),
    ]
    assert {tuple(rows[0]) for rows in sheets} == {tuple(sheets[0][0])}


def test_the_database_unpacks_to_the_one_that_is_served(files: Path, published: Path) -> None:
    unpacked = gzip.decompress((files / "archive.db.gz").read_bytes())
    assert unpacked == (published / "archive.db").read_bytes()


def test_every_checksum_is_right(files: Path) -> None:
    """As sha256sum says; every file but the list itself has one."""
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=files, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    lines = (files / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert {line.split("  ")[1] for line in lines} == listed(files) - {"SHA256SUMS"}


def test_the_package_keeps_the_rules_of_frictionless(package: dict[str, Any], files: Path) -> None:
    """Data Package v1: required properties, patterns, unique names, paths that are there."""
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    assert package["profile"] == "data-package"
    datetime.fromisoformat(package["created"])
    for licence in package["licenses"]:
        assert re.fullmatch(r"[-a-zA-Z0-9._]+", licence["name"])
        assert licence["path"].startswith("https://")
    resources = package["resources"]
    names = [each["name"] for each in resources]
    assert len(set(names)) == len(names) > 0
    told: list[dict[str, Any]] = []
    for each in resources:
        assert re.fullmatch(r"[-a-z0-9._/]+", each["name"])
        assert each["profile"] in ("data-resource", "tabular-data-resource")
        assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", each["mediatype"])
        assert each["title"]
        if "parts" in each:
            assert each["path"] == [part["path"] for part in each["parts"]]
            assert each["rows"] == sum(part["rows"] for part in each["parts"])
        told += [*each.get("parts", [each]), *each.get("variants", ())]
    for each in told:
        assert not each["path"].startswith(("/", "."))
        body = (files / each["path"]).read_bytes()
        assert each["bytes"] == len(body)
        assert each["hash"] == f"sha256:{sha256(body).hexdigest()}"
    paths = [each["path"] for each in told]
    assert len(set(paths)) == len(paths)
    assert set(paths) == listed(files) - {"SHA256SUMS", "datapackage.json"}


def test_every_table_has_a_schema_with_the_words_of_the_dictionary(
    package: dict[str, Any],
) -> None:
    """Types and keys by the rules of Table Schema v1; references lead to resources and fields."""
    tabular = {
        each["name"]: each
        for each in package["resources"]
        if each["profile"] == "tabular-data-resource"
    }
    assert tuple(tabular) == NAMES
    for name, each in tabular.items():
        words = table_schemas()[name]
        paths = [each["path"]] if isinstance(each["path"], str) else each["path"]
        assert all(re.fullmatch(rf"csv/{name}(/[0-9]{{4}})?\.csv\.gz", path) for path in paths)
        assert each["title"] == f"{words.title('zh')} · {words.title('en')}"
        schema = each["schema"]
        fields = {field["name"]: field for field in schema["fields"]}
        assert len(fields) == len(schema["fields"])
        for column, field in fields.items():
            assert field["type"] in ("string", "integer", "number", "date", "datetime")
            label = words.fields[column]
            assert field["title"] == f"{label.title('zh')} · {label.title('en')}"
        assert set(schema.get("primaryKey", ())) <= fields.keys()
        for key in schema.get("foreignKeys", ()):
            target = tabular[key["reference"]["resource"] or name]["schema"]
            assert set(key["fields"]) <= fields.keys()
            assert set(key["reference"]["fields"]) <= {f["name"] for f in target["fields"]}
    assert tabular["reports"]["schema"]["primaryKey"] == ["id"]
    assert tabular["reports"]["schema"]["foreignKeys"]


READERS = {
    "string": str,
    "integer": int,
    "number": float,
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z"),
}


def test_every_cell_is_of_the_type_that_is_stated(package: dict[str, Any], files: Path) -> None:
    """And keys are unique and never empty, references lead to rows: what a validator looks at."""
    tables: dict[str, list[dict[str, str]]] = {}
    schemas = {}
    for each in package["resources"]:
        if each["profile"] != "tabular-data-resource":
            continue
        head, *lines = sheet(files, each["name"])
        tables[each["name"]] = rows = [dict(zip(head, line, strict=True)) for line in lines]
        schemas[each["name"]] = each["schema"]
        assert len(rows) == each["rows"]
        for field in each["schema"]["fields"]:
            for row in rows:
                if row[field["name"]] != "":
                    READERS[field["type"]](row[field["name"]])
    for name, schema in schemas.items():
        if key := schema.get("primaryKey"):
            keys = [tuple(row[column] for column in key) for row in tables[name]]
            assert len(set(keys)) == len(keys), name
        for foreign in schema.get("foreignKeys", ()):
            (column,), (other,) = foreign["fields"], foreign["reference"]["fields"]
            there = {row[other] for row in tables[foreign["reference"]["resource"] or name]}
            assert {row[column] for row in tables[name]} - {""} <= there, (name, column)


def test_the_same_archive_gives_the_same_bytes(made: Path, published: Path, tmp_path: Path) -> None:
    """Of every data file; only the manifest says when it was made."""
    archive = Path(shutil.copy(made, tmp_path))
    shutil.copy(made.with_name("reviews.db"), tmp_path)
    again = publish(tmp_path / "again", archive, "--accept")
    assert again.exit_code == 0, again.output
    other = (tmp_path / "again" / "current").resolve()
    assert listed(other) == listed(published)
    for name in listed(published) - {"publication.json"}:
        assert (other / name).read_bytes() == (published / name).read_bytes(), name
