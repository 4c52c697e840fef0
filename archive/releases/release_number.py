"""The number of a release: the year of its data, and its place among the releases of that year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"([1-9][0-9]{3})\.([1-9][0-9]{0,3})")


@dataclass(frozen=True, order=True, slots=True)
class ReleaseNumber:
    """A number such as 2026.1. A later release has a greater one."""

    year: int
    place: int

    @classmethod
    def parse(cls, text: str) -> ReleaseNumber:
        """Return the number that a text writes.

        Raises:
            ValueError: It is written in another way.

        >>> ReleaseNumber.parse("2026.10") > ReleaseNumber.parse("2026.9")
        True
        """
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        """Return the number as folders and addresses have it."""
        return f"{self.year}.{self.place}"


def next_number(known: Iterable[ReleaseNumber], year: int) -> ReleaseNumber:
    """Return the number after all known ones, for data of a year.

    Data of an earlier year than the latest release continue the year of that release.

    >>> str(next_number([], 2026)), str(next_number([ReleaseNumber(2026, 2)], 2026))
    ('2026.1', '2026.3')
    >>> str(next_number([ReleaseNumber(2026, 2)], 2027)), str(next_number([ReleaseNumber(2026, 2)], 2025))
    ('2027.1', '2026.3')
    """
    latest = max(known, default=None)
    if latest is None or latest.year < year:
        return ReleaseNumber(year, 1)
    return ReleaseNumber(latest.year, latest.place + 1)
