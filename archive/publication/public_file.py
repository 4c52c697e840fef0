"""The public file: the tables of the data contract, in a stable order, made for reading only.

What the build keeps for itself (readings, work queue, sketches, remarks of the crawl) is not copied.
Rows are inserted in the order of their keys and the search index is created again, so that the same
content gives the same bytes however many builds it took. A file that is made from the last one
(`gongkai.archive.renewal`) says the same in other bytes: the digests of its content are equal.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gongkai.archive.progress import Progress, silent
from gongkai.archive.renewal.archive_state import ArchiveState, attached_archive, file_address
from gongkai.archive.renewal.content_digests import digest_tables
from gongkai.archive.renewal.copied_tables import (
    ADDRESSES,
    CALENDAR,
    IS_NAMED,
    NAMELESS,
    ORDER,
    is_published,
)
from gongkai.archive.rollups import every_rollup, gram_index
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store import search
from gongkai.archive.store.csv_export import TABLES
from gongkai.archive.store.database import translate_sqlite_errors
from gongkai.archive.store.names import name_index


def write_public_file(archive: Path, target: Path, progress: Progress = silent) -> ArchiveState:
    """Write the public file of an archive, and return which state of it; no build may be at work.

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
        with progress("progress_public_file", len(TABLES) + 2 + len(every_rollup.WORK)) as step:
            with attached_archive(conn, archive) as state:
                for table in (*TABLES, CALENDAR):
                    _copy(conn, table)
                    step()
            conn.execute("BEGIN")
            _forget_names(conn)
            every_rollup.create_rollups(conn, step)
            conn.execute("CREATE INDEX documents_by_extractor ON documents(extractor)")
            conn.execute(f"DROP TABLE {CALENDAR}")
            digest_tables(conn, (*TABLES, *MATERIALISED_VIEWS)).store(conn)
            step()
            conn.execute("COMMIT")
        for index in (search.INDEX, gram_index.TABLE, name_index.INDEX):
            conn.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")
        conn.execute("ANALYZE")
        conn.execute("VACUUM INTO ?", [file_address(target)])
    draft.unlink()
    return state


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
    conn.execute(
        f"INSERT INTO {table} SELECT t.* FROM archive.{table} t"
        f" WHERE {is_published(table, 't')} ORDER BY {order}"
    )
    for (index,) in indexes:
        conn.execute(index)


def _key(conn: sqlite3.Connection, table: str) -> list[str]:
    columns = conn.execute(f"PRAGMA table_info({table})").fetchall()
    return [name for _, name in sorted((row[5], row[1]) for row in columns if row[5])]


def _forget_names(conn: sqlite3.Connection) -> None:
    """Remove the name on the operator's disk from `file:///<digest>/<name>`."""
    for table, column in ADDRESSES:
        conn.execute(
            f"UPDATE {table} SET {column} = {NAMELESS.format(column)}"
            f" WHERE {IS_NAMED.format(column)}"
        )
