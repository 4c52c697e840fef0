"""The site of an archive: which file of a Datasette instance it is, and how it is shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from gongkai.catalogue import Language
from gongkai.publish.datasette_types import Database, Datasette
from gongkai.publish.queries.dear_addresses import Kind
from gongkai.publish.queries.query_desk import QueryDesk
from gongkai.publish.queries.waiting_line import WaitingLine

DATABASE = "archive"
"""The name of the served database in addresses, whatever its file is called."""

PLUGIN = "gongkai"
"""The name of the plugin in Datasette, and of its part of Datasette's metadata."""

PAGES = {"reports": "report", "agencies": "agency", "regions": "region"}
"""Tables whose rows have a page of their own, and how the address of that page begins."""

CORE_TABLES = frozenset(
    ("reports", "agencies", "regions", "snapshots", "checks", "coverage", "report_summary")
)
"""A file that has all these tables or views is an archive."""

ReadCopy = Callable[[str], bytes]
"""Returns the archived bytes of a snapshot by its id; raises LookupError if they are gone."""

_ATTRIBUTE = "_gongkai_archive"

_INDEXES = """
SELECT m.name, i.name, c.name FROM sqlite_master m JOIN pragma_index_list(m.name) i
JOIN pragma_index_info(i.name) c
WHERE m.type = 'table' AND i.partial = 0 AND c.name IS NOT NULL ORDER BY m.name, i.name, c.seqno
"""
"""The columns of each index that has all rows."""

_KEYS = """
SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND c.pk > 0 ORDER BY m.name, c.pk
"""
"""The columns of the key of each table."""

_NUMBERED = """
SELECT 'figures', 'value' FROM sqlite_master WHERE name = 'figure_values'
UNION SELECT m.name, min(c.name) FROM sqlite_master m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND c.pk > 0 GROUP BY m.name HAVING count(*) = 1 AND min(c.type) = 'INTEGER'
"""
"""Columns whose order needs no index: a key that numbers rows, and in a publication the view of all numbers."""

FEW_ROWS = 10_000
"""Rows that are sorted without an index in some ten milliseconds."""


class NotAnArchive(Exception):
    """Raised for a database that is not an archive."""


@dataclass(frozen=True)
class ServedData:
    """Which publication is served: its version, the extractor's, the SHA-256 of the public file.

    All are "" for an archive that was not published.
    """

    version: str = ""
    extractor: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Site:
    """How one instance shows the archive.

    `lang` is "zh" or "en". `read_copy` is None if the originals are not available.
    `bilingual` means that the same server answers in the other language too. `reviews` is the
    file of people's verdicts on checks, `downloads` the folder of files for download, or None.
    `is_alone` means that the whole server belongs to the archive: our headers and rules then apply
    to every address, and Datasette's own pages below `/-/` are closed. `base_url` is what absolute
    addresses begin with, like "https://example.org"; without it the site writes none. `queries` is where
    readers hand in SQL, None where they may not. `data` says which publication is served, `releases` is
    the folder of numbered releases, or None. `since` is when the program was started or this publication
    became the current one, the same in all processes of a server; None is now. `lines` are where what is
    dear waits, None where nothing does.
    """

    lang: Language = "zh"
    read_copy: ReadCopy | None = None
    bilingual: bool = False
    reviews: Path | None = None
    downloads: Path | None = None
    is_alone: bool = False
    base_url: str = ""
    queries: QueryDesk | None = None
    data: ServedData = ServedData()
    releases: Path | None = None
    since: datetime | None = None
    lines: Mapping[Kind, WaitingLine] | None = None


@dataclass(frozen=True)
class Schema:
    """The names of an archive's tables and views, and the columns and foreign-key columns of each.

    `indexed` has the columns of each by which an index finds rows, none of a view, `in_order` those by which
    rows need not be sorted.
    """

    tables: tuple[str, ...]
    foreign_keys: Mapping[str, frozenset[str]]
    columns: Mapping[str, frozenset[str]]
    indexed: Mapping[str, frozenset[str]]
    in_order: Mapping[str, frozenset[str]]

    def offers_order(self, table: str, column: str, rows: int | None) -> bool:
        """Return whether a page of a table offers to sort its rows by a column; None are more than are counted."""
        return (rows is not None and rows <= FEW_ROWS) or column in self.in_order.get(table, ())


@dataclass(frozen=True)
class ServedArchive:
    """The archive that a Datasette instance serves.

    `metadata` is filled once, when Datasette first asks for it: it asks several times a page.
    """

    path: Path
    schema: Schema
    site: Site
    metadata: dict[str, Any] = field(default_factory=dict)


def read_schema(path: Path) -> Schema:
    """Return the schema of an archive.

    Raises:
        NotAnArchive: The database has not all the tables of an archive.
        sqlite3.DatabaseError: The file cannot be read as a database.
    """
    from gongkai.archive.store.database import read_only  # late: every `datasette` command loads us

    with closing(read_only(path)) as conn:
        found = conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        names = tuple(name for (name,) in found)
        if not CORE_TABLES.issubset(names):
            raise NotAnArchive(str(path))
        keys = conn.execute(
            'SELECT m.name, k."from" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k'
            " WHERE m.type = 'table'"
        ).fetchall()
        columns = conn.execute(
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
            " WHERE m.type IN ('table', 'view')"
        ).fetchall()
        indexes, in_order = _read_indexes(conn)
    return Schema(
        names,
        _by_table(names, keys),
        _by_table(names, columns),
        _by_table(names, indexes),
        _by_table(names, in_order),
    )


def _read_indexes(
    conn: sqlite3.Connection,
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return tables with the columns by which rows are found, and with those by which they are in order.

    In order are also rows of equal values: after the column, the index has the keys of the table.
    """
    found = [
        (table, [column for *_, column in rows])
        for (table, _), rows in groupby(conn.execute(_INDEXES), key=itemgetter(0, 1))
    ]
    rows_of = groupby(conn.execute(_KEYS), key=itemgetter(0))
    keys = {table: [column for _, column in rows] for table, rows in rows_of}
    in_order = [
        (table, first)
        for table, (first, *others) in found
        if others == [key for key in keys.get(table, ()) if key != first]
    ]
    in_order += conn.execute(_NUMBERED).fetchall()
    return [(table, first) for table, (first, *_) in found], in_order


def _by_table(
    names: Iterable[str], columns: Iterable[tuple[str, str]]
) -> dict[str, frozenset[str]]:
    """Return the columns of each table, given as pairs of both."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for table, column in columns:
        found[table].add(column)
    return {table: frozenset(each) for table, each in found.items()}


def attach_site(datasette: Datasette, site: Site) -> None:
    """Serve the archive of an instance in a given way.

    Raises:
        NotAnArchive: No file of the instance is an archive.
    """
    archive = _detect(datasette, lambda: site)
    if archive is None:
        raise NotAnArchive(", ".join(datasette.databases))
    vars(datasette)[_ATTRIBUTE] = archive


def find_archive(datasette: Datasette) -> ServedArchive | None:
    """Return the archive of an instance, or None if no file of it is an archive.

    The files are looked at when an instance is first asked.
    """
    known = vars(datasette)
    if _ATTRIBUTE not in known:
        known[_ATTRIBUTE] = None  # reading the configuration below asks for the archive again
        known[_ATTRIBUTE] = _detect(datasette, lambda: _configured_site(datasette))
    found: ServedArchive | None = known[_ATTRIBUTE]
    return found


def archive_of(datasette: Datasette) -> ServedArchive:
    """Return the archive of an instance that is known to serve one."""
    archive = find_archive(datasette)
    assert archive is not None
    return archive


def site_of(datasette: Datasette) -> Site:
    """Return how an instance shows its archive."""
    return archive_of(datasette).site


def public_address(datasette: Datasette, path: str) -> str:
    """Return the address of a path: absolute if the site knows its base, otherwise from the root.

    The Host header of a request never decides: it is the visitor's to choose, and answers are cached.
    """
    return f"{site_of(datasette).base_url}{datasette.urls.path(path)}"


def page_of(table: str, encoded: str) -> str:
    """Return the path of a row's page: ours if the table has such pages, otherwise Datasette's."""
    return f"/{PAGES[table]}/{encoded}" if table in PAGES else f"/{DATABASE}/{table}/{encoded}"


def _detect(datasette: Datasette, site: Callable[[], Site]) -> ServedArchive | None:
    """Return the first archive of an instance, and name its database `archive`.

    If a database is already called `archive`, no other file can have our addresses.
    """
    for database in _candidates(datasette):
        assert database.path is not None
        path = Path(database.path)
        try:
            schema = read_schema(path)
        except (NotAnArchive, sqlite3.DatabaseError):
            continue
        if database.name != DATABASE:
            datasette.remove_database(database.name)
            datasette.add_database(database, name=DATABASE)
        return ServedArchive(path, schema, site())
    return None


def _candidates(datasette: Datasette) -> Iterable[Database]:
    if DATABASE in datasette.databases:
        databases = [datasette.databases[DATABASE]]
    else:
        databases = list(datasette.databases.values())
    return [database for database in databases if database.path is not None]


def _configured_site(datasette: Datasette) -> Site:
    """Return the site as Datasette's metadata configures the plugin.

    It may have `lang` ("zh" or "en"), `reviews` (a file), `downloads` and `releases` (folders) and
    `base_url`.
    """
    config = datasette.plugin_config(PLUGIN) or {}
    reviews, downloads, releases = (
        config.get(each) for each in ("reviews", "downloads", "releases")
    )
    return Site(
        lang="en" if config.get("lang") == "en" else "zh",
        reviews=Path(reviews) if reviews else None,
        downloads=Path(downloads) if downloads else None,
        base_url=str(config.get("base_url") or "").rstrip("/"),
        releases=Path(releases) if releases else None,
    )
