"""The guard against formulas in CSV files: what a spreadsheet would compute stays text."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"(?<![\s\0])[\s\0]*+[=+\-@＝＋－＠]|[\t\r]")

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def escape_formula(value: object) -> object:
    """Return a cell that a spreadsheet does not run as a formula; numbers stay numbers.

    >>> escape_formula("=1+1"), escape_formula("-5"), escape_formula(-5)
    ("'=1+1", '-5', -5)
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
