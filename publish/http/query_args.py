"""Values from a query string: each is valid, or refused by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from gongkai.publish.datasette_types import Arguments

MAX_PAGE = 500
"""The last page of a list that is shown: each page costs as much as all before it."""


class BadValue(ValueError):
    """Raised for an invalid value. Its first argument is the value, which is shown to the reader."""


class TooManyValues(ValueError):
    """Raised if a name has more values than are allowed at once."""

    def __init__(self, given: int, limit: int) -> None:
        super().__init__(given, limit)
        self.given = given
        self.limit = limit


class UnknownParameters(ValueError):
    """Raised for names in a query string that an address does not take; `known` are those that it does."""

    most = 10
    """Names that are told."""

    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        self.names = tuple(name[:40] for name in names)[: self.most]
        self.known = tuple(known)
        super().__init__(*self.names)


def positive_int(args: Arguments, name: str) -> int | None:
    """Return a whole number from 1 to 9999, or None if the address has none.

    Raises:
        BadValue: It is not such a number.
    """
    value = args.get(name) or ""
    return check_positive_int(value) if value else None


def check_positive_int(value: str) -> int:
    """Return a whole number from 1 to 9999.

    Raises:
        BadValue: It is not such a number.
    """
    if not (value.isascii() and value.isdecimal() and len(value) <= 4 and int(value) >= 1):
        raise BadValue(value)
    return int(value)


def page_number(args: Arguments) -> int:
    """Return the number of the page of a list, by default 1.

    Raises:
        BadValue: It is not a number of a page.
    """
    return positive_int(args, "page") or 1


def region_code(args: Arguments) -> str:
    """Return the code of a division, or "" if the address has none.

    Raises:
        BadValue: It does not look like a code.
    """
    return check_region_code(args.get("region") or "")


def check_region_code(code: str) -> str:
    """Return a code that looks like that of a division, or "".

    Raises:
        BadValue: It does not look like a code.
    """
    if code and not (code.isascii() and code.isdecimal() and len(code) <= 12):
        raise BadValue(code)
    return code


def choice(args: Arguments, name: str, allowed: Collection[str]) -> str:
    """Return one of the allowed values, or "" if the address has none.

    Raises:
        BadValue: The value is not allowed.
    """
    value = args.get(name) or ""
    if value and value not in allowed:
        raise BadValue(value)
    return value


def short_text(args: Arguments, name: str, limit: int = 100) -> str:
    """Return a text without white space around it.

    Raises:
        BadValue: It has more characters than `limit`.
    """
    value = (args.get(name) or "").strip()
    if len(value) > limit:
        raise BadValue(f"{value[:20]}…")
    return value


def iso_date(args: Arguments, name: str) -> str:
    """Return a day like 2025-01-31, or "" if the address has none.

    Raises:
        BadValue: It is no day of the calendar.
    """
    value = (args.get(name) or "").strip()
    try:
        is_day = not value or date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    if not is_day:
        raise BadValue(value[:20])
    return value


def unique_values(args: Arguments, name: str, limit: int) -> tuple[str, ...]:
    """Return all values of a name, each once, in the order of the address.

    Raises:
        TooManyValues: There are more than `limit`.
    """
    values = tuple(dict.fromkeys(value for value in args.getlist(name) if value))
    if len(values) > limit:
        raise TooManyValues(len(values), limit)
    return values
