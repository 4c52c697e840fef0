"""What one report costs is the same in a file of any size, and what others have keeps its place."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.rollups import every_rollup
from gongkai.archive.store.database import transaction, writer
from tests.archive.rollups.thrown_rows import fill, put_agency, report_rows
from tests.publish.small_archive import insert

OTHERS = 240
STEPS = 20
"""Instructions of SQLite's machine of which one is counted."""


def write_file(folder: Path, others: int) -> Path:
    """Write a public file with some agencies, and with others, each in a division of its own."""
    path, dice = folder / "archive.db", random.Random(7)
    folder.mkdir()
    with writer(path) as conn, transaction(conn):
        fill(conn, dice, agencies=25, reports=60)
        for number in range(OTHERS):
            code = f"65{number:04d}"
            insert(conn, "regions", (code, code, code, "county", None))
        for number in range(others):
            agency = f"other-{number}"
            put_agency(conn, dice, agency)
            sql = "UPDATE agencies SET region_code = ? WHERE id = ?"
            conn.execute(sql, (f"65{number:04d}", agency))
            for year in (2021, 2022):
                for table, rows in report_rows(dice, agency, year).items():
                    insert(conn, table, *rows)
    public = folder / "public.db"
    write_public_file(path, public)
    return public


def steps_of(path: Path, report: str) -> int:
    """Return how many steps it takes to forget and add one report that is in both files."""
    steps = count()
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("CREATE TEMP TABLE due_calendar AS SELECT '2024-03-31' AS day")
        for table in every_rollup.TOUCHED:
            conn.execute(f"CREATE TEMP TABLE {table} (id TEXT PRIMARY KEY)")
        conn.execute("INSERT INTO touched_reports VALUES (?)", [report])
        conn.execute("INSERT INTO touched_sites VALUES ('weibin')")
        conn.execute("BEGIN")
        conn.set_progress_handler(lambda: next(steps) < 0, STEPS)
        every_rollup.forget_rollups(conn)
        every_rollup.add_rollups(conn)
        conn.set_progress_handler(None, 0)
        conn.execute("ROLLBACK")
    return next(steps)


def test_one_report_costs_the_same_in_a_file_of_nine_times_the_reports(tmp_path: Path) -> None:
    small, large = (write_file(tmp_path / str(others), others) for others in (0, OTHERS))
    with closing(sqlite3.connect(small)) as conn:
        (report,) = conn.execute(
            "SELECT id FROM reports WHERE form = '2021' ORDER BY id"
        ).fetchone()
    assert steps_of(large, report) < 1.5 * steps_of(small, report)
