"""The Table Schemas say what the archive has: names, order, types, keys, and what values may be."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.codebook.table_schema import FOLDER, NAMES, TableField, table_schemas
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.csv_export import JOINED, TABLES, VIEWS
from gongkai.archive.store.database import read_only

DECLARED = {
    "integer": {"INTEGER"},
    "number": {"NUMERIC", "REAL"},
    "string": {"TEXT"},
    "date": {"TEXT"},
    "datetime": {"TEXT"},
}
"""SQLite's types for those of the schemas."""

SHAPES = {
    "date": r"\d{4}-\d\d-\d\d",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
}


@pytest.fixture
def archive(made: Path) -> Iterator[sqlite3.Connection]:
    """Return the archive as a build leaves it."""
    with closing(read_only(made)) as conn:
        yield conn


def keys_of(conn: sqlite3.Connection, table: str) -> set[tuple[tuple[str, ...], str, str]]:
    """Return the foreign keys of a table: its columns, the other table, the other column."""
    return {
        ((start,), target, end)
        for _, _, target, start, end, *_ in conn.execute(f"PRAGMA foreign_key_list({table})")
    }


def test_there_is_a_schema_for_every_table_and_view() -> None:
    assert set(NAMES) == {*TABLES, *VIEWS, *JOINED}
    assert {path.name for path in FOLDER.iterdir()} == {
        "README.md",
        *(f"{name}.json" for name in NAMES),
    }
    assert all(schema.name == name for name, schema in table_schemas().items())


@pytest.mark.parametrize("name", NAMES)
def test_columns_stand_in_the_order_of_the_table(archive: sqlite3.Connection, name: str) -> None:
    columns = [row[1] for row in archive.execute(f"PRAGMA table_info({name})")]
    assert list(table_schemas()[name].fields) == columns


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_the_types_and_keys_of_their_schemas(
    archive: sqlite3.Connection, name: str
) -> None:
    schema = table_schemas()[name]
    primary = {}
    for _, column, declared, not_null, _, key in archive.execute(f"PRAGMA table_info({name})"):
        field = schema.fields[column]
        assert declared in DECLARED[field.type], column
        assert field.is_nullable is not bool(not_null or key), column
        primary[key] = column
    assert schema.primary_key == tuple(primary[key] for key in sorted(primary.keys() - {0}))
    assert keys_of(archive, name) == {
        (tuple(key["fields"]), key["reference"]["resource"] or name, *key["reference"]["fields"])
        for key in schema.foreign_keys
    }


@pytest.mark.parametrize("name", sorted({*VIEWS} & {*MATERIALISED_VIEWS}))
def test_published_views_have_the_types_and_keys_of_their_schemas(
    public: sqlite3.Connection, name: str
) -> None:
    """Others stay views, of whose columns SQLite tells no type."""
    schema = table_schemas()[name]
    primary = {}
    for _, column, declared, _, _, key in public.execute(f"PRAGMA table_info({name})"):
        assert declared in DECLARED[schema.fields[column].type], column
        primary[key] = column
    assert schema.primary_key == tuple(primary[key] for key in sorted(primary.keys() - {0}))


def wrong(field: TableField, value: object) -> str:
    """Return what is wrong with a value, "" where nothing is."""
    limits = field.constraints
    if value is None or value == "":
        if limits.get("required"):
            return "is missing"
        said = "null" if value is None else "empty string"
        return "" if said in field.missing else "is missing in another way"
    if field.type in ("integer", "number") and not isinstance(value, int | float):
        return "is not a number"
    enum = limits.get("enum")
    if isinstance(enum, list) and value not in enum:
        return "is not in the list"
    for shape in (limits.get("pattern"), SHAPES.get(field.type)):
        if isinstance(shape, str) and not re.fullmatch(shape, str(value)):
            return "has another shape"
    low, high = limits.get("minimum"), limits.get("maximum")
    if isinstance(low, int) and isinstance(value, int | float) and value < low:
        return "is too small"
    if isinstance(high, int) and isinstance(value, int | float) and value > high:
        return "is too large"
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_every_value_keeps_the_constraints(public: sqlite3.Connection, name: str) -> None:
    schema = table_schemas()[name]
    found = public.execute(f"SELECT {', '.join(schema.fields)} FROM {name}").fetchall()
    columns = dict(zip(schema.fields, zip(*found, strict=True), strict=False))
    complaints = {
        f"{column} {value!r} {said}"
        for column, values in columns.items()
        for value in values
        if (said := wrong(schema.fields[column], value))
    }
    assert complaints == set()
    for key in (schema.primary_key, *schema.unique_keys):
        rows = list(zip(*(columns[column] for column in key), strict=True)) if columns else []
        assert len(set(rows)) == len(rows), key


@pytest.mark.parametrize("name", NAMES)
def test_pages_show_columns_that_are_there(name: str) -> None:
    schema = table_schemas()[name]
    facets = [
        next(iter(each.values())) if isinstance(each, dict) else each for each in schema.facets
    ]
    named = {*schema.shown, *facets, *filter(None, (schema.label, schema.sort_desc))}
    assert named <= schema.fields.keys()
    if schema.leads_to[0]:
        assert schema.leads_to[0] in NAMES
        assert schema.leads_to[1] in schema.fields


def test_properties_are_those_that_are_documented() -> None:
    explained = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        fields = told["fields"]
        used = {*told, *told.get("browse", {}), *(key for each in fields for key in each)}
        assert {key for key in used if f"`{key}`" not in explained} == set(), name
