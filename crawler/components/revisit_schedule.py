"""Which known addresses are asked for again tonight: a pure function of dates.

Reports appear and are corrected from January to April; what belongs to the running season is
asked for every night. The others take turns: each has its night in every round of N days, told by
its address, so that the nights are equally long and no address waits longer than N days.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
YEAR_AND_MONTH = re.compile(
    r"(?<!\d)(20\d\d)(?:(0[1-9]|1[0-2])(?:[0-3]\d)?|[/_-](0?[1-9]|1[0-2]))(?!\d)"
)
"""Year and month in an address: /202501/t20250120_1.html, /art/2025/1/20/art_1.html."""

NEW_SITE_PERIOD = timedelta(days=3)
"""What turns up so long after the first crawl of a site is new, whatever its address says."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Tonight: its date in China, the length of a round in days, the months of the season."""

    today: date
    days: int
    season: frozenset[int]

    def is_due(self, same: str, last: date) -> bool:
        """Tell whether an address, by its key, has its turn; `last` is when it answered last.

        >>> Calendar(date(2026, 6, 30), 28, frozenset()).is_due("a.gov.cn/", date(2026, 6, 2))
        True
        """
        age = (self.today - last).days
        turn = (self.today.toordinal() + zlib.crc32(same.encode())) % max(self.days, 1) == 0
        return age >= self.days or (turn and age > 0)

    def in_season(self, url: str, first: date, since: date) -> bool:
        """Tell whether an article belongs to the running season.

        `first` is when it was first seen, `since` when its site was.
        """
        if not self._running(self.today):
            return False
        published = year_and_month_in(url)
        if published and published[0] == self.today.year and published[1] in self.season:
            return True
        appeared = first > since + NEW_SITE_PERIOD or published is None
        return appeared and self._running(first)

    def _running(self, day: date) -> bool:
        return day.year == self.today.year and day.month in self.season


def year_and_month_in(url: str) -> tuple[int, int] | None:
    """Give the last year and month that an address names, None where it names none."""
    found = [(int(year), int(one or other)) for year, one, other in YEAR_AND_MONTH.findall(url)]
    return max(found, default=None)


def china_date(moment: str) -> date:
    """Give the day in China of a time as the index prints it."""
    return datetime.fromisoformat(moment).astimezone(CHINA).date()


def china_today() -> date:
    """Give the day in China."""
    return datetime.now(UTC).astimezone(CHINA).date()
