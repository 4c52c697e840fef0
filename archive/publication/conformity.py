"""Whether every value of a publication fits the type that its schema names, and refers to a row.

SQLite keeps a text in a column of numbers, and 1.5 in one of integers. Other formats cannot, or change it
without a word. A publication with such a value is refused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gongkai.archive.codebook.table_schema import TableField, TableSchema, table_schemas
from gongkai.archive.errors import PublicationRefusedError

_LONGEST = 80

_STORED = {
    "integer": "('integer')",
    "number": "('integer', 'real')",
    "string": "('text')",
    "date": "('text')",
    "datetime": "('text')",
}
"""SQLite's names for the values that a type may have."""

_BOUNDS = {"minimum": "<", "maximum": ">"}

_SHAPES = {
    "date": "date({0}, '+0 days') IS NOT {0}",
    "datetime": "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, '+0 days') IS NOT {0}",
}
"""SQL that is true for a text that is no date. A modifier has SQLite look whether there is such a day."""


def check_values(conn: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Read each table once, and stop at the first value that does not fit.

    Raises:
        PublicationRefusedError: a value has another type, is missing where it is required, is outside
            of the bounds of its column, or none of its codes.
    """
    for name in tables:
        table = table_schemas()[name]
        unfit = {each.name: _unfit(each) for each in table.fields.values()}
        row = conn.execute(
            f"SELECT * FROM {name} WHERE {' OR '.join(unfit.values())} LIMIT 1"
        ).fetchone()
        if row is not None:
            raise _refusal(conn, table, unfit, tuple(row))


def check_references(conn: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Check the foreign keys of tables that were made from views: SQLite itself has none of these.

    Raises:
        PublicationRefusedError: a row refers to a missing one.
    """
    for name in tables:
        for key in table_schemas()[name].foreign_keys:
            other = key["reference"]["resource"] or name
            (column,), (target,) = key["fields"], key["reference"]["fields"]
            lost = conn.execute(
                f"SELECT 1 FROM {name} t WHERE coalesce(t.{column}, '') <> '' AND NOT EXISTS"
                f" (SELECT 1 FROM {other} o WHERE o.{target} = t.{column}) LIMIT 1"
            ).fetchone()
            if lost:
                path = conn.execute("PRAGMA database_list").fetchone()[2]
                raise PublicationRefusedError(
                    "public_file_reference", path=path, table=name, other=other
                )


def _unfit(column: TableField) -> str:
    """Return SQL that is true where a value of a column does not fit."""
    name = f'"{column.name}"'
    absent = f"{name} IS NULL"
    if column.missing != "null" or column.constraints.get("required"):
        absent = f"coalesce({name}, '') = ''"
    wrong = [f"typeof({name}) NOT IN {_STORED[column.type]}"]
    if shape := _SHAPES.get(column.type):
        wrong.append(shape.format(name))
    for bound, outside in _BOUNDS.items():
        if (limit := column.constraints.get(bound)) is not None:
            wrong.append(f"{name} {outside} {_literal(limit)}")
    if codes := column.constraints.get("enum"):
        assert isinstance(codes, list)
        wrong.append(f"{name} NOT IN ({', '.join(_literal(code) for code in codes)})")
    refused = f"(NOT ({absent}) AND ({' OR '.join(wrong)}))"
    return f"({absent} OR {refused})" if column.constraints.get("required") else refused


def _literal(code: object) -> str:
    return str(code) if isinstance(code, int) else "'" + str(code).replace("'", "''") + "'"


def _refusal(
    conn: sqlite3.Connection, table: TableSchema, unfit: dict[str, str], row: tuple[object, ...]
) -> PublicationRefusedError:
    values = dict(zip(table.fields, row, strict=True))
    column = next(name for name, sql in unfit.items() if _is_unfit(conn, sql, name, values[name]))
    key = {name: values[name] for name in table.primary_key} or values
    place = ", ".join(f"{name} = {value}" for name, value in list(key.items())[:4])
    return PublicationRefusedError(
        "value_unfit",
        table=table.name,
        column=column,
        row=place[:_LONGEST],
        value=repr(values[column])[:_LONGEST],
    )


def _is_unfit(conn: sqlite3.Connection, sql: str, name: str, value: object) -> bool:
    return bool(conn.execute(f'SELECT {sql} FROM (SELECT ? AS "{name}")', [value]).fetchone()[0])
