"""Text in columns of a terminal, where a Chinese character is two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest


def width(text: str) -> int:
    """Return how many columns a text takes.

    >>> width("税 tax")
    6
    """
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return a text filled up with spaces; `right` puts it at the right edge."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def wrap(text: str, columns: int) -> list[str]:
    """Return a text in lines that fit, cut anywhere, as Chinese is; at least one line."""
    lines, line, used = [], "", 0
    for character in text:
        if used + _columns(character) > columns and line:
            lines.append(line)
            line, used = "", 0
        line += character
        used += _columns(character)
    return [*lines, line]


def table(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Return rows as lines: the first column at the left and wrapped, the others at the right."""
    lines = []
    for row in rows:
        cells = [wrap(cell, space) for cell, space in zip(row, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=""):
            shown = [
                pad(part, space, right=place > 0)
                for place, (part, space) in enumerate(zip(parts, widths, strict=True))
            ]
            lines.append("  ".join(shown).rstrip())
    return lines


def clean(text: str) -> str:
    """Return scraped text without control characters, which a terminal might obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
