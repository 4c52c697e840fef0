"""Removal by comparison: a report that only other crawlers saw, and that the portal does not have any more.

Where a crawl of ours reached all lists of the portal after the last sighting, and never met the
address, the report is not published there any more. Two nights are not awaited: what is missing was
missing before our first night.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from gongkai.archive.pipeline.history import Observation

FIRST_WHOLE_RUN = """
SELECT min(finished) FROM runs
WHERE kind = 'crawl' AND site = ? AND outcome = 'ok' AND clock = '' AND seen_at > ?
"""


class SeenElsewhere:
    """The addresses of one report that others saw, and whether we ever asked for them."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, str]] = {}  # address -> last seen by others, portal
        self._visited: set[str] = set()
        self._had_report: set[str] = set()

    def note_our_visit(self, url: str) -> None:
        """Note that we asked for an address, whatever the answer was."""
        self._visited.add(url)

    def compare(self, found: Observation, site: str, by_us: bool) -> Observation:
        """Return an observation; it is final where we miss what only others had seen."""
        if not by_us:
            if found.version:
                self._seen[found.url] = (found.at, site)
            return replace(found, by_others=True)
        self._visited.add(found.url)
        if found.version:
            self._had_report.add(found.url)
        is_final = found.version is None and found.url not in self._had_report
        return replace(found, is_final=is_final)

    def removals(self, conn: sqlite3.Connection) -> Iterator[Observation]:
        """Yield for each address that we never met when a whole crawl of its portal showed that."""
        for url, (last_seen, site) in self._seen.items():
            if url in self._visited:
                continue
            (finished,) = conn.execute(FIRST_WHOLE_RUN, [site, last_seen]).fetchone()
            if finished:
                yield Observation(finished, url, None, is_final=True)
