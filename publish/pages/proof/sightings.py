"""When a document was seen: every fetch that had its bytes, with the run that made it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

MOST_LISTED = 200
"""Sightings of a document that a page lists: two thirds of a year of nights."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One fetch of a document. `run` is the id of the run that made it, "" where it is not known.

    `seen_by` names another crawler, whose web archive was imported; "" where that were we.
    `at` is when it probably took place. `recorded` is the time by our clock as the record states it,
    `server_date` the time by the server's clock, None where it stated none; `clock` says what is known
    to be wrong with ours, "" for nothing.
    """

    snapshot: str
    at: str  # UTC, ISO
    url: str
    site: str
    warc: str
    offset: int
    run: str
    seen_by: str = ""
    recorded: str = ""
    server_date: str | None = None
    clock: str = ""

    @property
    def is_added(self) -> bool:
        """Whether the document was added from disk: nothing but a person states its address."""
        return self.warc.startswith("added-")


@dataclass(frozen=True, slots=True)
class Sightings:
    """The fetches of a document: the first ones, and the span and number of all."""

    listed: tuple[Sighting, ...]
    count: int
    first: str
    last: str

    @property
    def is_added(self) -> bool:
        """Whether nobody fetched the document: a person added it from disk."""
        return bool(self.listed) and all(each.is_added for each in self.listed)


def load_sightings(conn: sqlite3.Connection, digest: str) -> Sightings:
    """Return when the document with a digest was seen."""
    count, first, last = conn.execute(
        "SELECT count(*), min(seen_at), max(seen_at) FROM snapshots WHERE digest = ?",
        (digest,),
    ).fetchone()
    rows = conn.execute(
        "SELECT id, fetched_at, seen_at, url, site, warc, offset, server_date, clock, i.snapshot IS NOT NULL AS by_others,"
        " coalesce(nullif(i.collection, ''), nullif(i.crawler, ''), i.source, '') AS seen_by"
        " FROM snapshots LEFT JOIN imports i ON i.snapshot = id WHERE digest = ?"
        " ORDER BY seen_at, warc, offset LIMIT ?",
        (digest, MOST_LISTED),
    )
    listed = tuple(
        Sighting(
            snapshot=row["id"],
            at=row["seen_at"],
            url=row["url"],
            site=row["site"],
            warc=row["warc"],
            offset=row["offset"],
            # a run of ours that was under way when others fetched it has nothing to do with it
            run="" if row["by_others"] else _find_run(conn, row["site"], row["fetched_at"]),
            seen_by=row["seen_by"],
            recorded=row["fetched_at"],
            server_date=row["server_date"],
            clock=row["clock"],
        )
        for row in rows.fetchall()
    )
    return Sightings(listed, count, first or "", last or "")


def _find_run(conn: sqlite3.Connection, site: str, at: str) -> str:
    """Return the id of the crawl of a site that was under way at a time, "" if there was none."""
    row = conn.execute(
        "SELECT id, finished FROM runs WHERE site = ? AND kind = 'crawl' AND started <= ?"
        " ORDER BY started DESC LIMIT 1",
        (site, at),
    ).fetchone()
    return str(row["id"]) if row and (not row["finished"] or row["finished"] >= at) else ""
