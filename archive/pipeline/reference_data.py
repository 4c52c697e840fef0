"""Divisions and portals, brought up to date from the registry and the table of divisions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from gongkai.archive.pipeline.imports import held_portals, homes_of, move_portals
from gongkai.archive.store import search
from gongkai.archive.store.database import transaction
from gongkai.archive.store.work_queue import (
    ADDED,
    DUTIES,
    OWN,
    distinct_values,
    enqueue,
    invalidate_readings,
)
from gongkai.crawler.sites.portals import COUNTRY_CODE, portals_by_host
from gongkai.crawler.sites.registry import Site
from gongkai.extract.chinese.divisions import bears_name_since, every_region, regions

Rows = list[tuple[Any, ...]]


def region_rows() -> Rows:
    """Return the rows of `regions`, each after its parent; former divisions are among them."""
    return sorted(
        (
            *(r.code, r.name, r.full_name, r.level, r.parent_code or None),
            bears_name_since(r.code) or None,
            r.until or None,
            " ".join(r.successors) or None,
        )
        for r in every_region().values()
    )


def site_rows(conn: sqlite3.Connection, sites: Sequence[Site], named: Iterable[str]) -> Rows:
    """Return the rows of `sites`: those of the registry, and others that snapshots name.

    These are former ones, and known ones that only other crawlers fetched from.
    """
    entered = {s.id for s in sites}
    known = {s.id: _entered_row(s, s.parent if s.parent in entered else None) for s in sites}
    known[ADDED] = (ADDED, "手工添加", "", None, "", None)
    held = held_portals(conn, homes_of(sites))
    held |= set(filter(None, distinct_values(conn, "runs", "site")))
    everyone = {*known, *held, *named}
    return [known.get(name) or _unentered_row(name) for name in sorted(everyone)]


def _entered_row(site: Site, parent: str | None) -> tuple[Any, ...]:
    code = site.region_code if site.region_code in regions() else None
    return site.id, site.name, site.url, code, site.cms, parent


def _unentered_row(name: str) -> tuple[Any, ...]:
    """Return the row of a portal that is only known, under its host, or of a former one."""
    portal = portals_by_host().get(name)
    if portal is None:
        return name, name, "", None, "", None
    code = portal.code if portal.code in regions() else None
    return name, portal.name, portal.url, code, portal.cms, None


def sites_without_region(conn: sqlite3.Connection, sites: Sequence[Site]) -> tuple[str, ...]:
    """Return the portals that we crawled and whose division is unknown, sorted.

    One whose code among `sites` is that of the country belongs to no division.
    """
    national = {site.id for site in sites if site.region_code == COUNTRY_CODE}
    found = conn.execute(
        f"""SELECT p.id FROM sites p WHERE p.region_code IS NULL AND p.id <> ? AND EXISTS (
              SELECT 1 FROM snapshots s WHERE s.site = p.id AND {OWN})
            ORDER BY p.id""",
        [ADDED],
    )
    return tuple(name for (name,) in found if name not in national)


def is_up_to_date(conn: sqlite3.Connection, sites: Rows) -> bool:
    """Return whether both tables are as they should be."""
    return not (_differs(conn, "regions", region_rows()) or _differs(conn, "sites", sites))


def write_reference_data(
    conn: sqlite3.Connection, sites: Rows, moved: Sequence[tuple[str, str]] = ()
) -> None:
    """Write both tables; documents of a site whose region changed are read again.

    `moved` are hosts whose imported records belong to another portal by now, with its id.
    """
    with transaction(conn):
        if _differs(conn, "regions", region_rows()):
            _replace(conn, "regions", region_rows())
            search.rebuild_index(conn)  # it holds the names of regions
            enqueue(conn, DUTIES, "")
        before = dict(conn.execute("SELECT id, region_code FROM sites").fetchall())
        for name in sorted(before.keys() - {site[0] for site in sites}):
            # duties name portals; this build computes those of its division again
            conn.execute("DELETE FROM duties WHERE site = ?", [name])
        _write_rows(conn, "sites", sites)
        move_portals(conn, moved)
        for name, _, _, region, *_ in sites:
            if before.get(name, region) != region:
                invalidate_readings(
                    conn, "url IN (SELECT url FROM snapshots WHERE site = ?)", [name]
                )


def _differs(conn: sqlite3.Connection, table: str, rows: Rows) -> bool:
    return conn.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() != rows


def _write_rows(conn: sqlite3.Connection, table: str, rows: Rows) -> None:
    """Write the rows that differ: what names the others stays as it is."""
    had = set(conn.execute(f"SELECT * FROM {table}"))
    conn.executemany(
        f"DELETE FROM {table} WHERE id = ?", [row[:1] for row in sorted(had - {*rows}, key=str)]
    )
    conn.executemany(
        f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})",
        [row for row in rows if row not in had],
    )


def _replace(conn: sqlite3.Connection, table: str, rows: Rows) -> None:
    conn.execute(f"DELETE FROM {table}")
    conn.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
