"""The status page: when each source was last crawled, and how that went. A page shows some of the sources."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from urllib.parse import urlencode

from gongkai.archive.rollups import site_numbers
from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.store.work_queue import ADDED
from gongkai.publish.datasette_types import Arguments, Row
from gongkai.publish.http.query_args import MAX_PAGE, choice, page_number, short_text

STALE_DAYS = 14
"""Days without a crawl after which a source is called stale."""

RUNS_SHOWN = 12
"""Runs of a source on the page."""

PAGE_SIZE = 40
"""Sources of a page."""

HEALTH_ORDER = (
    "hostile", "blocked", "failed", "incomplete", "empty", "never", "stale", "errors", "well",
)  # fmt: skip
"""The states of a source, the worst first."""

_HEALTH = f"""
CASE WHEN r.id IS NULL THEN 'never'
     WHEN r.outcome = 'hostile' THEN 'hostile'
     WHEN r.blocked > 0 THEN 'blocked'
     WHEN r.outcome = 'incomplete' THEN 'incomplete'
     WHEN r.outcome NOT IN ('ok', 'partial') THEN 'failed'
     WHEN coalesce(r.requests, 0) = 0 THEN 'empty'
     WHEN strftime('%s', :now) - strftime('%s', r.finished) >= {(STALE_DAYS + 1) * 86_400} THEN 'stale'
     WHEN r.errors > 0 OR r.outcome = 'partial' THEN 'errors'
     ELSE 'well' END
"""
"""SQL: the worst state that applies, by the last run `r` of a source."""

_CRAWLS = "FROM runs WHERE site = {} AND kind = 'crawl' ORDER BY seen_at DESC, id DESC LIMIT {}"
_SOURCES = f"""
SELECT s.id, s.name, s.parent, {_HEALTH} AS health FROM sites s
LEFT JOIN runs r ON r.rowid = (SELECT rowid {_CRAWLS.format("s.id", 1)})
WHERE s.id <> :added ORDER BY s.region_code, s.id
"""
_SITES = """
SELECT s.*, g.full_name AS region FROM json_each(?) j CROSS JOIN sites s ON s.id = j.value
LEFT JOIN regions g ON g.code = s.region_code ORDER BY j.key
"""
_RUNS = f"""
SELECT r.* FROM json_each(?) j CROSS JOIN runs r
WHERE r.id IN (SELECT id {_CRAWLS.format("j.value", RUNS_SHOWN)})
ORDER BY r.site, r.seen_at DESC, r.id DESC
"""


@dataclass(frozen=True, slots=True)
class SourcesQuery:
    """Which sources a reader asks for: those in a state, with a part of their name, "" for any; and a page."""

    health: str = ""
    name: str = ""
    page: int = 1

    @classmethod
    def parse(cls, args: Arguments) -> SourcesQuery:
        """Return what an address asks for.

        Raises:
            BadValue: A value is not allowed.
        """
        return cls(
            choice(args, "health", HEALTH_ORDER), short_text(args, "name", 40), page_number(args)
        )

    def query_string(self, page: int = 1, health: str | None = None) -> str:
        """Return the query string of another page, or of another state."""
        pairs = {
            "health": self.health if health is None else health,
            "name": self.name,
            "page": "" if page == 1 else str(page),
        }
        return urlencode({name: value for name, value in pairs.items() if value})


EVERY_SOURCE = SourcesQuery()


@dataclass(frozen=True, slots=True)
class Source:
    """A portal with its last runs, the latest first, and the number of its reports.

    `health` is the worst state that applies, of those in `HEALTH_ORDER`. `now` is the time of the page in
    ISO 8601. `parent` is the name of the portal that it belongs to, "" for none, `children` are the names of
    those that belong to it.
    """

    site: Row
    runs: tuple[Row, ...]
    reports: int
    now: str
    health: str
    parent: str = ""
    children: tuple[str, ...] = ()

    @property
    def last(self) -> Row | None:
        """The last run, or None if it was never crawled."""
        return self.runs[0] if self.runs else None

    @property
    def days(self) -> int | None:
        """The days since the last crawl, or None if it was never crawled."""
        if self.last is None:
            return None
        then, now = (datetime.fromisoformat(str(at)) for at in (self.last["finished"], self.now))
        return max(0, (_in_utc(now) - _in_utc(then)).days)


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """A page of sources, and the last run that built the archive, or None.

    `states` are those of all sources, `total` is the number of those that were asked for.
    """

    query: SourcesQuery
    sources: tuple[Source, ...]
    states: tuple[str, ...]
    total: int
    build: Row | None

    @property
    def pages(self) -> int:
        """The number of pages that can be shown."""
        return min(MAX_PAGE, max(1, ceil(self.total / PAGE_SIZE)))

    def count_by_health(self) -> dict[str, int]:
        """Return the number of sources in each state, the worst state first."""
        counted = Counter(self.states)
        return {health: counted[health] for health in HEALTH_ORDER if counted[health]}


def _in_utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def load_sources(
    conn: sqlite3.Connection, now: str, query: SourcesQuery = EVERY_SOURCE
) -> SourcesPage:
    """Return a page of the status of all sources at a time in ISO 8601.

    Of a source that is not on the page, no more than its last run is looked up.
    """
    every = conn.execute(_SOURCES, {"now": now, "added": ADDED}).fetchall()
    asked = [
        row
        for row in every
        if query.health in ("", row["health"]) and query.name.lower() in row["name"].lower()
    ]
    start = PAGE_SIZE * (query.page - 1)
    build = conn.execute(
        "SELECT * FROM runs WHERE kind = 'build' ORDER BY seen_at DESC, id DESC LIMIT 1"
    ).fetchone()
    return SourcesPage(
        query,
        tuple(_load_some(conn, every, asked[start : start + PAGE_SIZE], now)),
        tuple(row["health"] for row in every),
        len(asked),
        build,
    )


def _load_some(
    conn: sqlite3.Connection, every: list[Row], shown: list[Row], now: str
) -> Iterator[Source]:
    """Yield the sources of a page. `every` and `shown` have id, name, parent and health of a source."""
    keys = json.dumps([row["id"] for row in shown])
    runs: dict[str, list[Row]] = {}
    for run in conn.execute(_RUNS, [keys]):
        runs.setdefault(run["site"], []).append(run)
    reports = _count_reports(conn, keys)
    names = {row["id"]: str(row["name"]) for row in every}
    children: dict[str, list[str]] = {}
    for row in every:
        children.setdefault(row["parent"] or "", []).append(names[row["id"]])
    health = {row["id"]: row["health"] for row in shown}
    for site in conn.execute(_SITES, [keys]):
        key = site["id"]
        yield Source(
            site,
            tuple(runs.get(key, ())),
            reports.get(key, 0),
            now,
            health[key],
            names.get(site["parent"], ""),
            tuple(children.get(key, ())),
        )


def _count_reports(conn: sqlite3.Connection, keys: str) -> dict[str, int]:
    """Return the number of reports of some portals, a JSON array of their ids."""
    if not has_rollup(conn, site_numbers.SITE_REPORTS):
        return dict(conn.execute(site_numbers.BY_SITE).fetchall())
    found = conn.execute(
        f"SELECT site, n FROM {site_numbers.SITE_REPORTS}"
        " WHERE site IN (SELECT value FROM json_each(?))",
        [keys],
    )
    return dict(found.fetchall())
