"""Which known addresses are asked for again tonight: a pure function of dates.

Reports appear and are corrected from January to April; what belongs to the current season is asked
for every night. The others take turns: the address of each decides its night in every rotation of
N days, so that all nights are equally long and no address waits longer than N days.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import date, timedelta

from scrapy.settings import BaseSettings

from gongkai.clock import china_today

YEAR_AND_MONTH = re.compile(
    r"(?<!\d)(20\d\d)(?:(0[1-9]|1[0-2])(?:[0-3]\d)?|[/_-](0?[1-9]|1[0-2]))(?!\d)"
)
"""Year and month in an address: /202501/t20250120_1.html, /art/2025/1/20/art_1.html."""

NEW_SITE_PERIOD = timedelta(days=3)
"""What appears so long after the first crawl of a site is new, whatever its address says."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Tonight: its date in China, the length of a rotation in days, the months of the season."""

    today: date
    days: int
    season: frozenset[int]

    def is_due(self, key: str, last: date) -> bool:
        """Return whether an address has its turn, by its key and the day of its last answer.

        An answer from the future was recorded by a clock that was ahead: the address has its turn.

        >>> Calendar(date(2026, 6, 30), 28, frozenset()).is_due("a.gov.cn/", date(2026, 6, 2))
        True
        """
        age = (self.today - last).days
        has_turn = (self.today.toordinal() + zlib.crc32(key.encode())) % max(self.days, 1) == 0
        return age >= self.days or age < 0 or (has_turn and age > 0)

    def in_season(self, url: str, first: date, since: date) -> bool:
        """Return whether an article belongs to the current season.

        `first` is the day on which it was first seen, `since` the day on which its site was.
        """
        if not self._is_in_current_season(self.today):
            return False
        published = year_and_month_in(url)
        if published and published[0] == self.today.year and published[1] in self.season:
            return True
        appeared = first > since + NEW_SITE_PERIOD or published is None
        return appeared and self._is_in_current_season(first)

    def _is_in_current_season(self, day: date) -> bool:
        return day.year == self.today.year and day.month in self.season


def year_and_month_in(url: str) -> tuple[int, int] | None:
    """Return the latest year and month in an address, None where it contains no date."""
    found = [(int(year), int(one or other)) for year, one, other in YEAR_AND_MONTH.findall(url)]
    return max(found, default=None)


def calendar_from_settings(settings: BaseSettings) -> Calendar:
    """Return tonight's calendar by the settings."""
    given = settings["GONGKAI_TODAY"]
    return Calendar(
        today=date.fromisoformat(given) if given else china_today(),
        days=settings.getint("GONGKAI_ROTATION_DAYS"),
        season=frozenset(map(int, settings.getlist("GONGKAI_SEASON"))),
    )
