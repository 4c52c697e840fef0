"""Reports that only other crawlers saw, and that the portal does not have any more.

A crawl of ours asks for every address at which others saw a report. What lists lead to says nothing:
many reports stand for years on pages that no list reaches. One clear answer of ours that the report
is gone is enough, since it was missing before our first night.
"""

from __future__ import annotations

from dataclasses import replace

from gongkai.archive.pipeline.history import Observation


class SeenElsewhere:
    """Tells which addresses of one report nobody but others saw the report at."""

    def __init__(self) -> None:
        self._had_report: set[str] = set()

    def compare(self, found: Observation, by_us: bool, is_clear: bool) -> Observation:
        """Return an observation; it is final where we miss what only others had seen.

        `is_clear` tells that the answer itself says so. Another page in place of the report may be a
        passing one, and is awaited twice.
        """
        if not by_us:
            return replace(found, by_others=True)
        if found.version:
            self._had_report.add(found.url)
        is_final = found.version is None and is_clear and found.url not in self._had_report
        return replace(found, is_final=is_final)
