"""The guard against formulas in CSV files: what a spreadsheet would compute stays text."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"(?<![\s\0])[\s\0]*+[=+\-@＝＋－＠]|[\t\r]")

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

LIKE_NUMBER = r"0\d+|\d{16,}|\d+[eE]\d+"
"""An id that a spreadsheet takes for a number: it keeps fifteen digits, drops zeros at the beginning, and
reads 12e9 as a power."""

_LIKE_NUMBER = re.compile(LIKE_NUMBER)


def quote_id(value: object) -> object:
    """Return a cell that a spreadsheet keeps as it is, where it would take an id for a number.

    >>> quote_id("3110865925881234"), quote_id("12345678e9012345"), quote_id("000000"), quote_id("2024")
    ('="3110865925881234"', '="12345678e9012345"', '="000000"', '2024')
    """
    if isinstance(value, str) and _LIKE_NUMBER.fullmatch(value):
        return f'="{value}"'
    return value


def escape_formula(value: object) -> object:
    """Return a cell that a spreadsheet does not run as a formula; numbers stay numbers.

    >>> escape_formula("=1+1"), escape_formula("-5"), escape_formula(-5)
    ("'=1+1", '-5', -5)
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
