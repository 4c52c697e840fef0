"""The public file: the tables of the data contract, in a stable order, made for reading only.

What the build keeps for itself (readings, work queue, sketches, remarks of the crawl) is not copied.
Rows are inserted in the order of their keys and the search index is created again, so that the same
content gives the same bytes however many builds it took.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from gongkai.archive.progress import Progress, silent
from gongkai.archive.rollups import every_rollup
from gongkai.archive.store import search
from gongkai.archive.store.csv_export import TABLES
from gongkai.archive.store.database import locked, reader, translate_sqlite_errors
from gongkai.archive.store.names import name_index

CALENDAR = "due_calendar"
"""What `coverage` is computed with, and no table of the data contract."""

ORDER = {
    # a search reads from the end, so that the hits of a frequent word are the latest reports
    "reports": "published_on, year, id DESC",
    "agency_links": "from_id, to_id",
    CALENDAR: "day",
}
"""The order of tables that are not in that of their key."""

LEFT_OUT = {"runs": "kind = 'build'"}
"""Rows that stay with the operator. When an archive was built is nobody's business, and differs for the
same originals; they are never inserted, because the rows after them would get other numbers."""

ADDRESSES = (
    ("snapshots", "url"),
    ("snapshots", "final_url"),
    ("reports", "url"),
    ("revisions", "url"),
    ("copies", "url"),
)


def write_public_file(archive: Path, target: Path, progress: Progress = silent) -> None:
    """Write the public file of an archive; no build may be at work meanwhile.

    Raises:
        ArchiveError: the archive cannot be read, or there is no room.
    """
    draft = target.with_name(f"{target.name}.draft")
    with (
        translate_sqlite_errors(target),
        closing(sqlite3.connect(draft, isolation_level=None, uri=True)) as conn,
    ):
        conn.execute("PRAGMA journal_mode = OFF")  # a draft that is not finished is thrown away
        conn.execute("PRAGMA synchronous = OFF")
        with progress("progress_public_file", len(TABLES) + 1 + len(every_rollup.WORK)) as step:
            with _attached(conn, archive):
                for table in (*TABLES, CALENDAR):
                    _copy(conn, table)
                    step()
            conn.execute("BEGIN")
            _forget_names(conn)
            every_rollup.create_rollups(conn, step)
            conn.execute(f"DROP TABLE {CALENDAR}")
            conn.execute("COMMIT")
        for index in (search.INDEX, name_index.INDEX):
            conn.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")
        conn.execute("ANALYZE")
        conn.execute("VACUUM INTO ?", [_address(target)])
    draft.unlink()


def _address(path: Path) -> str:
    """Return the address of a file for SQLite; its name may be no text in our encoding."""
    return f"file:{quote(os.fsencode(path.absolute()))}"


@contextmanager
def _attached(conn: sqlite3.Connection, archive: Path) -> Iterator[None]:
    """Attach the archive for reading, in one transaction until the end."""
    with reader(archive):
        pass  # checks it
    with locked(archive):
        conn.execute("ATTACH ? AS archive", [f"{_address(archive)}?mode=ro"])
        conn.execute("BEGIN")
        yield
        conn.execute("COMMIT")
        conn.execute("DETACH archive")


def _copy(conn: sqlite3.Connection, table: str) -> None:
    """Copy a table by its key, then its indexes: pages are full and lie in order."""
    statements = conn.execute(
        "SELECT sql FROM archive.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
        " AND type IN ('table', 'index') ORDER BY type DESC, name",
        [table],
    ).fetchall()
    (create,), *indexes = statements
    conn.execute(create)
    order = ORDER.get(table) or ", ".join(_key(conn, table))
    kept = f"NOT ({LEFT_OUT[table]})" if table in LEFT_OUT else "true"
    conn.execute(f"INSERT INTO {table} SELECT * FROM archive.{table} WHERE {kept} ORDER BY {order}")
    for (index,) in indexes:
        conn.execute(index)


def _key(conn: sqlite3.Connection, table: str) -> list[str]:
    columns = conn.execute(f"PRAGMA table_info({table})").fetchall()
    return [name for _, name in sorted((row[5], row[1]) for row in columns if row[5])]


def _forget_names(conn: sqlite3.Connection) -> None:
    """Remove the name on the operator's disk from `file:///<digest>/<name>`."""
    for table, column in ADDRESSES:
        conn.execute(
            f"UPDATE {table} SET {column} ="
            f" substr({column}, 1, 8 + instr(substr({column}, 9), '/'))"
            f" WHERE {column} LIKE 'file:///%/%'"
        )
