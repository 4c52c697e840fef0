"""The public file: the tables of the data contract, in a stable order, made for reading only.

What the build keeps for itself (readings, work queue, sketches, remarks of the crawl) is not copied.
Rows are inserted in the order of their keys and the search index is created again, so that the same
content gives the same bytes however many builds it took.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from gongkai.archive.codebook.table_schema import FieldType, table_schemas
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import region_sums
from gongkai.archive.rollups.every_rollup import create_rollups
from gongkai.archive.store import search, views
from gongkai.archive.store.csv_export import TABLES
from gongkai.archive.store.database import locked, reader, translate_sqlite_errors
from gongkai.archive.store.names import name_index

MATERIALISED_VIEWS = (
    "report_summary",
    "coverage",
    "reports_by_region",
    "refusal_reasons",
    "reasons_by_agency",
    "form_crosswalk",
)
"""Views that become tables of the same names, because every page reads what they compute."""

INDEXES = (
    ("report_summary", "agency_id, year"),
    ("report_summary", "region_code, year"),
    ("report_summary", "year"),
    ("coverage", "region_code, year"),
    ("coverage", "year, status"),
    ("refusal_reasons", "requests"),
    ("refusal_reasons", "bodies_requests"),
    ("refusal_reasons", "government_requests"),
    ("reasons_by_agency", "requests"),
    ("reasons_by_agency", "year, family, requests"),
    ("reasons_by_agency", "region_code, year"),
)
SQL_TYPES: Mapping[FieldType, str] = {
    **dict.fromkeys(("string", "date", "datetime"), "TEXT"),
    "integer": "INTEGER",
    "number": "REAL",
}
"""SQLite's types of computed columns, which SQLite itself does not know."""

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
        with progress("progress_public_file", len(TABLES) + 1 + len(_WORK)) as step:
            with _attached(conn, archive):
                for table in (*TABLES, CALENDAR):
                    _copy(conn, table)
                    step()
            conn.execute("BEGIN")
            for work in _WORK:
                work(conn)
                step()
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


def _materialise(conn: sqlite3.Connection) -> None:
    views.create_views(conn)
    for name in MATERIALISED_VIEWS:
        schema = table_schemas()[name]
        columns = ", ".join(
            f"{column} {kind or SQL_TYPES[schema.fields[column].type]}"
            for _, column, kind, *_ in conn.execute(f"PRAGMA table_info({name})")
        )
        primary = ", ".join(schema.primary_key)
        keys = [f"PRIMARY KEY ({primary})"] if primary else []
        keys += [f"UNIQUE ({', '.join(key)})" for key in schema.unique_keys]
        conn.execute(f"CREATE TABLE {name}_made ({', '.join((columns, *keys))})")
        # groups come in order by themselves, reasons in that of the form
        order = f" ORDER BY {primary}" if primary else ""
        conn.execute(f"INSERT INTO {name}_made SELECT * FROM {name}{order}")
    for name in reversed(list(views.VIEWS)):
        conn.execute(f"DROP VIEW {name}")
    for name in MATERIALISED_VIEWS:
        conn.execute(f"ALTER TABLE {name}_made RENAME TO {name}")
    for number, (table, columns) in enumerate(INDEXES):
        conn.execute(f"CREATE INDEX {table}_by_{number} ON {table}({columns})")
    region_sums.create_region_sums(conn)
    create_rollups(conn)
    conn.execute(f"DROP TABLE {CALENDAR}")
    for name, select in views.PUBLISHED_VIEWS.items():
        conn.execute(f"CREATE VIEW {name} AS\n{select.strip()}")


def _sort_figures(conn: sqlite3.Connection) -> None:
    """Keep every number but zero by size: few cells of a report are not zero or blank."""
    conn.execute(
        "CREATE TABLE figure_places (place INTEGER PRIMARY KEY, part TEXT, item TEXT, field TEXT)"
    )
    conn.execute(
        "INSERT INTO figure_places (part, item, field)"
        " SELECT DISTINCT part, item, field FROM cells WHERE value <> 0 ORDER BY part, item, field"
    )
    conn.execute("CREATE UNIQUE INDEX figure_places_by_name ON figure_places(part, item, field)")
    conn.execute(
        "CREATE TABLE figure_values (report INTEGER, place INTEGER, value NUMERIC,"
        " PRIMARY KEY (report, place)) WITHOUT ROWID"
    )
    conn.execute(
        "INSERT INTO figure_values SELECT r.rowid, p.place, c.value FROM cells c"
        " JOIN figure_places p ON p.part = c.part AND p.item = c.item AND p.field = c.field"
        " JOIN reports r ON r.id = c.report_id WHERE c.value <> 0 ORDER BY 1, 2"
    )
    conn.execute("CREATE INDEX figure_values_by_value ON figure_values(value)")
    conn.execute("CREATE INDEX figure_values_by_place ON figure_values(place, value)")
    conn.execute("CREATE INDEX requests_by_total ON requests(total)")
    conn.execute(f"CREATE VIEW figures AS\n{views.PUBLISHED_FIGURES.strip()}")


_WORK: tuple[Callable[[sqlite3.Connection], object], ...] = (
    _forget_names,
    _materialise,
    _sort_figures,
    search.rebuild_index,
    name_index.write_names,
)
