"""An archive at two times, with every kind of change in between, and what is published of it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner, Result

from gongkai.archive.cli import main
from tests.archive.folder import Folder, report_page

FIRST, SECOND = "2025-01-31T02:00:00Z", "2025-06-10T02:00:00Z"
AGENCIES = {
    "edited": "平罗县教育局",
    "dated": "平罗县民政局",
    "down": "平罗县财政局",
    "same": "平罗县水务局",
    "reread": "平罗县统计局",
    "dropped": "平罗县体育局",
}
NEW = "平罗县交通运输局"


def gongkai(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [str(word) for word in words])


def make_archives(path: Path) -> tuple[Path, Path]:
    """Build an archive, go on with it, and return copies of both states."""
    with Folder(path) as folder:
        for key, agency in AGENCIES.items():
            folder.fetch(FIRST, f"/{key}.html", report_page(agency, template=key))
        folder.build()
        first = Path(shutil.copy(folder.db, path / "first.db"))
        folder.fetch(
            SECOND,
            "/edited.html",
            report_page(AGENCIES["edited"], new__total="3", new__business="3"),
        )
        for night in ("2025-05-01", "2025-06-01", "2025-06-10"):
            folder.fetch(f"{night}T03:00:00Z", "/down.html", status=404, missed=True)
        folder.fetch(SECOND, "/new.html", report_page(NEW))
        folder.build()
        second = Path(shutil.copy(folder.db, path / "second.db"))
    _read_otherwise(first)
    _date_otherwise(first, second)
    _drop(second)
    return first, second


def report_of(db: Path, agency: str) -> str:
    """Return the id of the report of an agency."""
    with closing(sqlite3.connect(db)) as conn:
        found: str = conn.execute(
            "SELECT r.id FROM reports r JOIN agencies a ON a.id = r.agency_id WHERE a.name = ?",
            [agency],
        ).fetchone()[0]
    return found


def _read_otherwise(first: Path) -> None:
    """Let the earlier extractor have read a number of a report wrongly, and a title."""
    report = report_of(first, AGENCIES["reread"])
    with closing(sqlite3.connect(first)) as conn, conn:
        conn.execute("UPDATE requests SET total = 8 WHERE report_id = ? AND item = 'new'", [report])
        conn.execute("UPDATE reports SET title = '年度报告' WHERE id = ?", [report])


def _date_otherwise(first: Path, second: Path) -> None:
    """Let a report have had the year before, under the id of that year."""
    report = report_of(first, AGENCIES["dated"])
    former = f"{report.removesuffix('2024')}2023"
    with closing(sqlite3.connect(first)) as conn, conn:
        for table in _tables_of_reports(conn):
            conn.execute(f"UPDATE {table} SET report_id = ? WHERE report_id = ?", [former, report])
        conn.execute("UPDATE reports SET id = ?, year = 2023 WHERE id = ?", [former, report])
    with closing(sqlite3.connect(second)) as conn, conn:
        row = (former, report, "2025-06-10T03:00:00Z", "year")
        conn.execute("INSERT INTO forwards VALUES (?, ?, ?, ?)", row)


def _drop(second: Path) -> None:
    """Let the later extractor see that a document is no report."""
    report = report_of(second, AGENCIES["dropped"])
    with closing(sqlite3.connect(second)) as conn, conn:
        for table in _tables_of_reports(conn):
            conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report])
        conn.execute("DELETE FROM reports WHERE id = ?", [report])


def _tables_of_reports(conn: sqlite3.Connection) -> list[str]:
    names = [
        name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    return [
        name
        for name in names
        if any(row[1] == "report_id" for row in conn.execute(f"PRAGMA table_info({name})"))
    ]
