"""The files as statistics programs read them: types and missing values are those of the codebook."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas
import pytest
from pandas.io.stata import StataReader

from gongkai.archive.codebook.codebook import codebook
from gongkai.archive.codebook.ddi import NAMESPACE
from gongkai.archive.codebook.table_schema import TableSchema, table_schemas
from gongkai.archive.errors import PublicationRefusedError
from gongkai.archive.publication import frictionless_check
from gongkai.archive.publication.conformity import check_references
from gongkai.archive.publication.frictionless_check import validate_package
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.csv_export import TABLES, VIEWS

NAMES = (*TABLES, *VIEWS)

AS_TOLD = {"string": "string", "integer": "Int64", "number": "float64"}
"""Types of pandas for those of the codebook; dates are converted apart."""

ORDER = {
    "codeBook": ("stdyDscr", "fileDscr", "dataDscr"),
    "stdyDscr": ("citation", "stdyInfo", "dataAccs"),
    "citation": ("titlStmt", "verStmt"),
    "titlStmt": ("titl", "parTitl"),
    "stdyInfo": ("abstract", "sumDscr"),
    "sumDscr": ("nation", "universe"),
    "fileDscr": ("fileTxt",),
    "fileTxt": ("fileName", "fileCont", "dimensns"),
    "dimensns": ("caseQnty", "varQnty"),
    "dataDscr": ("varGrp", "var"),
    "varGrp": ("labl", "txt"),
    "var": ("labl", "universe", "txt", "catgry", "varFormat", "notes"),
    "catgry": ("catValu", "labl", "txt"),
    "verStmt": ("version",),
    "dataAccs": ("useStmt",),
    "useStmt": ("conditions",),
}
"""The order of elements in DDI Codebook 2.5, as far as we use them. `python -m tests.ddi` asks the
schema itself, which is not ours to hand on."""


@pytest.fixture
def files(published: Path) -> Path:
    return published / "downloads"


def read_csv(path: Path, schema: TableSchema) -> pandas.DataFrame:
    """Return a CSV file read with the types of the codebook, as the how-to page shows it."""
    fields = schema.fields.values()
    times = [each.name for each in fields if each.type in ("date", "datetime")]
    types = {each.name: AS_TOLD[each.type] for each in fields if each.type in AS_TOLD}
    return pandas.read_csv(
        path, dtype=types, parse_dates=times, keep_default_na=False, na_values=[""]
    )


def read_table(files: Path, schema: TableSchema) -> tuple[Any, Any]:
    """Return all of a table from CSV and from Parquet, of which pandas takes a folder as one table."""
    sheets = files / "csv" / schema.name
    paths = (
        sorted(sheets.iterdir()) if sheets.is_dir() else [files / "csv" / f"{schema.name}.csv.gz"]
    )
    texts = pandas.concat([read_csv(path, schema) for path in paths], ignore_index=True)
    folder = files / "parquet" / schema.name
    return texts, pandas.read_parquet(folder if folder.is_dir() else folder.with_suffix(".parquet"))


@pytest.mark.parametrize("name", NAMES)
def test_csv_and_parquet_are_the_same_to_pandas(files: Path, name: str) -> None:
    """Row by row: a missing value in one is missing in the other, "NA" in a text stays a text."""
    schema = table_schemas()[name]
    texts, typed = read_table(files, schema)
    assert list(texts) == list(schema.fields)
    years = ["report_year"] if (files / "parquet" / name).is_dir() else []
    assert list(typed) == [*schema.fields, *years]
    for field in schema.fields.values():
        assert (texts[field.name].isna() == typed[field.name].isna()).all(), field.name
        if field.type in ("integer", "number"):
            both = texts[field.name].astype("Float64"), typed[field.name].astype("Float64")
            pandas.testing.assert_series_equal(*both, check_names=False)


def test_codes_that_look_like_numbers_stay_texts(files: Path) -> None:
    """In every format but CSV without types, of which the codebook warns."""
    schema = table_schemas()["report_summary"]
    told, typed = read_table(files, schema)
    with StataReader(files / "dta" / "report_summary.dta") as reader:
        stata = reader.read(convert_categoricals=False)
    for frame in (typed, told, stata):
        assert {"2019", "2021"} <= set(frame["form"]) <= {"2019", "2021", "legacy"}
        assert "640221" in set(frame["region_code"])


def test_stata_has_labels_of_variables_and_values(files: Path, public: sqlite3.Connection) -> None:
    with StataReader(files / "dta" / "report_summary.dta") as reader:
        rows, labels = reader.read(convert_categoricals=False), reader.value_labels()
        variables = reader.variable_labels()
    schema = table_schemas()["report_summary"]
    assert variables["requests_new"] == "新收申请 · New requests"
    assert labels["status"][1] == "complete: 完整 · complete"
    found = public.execute("SELECT * FROM report_summary ORDER BY report_id").fetchall()
    assert len(rows) == len(found)
    for place, field in enumerate(schema.fields.values()):
        told = [row[place] for row in found]
        got = rows[field.name]
        if field.name in labels:
            words = [labels[field.name].get(value, "").partition(":")[0] for value in got]
            assert words == [value or "" for value in told], field.name
        elif field.type == "string":
            assert list(got) == [value or "" for value in told], field.name
        elif field.type == "date":
            assert [None if pandas.isna(v) else f"{v:%Y-%m-%d}" for v in got] == told
        else:
            assert [None if pandas.isna(value) else value for value in got] == told, field.name


def test_every_code_of_a_package_has_its_label(files: Path) -> None:
    package = json.loads((files / "datapackage.json").read_text(encoding="utf-8"))
    coded = 0
    for resource in package["resources"]:
        for field in resource.get("schema", {}).get("fields", ()):
            if "enum" in field.get("constraints", {}):
                values = [each["value"] for each in field["categories"]]
                assert values == field["constraints"]["enum"]
                assert all(" · " in each["label"] for each in field["categories"])
                coded += 1
    assert coded > 30


def change_schema(package: dict[str, Any]) -> None:
    (table,) = (each for each in package["resources"] if each["name"] == "sections")
    (field,) = (each for each in table["schema"]["fields"] if each["name"] == "heading")
    field["type"] = "integer"


def change_reference(package: dict[str, Any]) -> None:
    (table,) = (each for each in package["resources"] if each["name"] == "checks")
    table["schema"]["foreignKeys"] = [
        {"fields": ["rule"], "reference": {"resource": "sites", "fields": ["id"]}}
    ]


def change_digest(package: dict[str, Any]) -> None:
    short = next(each for each in package["resources"] if each["name"] == "agencies")
    short["hash"] = f"sha256:{'0' * 64}"


@pytest.mark.parametrize("change", [change_schema, change_reference, change_digest])
def test_a_package_that_is_not_as_it_says_stops_the_publication(
    files: Path, tmp_path: Path, change: Any
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copytree(files / "csv", copy / "csv")
    package = json.loads((files / "datapackage.json").read_text(encoding="utf-8"))
    (copy / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    validate_package(copy)
    change(package)
    (copy / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(PublicationRefusedError, match="package_invalid"):
        validate_package(copy)


def test_of_a_long_table_the_beginning_is_read(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """References into it, which would be missed, and its checksum are left to our own checks."""
    monkeypatch.setattr(frictionless_check, "ROWS", 5)
    validate_package(files)


def test_a_row_of_a_made_table_refers_to_one_that_is_there(published: Path, tmp_path: Path) -> None:
    """SQLite knows no foreign keys of tables that were made from views."""
    copy = Path(shutil.copy(published / "archive.db", tmp_path))
    with closing(sqlite3.connect(copy)) as conn, conn:
        check_references(conn, MATERIALISED_VIEWS)
        conn.execute("UPDATE coverage SET source = 'nothing' WHERE report_id IS NOT NULL")
        with pytest.raises(PublicationRefusedError) as refused:
            check_references(conn, MATERIALISED_VIEWS)
    assert refused.value.message.params["other"] == "snapshots"


def test_every_file_of_the_package_has_a_key(files: Path) -> None:
    """A unique key where a part may be missing: the region of an agency, one end of a link."""
    package = json.loads((files / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        schema = resource.get("schema")
        if schema:
            assert schema.get("primaryKey") or schema.get("uniqueKeys"), resource["name"]


def test_the_ddi_file_has_its_elements_in_the_order_of_the_schema(files: Path) -> None:
    """And names every column of every file, with the labels of its codes in both languages."""
    root = ElementTree.parse(files / "codebook.xml").getroot()
    head = f"{{{NAMESPACE}}}"
    for parent in root.iter():
        names = [child.tag.removeprefix(head) for child in parent]
        order = ORDER.get(parent.tag.removeprefix(head), ())
        assert set(names) <= set(order), parent.tag
        assert names == sorted(names, key=order.index), parent.tag
    variables = {each.get("ID") for each in root.iter(f"{head}var")}
    book = codebook()
    assert variables == {
        f"V_{table.name}.{column.name}"
        for table in book.tables
        if table.is_file
        for column in table.columns
    }
    (sizes,) = (
        each.find(f"{head}fileTxt/{head}dimensns/{head}caseQnty")
        for each in root.iter(f"{head}fileDscr")
        if each.get("ID") == "F_form_crosswalk"
    )
    assert sizes is not None
    assert sizes.text == str(len(book.variables))
    ids = [each.get("ID") for each in root.iter() if each.get("ID")]
    assert len(set(ids)) == len(ids)
    named = {name for each in root.iter() for name in (each.get("var") or "").split()}
    assert named == variables


def test_the_codebook_is_in_both_languages() -> None:
    book = codebook()
    texts = [
        *(each.titles for each in (*book.tables, *book.variables, *book.measures, *book.rules)),
        *(each.definitions for each in (*book.measures, *book.rules)),
        *(each.why for each in book.variables),
        *(each.universe for each in book.tables),
        *(code.labels for codes in book.code_lists.values() for code in codes),
        *(told for each in book.missing for told in each.formats.values()),
    ]
    assert all(told["zh"] and told["en"] for told in texts)
