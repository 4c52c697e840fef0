"""Text in columns of a terminal, where a Chinese character is two columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

import wcwidth


def width(text: str) -> int:
    """Return how many columns a text takes.

    >>> width("税 tax")
    6
    """
    return wcwidth.width(text)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return a text filled up with spaces to a number of columns, `right` with the spaces first."""
    return wcwidth.rjust(text, columns) if right else wcwidth.ljust(text, columns)


def wrap(text: str, columns: int) -> list[str]:
    """Return a text in lines that fit into a number of columns, at least one line."""
    return wcwidth.wrap(text, columns, break_on_hyphens=False) or [""]


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


def columns(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Return rows as aligned lines, the heads among them.

    The first `left` columns stand at the left, the others (numbers) at the right.
    """
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            pad(cell, widths[place], right=place >= left) for place, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


def strip_control_characters(text: str) -> str:
    """Return scraped text without control characters, which a terminal might obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def fact_lines(facts: Mapping[str, str]) -> list[str]:
    """Return names and values as lines, the values in one column."""
    wide = max(width(name) for name in facts)
    return [f"{pad(name, wide)}  {value}" for name, value in facts.items()]
