"""What an address asks for, taken apart: each value is right, or refused by name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

DEEPEST = 500
"""Pages of a list; nobody reads further, and every page costs its offset."""


class BadValue(ValueError):
    """Raised for a value that makes no sense; its words go to the reader."""


class TooMany(ValueError):
    """Raised where more is asked for at once than is answered: how many were given, and may be."""

    def __init__(self, given: int, most: int) -> None:
        super().__init__(given, most)
        self.given = given
        self.most = most


def whole(args: Any, name: str, most: int = 9999) -> int | None:
    """Return a positive whole number, None where the address has none. Raises BadValue."""
    text = args.get(name) or ""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= most):
        raise BadValue(text)
    return int(text)


def page(args: Any) -> int:
    """Return the number of the page of a list, 1 where the address has none. Raises BadValue."""
    return whole(args, "page") or 1


def region(args: Any, name: str = "region") -> str:
    """Return the code of a division, "" where the address has none. Raises BadValue."""
    return division(args.get(name) or "")


def division(code: str) -> str:
    """Return a code that looks like one of a division, or "". Raises BadValue."""
    if code and not (code.isascii() and code.isdecimal() and len(code) <= 12):
        raise BadValue(code)
    return code


def choice(args: Any, name: str, known: Collection[str]) -> str:
    """Return one of the known values, "" where the address has none. Raises BadValue."""
    value = str(args.get(name) or "")
    if value and value not in known:
        raise BadValue(value)
    return value


def text(args: Any, name: str, longest: int = 100) -> str:
    """Return words as they were given, trimmed. Raises BadValue where they are too many."""
    value = str(args.get(name) or "").strip()
    if len(value) > longest:
        raise BadValue(f"{value[:20]}…")
    return value


def several(args: Any, name: str, most: int) -> tuple[str, ...]:
    """Return all values of a name, each once, in order. Raises TooMany."""
    values = tuple(dict.fromkeys(value for value in args.getlist(name) if value))
    if len(values) > most:
        raise TooMany(len(values), most)
    return values
