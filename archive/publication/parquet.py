"""A table as Parquet, where pyarrow is installed: typed columns for statistics programs."""

from __future__ import annotations

import importlib.util
import sqlite3
from pathlib import Path

from gongkai.archive.publication.columns import Column

BATCH = 20_000


def is_installed() -> bool:
    """Say whether Parquet can be written."""
    return importlib.util.find_spec("pyarrow") is not None


def write_parquet(
    conn: sqlite3.Connection, table: str, columns: tuple[Column, ...], order: str, path: Path
) -> None:
    """Write a table or view; texts and numbers as the archive has them, empty cells as null."""
    import pyarrow  # heavy, and not everybody has it
    from pyarrow import parquet

    types = {"integer": pyarrow.int64(), "number": pyarrow.float64()}
    schema = pyarrow.schema([(c.name, types.get(c.kind, pyarrow.string())) for c in columns])
    names = ", ".join(column.name for column in columns)
    found = conn.execute(f"SELECT {names} FROM {table} ORDER BY {order}")
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while rows := found.fetchmany(BATCH):
            arrays = [
                pyarrow.array(values, field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))
