"""What time it is, and which day that is in China.

Every part of the program asks here: a test, or a check of the clock itself, has one place to look
at. Call `clock.now()` by its module, so that one replacement holds everywhere.

Portals publish by the clock of China, which has been UTC+8 in all of the country and all of the
year since 1992. A day of publishing, or on which something was seen, is a day there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
DAY_CHARS = len("2025-01-31")


def now() -> datetime:
    """Return the time by the clock of this machine, in UTC."""
    return datetime.now(UTC)


def utc_stamp(at: datetime | None = None) -> str:
    """Return a time, or the current one, in the form of the index: UTC, ISO, seconds, Z."""
    return (at or now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_of(seconds: int) -> str:
    """Return a time in seconds since 1970 in the form of the index."""
    return utc_stamp(datetime.fromtimestamp(seconds, UTC))


def seconds_of(stamp: str) -> int:
    """Return an ISO time in seconds since 1970.

    Raises:
        ValueError: The text is no time.
    """
    return int(parse_stamp(stamp).timestamp())


def parse_stamp(stamp: str) -> datetime:
    """Return the time of an ISO text; one without an offset is in UTC.

    Raises:
        ValueError: The text is no time.
    """
    at = datetime.fromisoformat(stamp)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def china_date(stamp: str) -> date:
    """Return the day in China of an ISO time.

    Raises:
        ValueError: The text is no time.
    """
    return parse_stamp(stamp).astimezone(CHINA).date()


def china_day(stamp: str) -> str:
    """Return the day in China of an ISO time, as an ISO date; a date alone stays what it is.

    >>> china_day("2025-01-21T17:00:00Z"), china_day("2025-01-21"), china_day("")
    ('2025-01-22', '2025-01-21', '')
    """
    if len(stamp) <= DAY_CHARS:
        return stamp
    try:
        return china_date(stamp).isoformat()
    except ValueError:
        return stamp[:DAY_CHARS]


def china_today() -> date:
    """Return the current day in China."""
    return now().astimezone(CHINA).date()
