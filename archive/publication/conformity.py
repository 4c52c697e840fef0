"""Whether the rows of tables that were made from views refer to rows that are there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.errors import PublicationRefusedError


def check_references(conn: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Check the foreign keys of tables that were made from views: SQLite itself has none of these.

    Raises:
        PublicationRefusedError: a row refers to a missing one.
    """
    for name in tables:
        table = table_schemas()[name]
        for key in table.foreign_keys:
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
