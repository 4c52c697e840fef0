"""Records of other crawlers in the archive: where they came from, and which portal they belong to.

The address of a record decides whose it is, by the registry of today: an entered portal, or one that is
only known, under the name of its host.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gongkai.archive.store.database import transaction
from gongkai.archive.store.ids import agency_of_report
from gongkai.archive.store.work_queue import (
    DUTIES,
    OWN,
    TREES,
    distinct_values,
    enqueue,
    invalidate_readings,
)
from gongkai.crawler.sites.portals import entered_hosts, host_key
from gongkai.crawler.sites.registry import Site, netloc
from gongkai.crawler.warc.snapshot import Snapshot
from gongkai.crawler.warc.tables.import_table import ImportNote
from gongkai.crawler.warc.trust import is_imported

Homes = Mapping[str, Site]
"""Hosts without www, and the sites that they belong to."""


def homes_of(sites: Iterable[Site]) -> Homes:
    """Return which hosts belong to which entered portal."""
    return entered_hosts(sites)


def with_portal(snapshot: Snapshot, homes: Homes) -> Snapshot:
    """Return a snapshot with the id of its portal; one of our own has it already."""
    if not is_imported(snapshot.warc):
        return snapshot
    return replace(snapshot, site=portal_id(host_key(netloc(snapshot.url)), homes))


def portal_id(host: str, homes: Homes) -> str:
    """Return the id of an entered portal, or the host of one that is only known."""
    site = homes.get(host)
    return site.id if site else host


def portals_moved(conn: sqlite3.Connection, homes: Homes) -> list[tuple[str, str]]:
    """Return the hosts whose imported records belong to another portal by now, with its id.

    The records of a host belong to one portal, so that one of them tells which.
    """
    found = set()
    for host in distinct_values(conn, "imports", "host"):
        (site,) = conn.execute(
            "SELECT s.site FROM imports i JOIN snapshots s ON s.id = i.snapshot"
            " WHERE i.host = ? LIMIT 1",
            [host],
        ).fetchone()
        if portal_id(host, homes) != site:
            found.add((host, portal_id(host, homes)))
    return sorted(found)


def held_portals(conn: sqlite3.Connection, homes: Homes) -> set[str]:
    """Return the ids of the portals that snapshots have, as they are by now."""
    hosts = distinct_values(conn, "imports", "host")
    own = distinct_values(conn, "snapshots s", "site", OWN)
    return {*own, *(portal_id(host, homes) for host in hosts)}


def move_portals(conn: sqlite3.Connection, moved: Sequence[tuple[str, str]]) -> None:
    """Give imported records to the portals that were entered since; their documents are read again."""
    for host, site in moved:
        of_host = "SELECT snapshot FROM imports WHERE host = ?"
        for (report,) in conn.execute(
            "SELECT DISTINCT report_id FROM readings WHERE report_id IS NOT NULL"
            f" AND url IN (SELECT url FROM snapshots WHERE id IN ({of_host}))",
            [host],
        ).fetchall():
            enqueue(conn, DUTIES, agency_of_report(report))
        for (former,) in conn.execute(
            f"SELECT DISTINCT site FROM snapshots WHERE id IN ({of_host})", [host]
        ).fetchall():
            enqueue(conn, TREES, former)
        enqueue(conn, TREES, site)
        conn.execute(f"UPDATE snapshots SET site = ? WHERE id IN ({of_host})", [site, host])
        invalidate_readings(
            conn, f"url IN (SELECT url FROM snapshots WHERE id IN ({of_host}))", [host]
        )


def copy_imports(conn: sqlite3.Connection, notes: Sequence[ImportNote]) -> None:
    """Copy where records came from; those that are not listed yet wait for the next build."""
    with transaction(conn):
        for note in notes:
            row = conn.execute("SELECT url FROM snapshots WHERE id = ?", [note.snapshot]).fetchone()
            if row is None:
                continue
            (url,) = row
            conn.execute(
                "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    note.snapshot,
                    host_key(netloc(url)),
                    note.collection,
                    note.crawler,
                    note.source,
                    note.source_digest,
                    note.record,
                    note.imported_at,
                    note.remarks,
                ],
            )
            enqueue(conn, "url", url)
