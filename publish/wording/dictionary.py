"""The data dictionary: what every table, view and column of the archive means, in both languages.

It reads the Table Schemas that the archive publishes.
"""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.archive.codebook.table_schema import TableField, TableSchema, table_schemas

__all__ = ["TableField", "TableSchema", "find_field", "tables"]


def tables() -> Mapping[str, TableSchema]:
    """Return all tables and views by name, in the order in which they are presented."""
    return table_schemas()


def find_field(table: str, column: str) -> TableField | None:
    """Return a column of a table, None where the dictionary does not have it."""
    schema = table_schemas().get(table)
    return schema.fields.get(column) if schema else None
