"""The clock of this machine, compared before a crawl begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from gongkai import clock
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.database import reader
from gongkai.clock import seconds_of
from gongkai.crawler.sites.registry import Site
from gongkai.messages import Message, message

FEW_WRONG_DATES = 2
"""So many reports may have a date of publishing that is a slip of the pen."""


def check_clock(
    sites: Sequence[Site],
    snapshots: Path,
    proxy: str | None,
    settings: Mapping[str, str],
    *,
    db: Path | None = None,
    is_right: bool = False,
) -> tuple[Message, ...]:
    """Compare our clock with some portals, the last run and the newest reports; return warnings.

    With `is_right`, what speaks against the clock is a warning too.

    Raises:
        ArchiveError: the clock is wrong, and the crawl must not start.
        SettingError: the proxy cannot be used.
    """
    from gongkai.crawler.clock.night_start import ClockWitnesses, judge_start
    from gongkai.crawler.runs.portal_clocks import portal_leads  # late: Scrapy takes a second

    leads = portal_leads(sites, proxy, settings)
    opinion = judge_start(
        ClockWitnesses(
            now=int(clock.now().timestamp()),
            leads=leads,
            last_end=_last_end(snapshots),
            published=_newest_publishing(db),
        )
    )
    if opinion.refusal is None:
        return opinion.warnings
    if is_right:
        return (message("clock_believed", why=opinion.refusal), *opinion.warnings)
    raise ArchiveError("clock_wrong", why=opinion.refusal)


def _last_end(snapshots: Path) -> int | None:
    if not snapshots.is_dir():
        return None
    with open_originals(snapshots) as kept:
        return kept.index.stretches.last_end()


def _newest_publishing(db: Path | None) -> int | None:
    """Return the newest day that several reports give as theirs, None without an archive."""
    if db is None or not db.exists():
        return None
    with reader(db, older=True) as conn:
        try:
            row = conn.execute(
                "SELECT published_on FROM reports WHERE published_on IS NOT NULL"
                " ORDER BY published_on DESC LIMIT 1 OFFSET ?",
                [FEW_WRONG_DATES],
            ).fetchone()
        except sqlite3.OperationalError:
            return None  # a build that was killed before its first table
    try:
        return seconds_of(row[0]) if row else None
    except ValueError:
        return None
