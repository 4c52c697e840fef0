"""Cells and panel as files have them: the rows of the views, whatever reports have."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.codebook.table_years import row_order
from gongkai.archive.publication.parts.panel_rows import panel_blocks
from gongkai.archive.publication.parts.report_cells import Columns, cell_blocks
from gongkai.archive.store.pooled.cells_sql import ITEM_COLUMNS, cell_columns
from gongkai.archive.store.views import COUNTS

Read = Callable[[sqlite3.Connection, Sequence[str]], Iterator[Columns]]

VALUES = (None, 0, 1, 7, 12.5, 0.1 + 0.2, 2**53, 1e20, 1.0)
NOTES = ("blank", "dash", "odd", "unreadable", "missing", "ocr")


def rows(read: Read, conn: sqlite3.Connection, ids: Sequence[str]) -> list[tuple[object, ...]]:
    return [row for columns in read(conn, ids) for row in zip(*columns, strict=True)]


def unsettle(conn: sqlite3.Connection, seed: int) -> None:
    """Remove rows, values and agreements, add notes: nothing need fit together."""
    draw = random.Random(seed)
    conn.create_function("draw", 0, draw.random)
    for column in cell_columns():
        part, name, item = column.part, column.field, ITEM_COLUMNS.get(column.part, "''")
        conn.create_function("value", 0, lambda: draw.choice(VALUES))
        conn.execute(f"UPDATE {part} SET {name} = value() WHERE draw() < 0.3")
        conn.execute(
            "INSERT OR IGNORE INTO cell_notes (report_id, part, item, field, raw, note, box)"
            f" SELECT report_id, '{part}', {item}, '{name}', '{draw.choice(('', '—', '１', '0'))}',"
            f" '{draw.choice(NOTES)}', '' FROM {part} WHERE draw() < 0.1"
        )
    for part in {column.part for column in cell_columns()}:
        conn.execute(f"DELETE FROM {part} WHERE draw() < {draw.choice((0, 0.1, 0.6))}")
    conn.execute("UPDATE reports SET form = '2019' WHERE draw() < 0.2")
    for name in ("disclosed", "reviews_pending", "suits", "requests_handled", "refusal_rate"):
        conn.execute(f"UPDATE report_summary SET {name} = value() WHERE draw() < 0.4")
    conn.execute("UPDATE report_summary SET status = 'complete' WHERE draw() < 0.5")
    conn.execute("UPDATE report_summary SET form = '2019' WHERE draw() < 0.2")
    conn.execute("UPDATE report_summary SET form = '' WHERE draw() < 0.1")
    conn.execute("UPDATE report_summary SET form = NULL WHERE draw() < 0.1")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("name", "read"), [("cells", cell_blocks), ("panel", panel_blocks)])
def test_rows_are_those_of_the_view(
    published: Path, tmp_path: Path, name: str, read: Read, seed: int
) -> None:
    path = shutil.copy(published / "archive.db", tmp_path)
    table = table_schemas()[name]
    with closing(sqlite3.connect(path)) as conn:
        if seed:
            unsettle(conn, seed)
        ids = [id for (id,) in conn.execute("SELECT id FROM reports ORDER BY id")]
        select = f"SELECT {', '.join(table.fields)} FROM {name}"
        expected = conn.execute(f"{select} ORDER BY {', '.join(row_order(table))}").fetchall()
        found = rows(read, conn, ids)
        assert found == expected
        assert list(map(repr, found)) == list(map(repr, expected))
        assert len(found) > 100
        assert conn.execute(COUNTS[name]).fetchone() == (len(found),)
        assert rows(read, conn, []) == []
