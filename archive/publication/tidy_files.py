"""Cells and findings of readings as two files: CSV, or Parquet where pyarrow is installed.

The findings stand beside the cells: `numbers.csv` and `numbers-findings.csv`.
"""

from __future__ import annotations

import csv
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from gongkai.archive.store.csv_formulas import escape_formula
from gongkai.extract.model.tidy_rows import CELL_COLUMNS, FINDING_COLUMNS, Row

Sink = Callable[[Sequence[Row]], None]
NUMBERS = {"value": "float64", "year": "int64"}
"""Columns that are not text, with their type in Parquet."""


def findings_path(path: Path) -> Path:
    """Return the file of the findings beside that of the cells."""
    return path.with_name(f"{path.stem}-findings{path.suffix}")


@contextmanager
def csv_files(path: Path) -> Iterator[tuple[Sink, Sink]]:
    """Give what takes rows of cells and of findings; the files stand there when all is written.

    UTF-8 with a byte order mark, as Excel expects. Cells that a spreadsheet would run as formulas
    begin with an apostrophe.
    """
    with ExitStack() as stack:
        yield (
            stack.enter_context(_csv_sink(path, CELL_COLUMNS)),
            stack.enter_context(_csv_sink(findings_path(path), FINDING_COLUMNS)),
        )


@contextmanager
def parquet_files(path: Path) -> Iterator[tuple[Sink, Sink]]:
    """Give what takes rows of cells and of findings; the files stand there when all is written."""
    with ExitStack() as stack:
        yield (
            stack.enter_context(_parquet_sink(path, CELL_COLUMNS)),
            stack.enter_context(_parquet_sink(findings_path(path), FINDING_COLUMNS)),
        )


@contextmanager
def _csv_sink(path: Path, columns: Sequence[str]) -> Iterator[Sink]:
    partial = path.with_name(f"{path.name}.part")
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        yield _csv_writer(file, columns)
    partial.replace(path)


def _csv_writer(file: IO[str], columns: Sequence[str]) -> Sink:
    writer = csv.writer(file)
    writer.writerow(columns)

    def write(rows: Sequence[Row]) -> None:
        writer.writerows([escape_formula(row[name]) for name in columns] for row in rows)

    return write


@contextmanager
def _parquet_sink(path: Path, columns: Sequence[str]) -> Iterator[Sink]:
    pyarrow: Any = importlib.import_module("pyarrow")  # heavy, and an extra
    parquet: Any = importlib.import_module("pyarrow.parquet")
    types = [(name, getattr(pyarrow, NUMBERS.get(name, "string"))()) for name in columns]
    schema = pyarrow.schema(types)
    partial = path.with_name(f"{path.name}.part")
    with parquet.ParquetWriter(partial, schema, compression="zstd") as writer:

        def write(rows: Sequence[Row]) -> None:
            if rows:
                writer.write_table(pyarrow.Table.from_pylist(list(rows), schema=schema))

        yield write
    partial.replace(path)
