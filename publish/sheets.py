"""CSV for spreadsheets: Excel reads it as UTF-8, and no cell of it runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

BOM = "\ufeff"
"""Without this mark Excel shows Chinese as mojibake."""

_FORMULA = re.compile(r"[\s\0]*[=+\-@＝＋－＠]|[\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay what they are.

    The same as in the files of `gongkai export`, which a test holds.
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def written(rows: Iterable[Iterable[object]], *, mark: bool = True) -> str:
    """Return rows as CSV, with the mark of UTF-8 in front unless told otherwise."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(value) for value in row] for row in rows)
    return f"{BOM if mark else ''}{out.getvalue()}"


def safe(text: str, *, mark: bool) -> str:
    """Return somebody else's CSV with its cells made harmless."""
    return written(csv.reader(io.StringIO(text, newline="")), mark=mark)
