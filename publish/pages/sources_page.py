"""The status page: when each source was last crawled, and how that went."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from gongkai.archive.rollups import site_numbers
from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.store.work_queue import ADDED
from gongkai.publish.datasette_types import Row

STALE_DAYS = 14
"""Days without a crawl after which a source is called stale."""

RUNS_SHOWN = 12
"""Runs of a source on the page."""

HEALTH_ORDER = (
    "hostile", "blocked", "failed", "incomplete", "empty", "never", "stale", "errors", "well",
)  # fmt: skip
"""The states of a source, the worst first."""


@dataclass(frozen=True, slots=True)
class Source:
    """A portal with its last runs, the latest first, and the number of its reports.

    `now` is the time of the page in ISO 8601. `parent` is the name of the portal that it belongs to, "" for
    none, `children` are the names of those that belong to it.
    """

    site: Row
    runs: tuple[Row, ...]
    reports: int
    now: str
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

    @property
    def health(self) -> str:
        """The worst state that applies, of those in `HEALTH_ORDER`."""
        last = self.last
        if last is None:
            return "never"
        if last["outcome"] == "hostile":
            return "hostile"
        if (last["blocked"] or 0) > 0:
            return "blocked"
        if last["outcome"] == "incomplete":
            return "incomplete"
        if last["outcome"] not in ("ok", "partial"):
            return "failed"
        if not last["requests"]:
            return "empty"
        if (self.days or 0) > STALE_DAYS:
            return "stale"
        return "errors" if last["errors"] or last["outcome"] == "partial" else "well"


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """All sources, and the last run that built the archive, or None."""

    sources: tuple[Source, ...]
    build: Row | None

    def count_by_health(self) -> dict[str, int]:
        """Return the number of sources in each state, the worst state first."""
        found = [source.health for source in self.sources]
        return {health: found.count(health) for health in HEALTH_ORDER if health in found}


def _in_utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def load_sources(conn: sqlite3.Connection, now: str) -> SourcesPage:
    """Return the status of all sources at a time in ISO 8601."""
    runs: dict[str, list[Row]] = {}
    for row in conn.execute(
        "SELECT r.* FROM sites s JOIN runs r ON r.id IN (SELECT id FROM runs WHERE site = s.id"
        " AND kind = 'crawl' ORDER BY seen_at DESC, id DESC LIMIT ?)"
        " ORDER BY r.site, r.seen_at DESC, r.id DESC",
        (RUNS_SHOWN,),
    ):
        runs.setdefault(row["site"], []).append(row)
    reports = dict(
        conn.execute(
            f"SELECT site, n FROM {site_numbers.SITE_REPORTS}"
            if has_rollup(conn, site_numbers.SITE_REPORTS)
            else site_numbers.BY_SITE
        ).fetchall()
    )
    sites = conn.execute(
        "SELECT s.*, g.full_name AS region FROM sites s LEFT JOIN regions g"
        " ON g.code = s.region_code WHERE s.id <> ? ORDER BY s.region_code, s.id",
        (ADDED,),
    ).fetchall()
    names = {site["id"]: str(site["name"]) for site in sites}
    children: dict[str, list[str]] = {}
    for site in sites:
        children.setdefault(site["parent"] or "", []).append(names[site["id"]])
    build = conn.execute(
        "SELECT * FROM runs WHERE kind = 'build' ORDER BY seen_at DESC, id DESC LIMIT 1"
    ).fetchone()
    sources = tuple(
        Source(
            site,
            tuple(runs.get(site["id"], ())),
            reports.get(site["id"], 0),
            now,
            names.get(site["parent"], ""),
            tuple(children.get(site["id"], ())),
        )
        for site in sites
    )
    return SourcesPage(sources, build)
