"""When a document was seen: the fetches that had its bytes, with the runs that made them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.publish.pages.report.originals import visit_columns

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
    """Return when the document with a digest was seen.

    Of visits that found the same one after another, the first and the last are listed.
    """
    visits, last_seen = visit_columns(conn)
    count, first, last = conn.execute(
        f"SELECT coalesce(sum({visits}), 0), min(seen_at), max({last_seen})"
        " FROM snapshots WHERE digest = ?",
        (digest,),
    ).fetchone()
    later = "NULL, NULL, NULL" if visits == "1" else "last_record, last_warc, last_offset"
    rows = conn.execute(
        "SELECT id, fetched_at, seen_at, url, site, warc, offset, server_date, clock, i.snapshot IS NOT NULL AS by_others,"
        " coalesce(nullif(i.collection, ''), nullif(i.crawler, ''), i.source, '') AS seen_by,"
        f" {last_seen} AS last_at, {later}"
        " FROM snapshots LEFT JOIN imports i ON i.snapshot = id WHERE digest = ?"
        " ORDER BY seen_at, warc, offset LIMIT ?",
        (digest, MOST_LISTED),
    ).fetchall()
    listed = sorted(
        (each for row in rows for each in _first_and_last(conn, row)),
        key=lambda each: (each.at, each.warc, each.offset),
    )
    return Sightings(tuple(listed[:MOST_LISTED]), count, first or "", last or "")


def _first_and_last(conn: sqlite3.Connection, row: sqlite3.Row) -> Iterator[Sighting]:
    """Yield the fetch of a row, and the last visit after it that found the same."""
    fetch = Sighting(
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
    yield fetch
    record, warc, offset = row[-3:]
    if record:
        at = row["last_at"]
        yield Sighting(
            record,
            at,
            fetch.url,
            fetch.site,
            warc,
            offset,
            _find_run(conn, fetch.site, at),
            recorded=at,
        )


def _find_run(conn: sqlite3.Connection, site: str, at: str) -> str:
    """Return the id of the crawl of a site that was under way at a time, "" if there was none."""
    row = conn.execute(
        "SELECT id, finished FROM runs WHERE site = ? AND kind = 'crawl' AND started <= ?"
        " ORDER BY started DESC LIMIT 1",
        (site, at),
    ).fetchone()
    return str(row["id"]) if row and (not row["finished"] or row["finished"] >= at) else ""
