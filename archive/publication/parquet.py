"""A table as Parquet, where pyarrow is installed: typed columns for statistics programs."""

from __future__ import annotations

import importlib.util
import sqlite3
from pathlib import Path

from gongkai.archive.publication.table_schema import TableSchema

BATCH = 20_000


def is_installed() -> bool:
    """Return whether Parquet can be written."""
    return importlib.util.find_spec("pyarrow") is not None


def write_parquet(conn: sqlite3.Connection, table: TableSchema, order: str, path: Path) -> None:
    """Write a table or view; texts and numbers as the archive has them, empty cells as null."""
    import pyarrow  # heavy, and an extra
    from pyarrow import parquet

    types = {"integer": pyarrow.int64(), "number": pyarrow.float64()}
    schema = pyarrow.schema(
        [(each.name, types.get(each.type, pyarrow.string())) for each in table.fields.values()]
    )
    found = conn.execute(f"SELECT {', '.join(table.fields)} FROM {table.name} ORDER BY {order}")
    with (
        path.open("wb") as file,  # pyarrow cannot open a name that is no UTF-8
        parquet.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        while rows := found.fetchmany(BATCH):
            arrays = [
                pyarrow.array(values, field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))
