"""What the clock of a server says, by the headers of its answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median_low

MAX_DATE_CHARS = 64
CREDIBLE_YEARS = range(1980, 2200)
"""A server that was never told the time says 1970."""

MAX_AGE_DIGITS = 9
"""An Age of more digits is more than thirty years."""


def server_time(headers: Sequence[tuple[str, str]]) -> datetime | None:
    """Return the time of an answer by the clock of its server, None where it does not say.

    An answer from a cache has the Date of the day on which the cache got it, and its Age in seconds
    since then (RFC 9111, 4.2.3).

    >>> server_time([("Date", "Tue, 21 Jan 2025 17:00:00 GMT"), ("Age", "60")]).isoformat()
    '2025-01-21T17:01:00+00:00'
    """
    said = {name.lower(): value.strip() for name, value in reversed(headers)}
    return dated_answer(said.get("date", ""), said.get("age", ""))


def dated_answer(date: str, age: str = "") -> datetime | None:
    """Return the time that the two headers stand for, None for a Date that is none."""
    if not date or len(date) > MAX_DATE_CHARS:
        return None
    try:
        at = parsedate_to_datetime(date)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        is_age = age.isascii() and age.isdecimal() and len(age) <= MAX_AGE_DIGITS
        at = at.astimezone(UTC) + timedelta(seconds=int(age) if is_age else 0)
        return at if at.year in CREDIBLE_YEARS else None
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def median_lead(leads: Iterable[int]) -> int | None:
    """Return the median of seconds by which servers are ahead of our clock, None without any."""
    known = list(leads)
    return median_low(known) if known else None
