"""Figures that are struck out: a line runs through them that is no longer than they are.

Such lines are no rules of a table, and such figures are no values: they stay in the text with a
mark that keeps every reader from taking them for numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.pdf_encoding import UNKNOWN
from extract.pdf_page import Char, Page, Rule

_MIDDLE = 0.2  # of a character's height: how near to its middle the line runs
_LONGER = 0.6  # ems by which the line may be longer than what it strikes
_LONGEST = 150.0  # points


def without_strikes(pages: Sequence[Page]) -> None:
    """Mark the struck figures of pages and take the lines away, in place."""
    for page in pages:
        lines: dict[int, list[int]] = {}
        for n, char in enumerate(page.chars):
            if not char.ink.turn:
                lines.setdefault(int(char.y), []).append(n)
        strikes = {}
        for rule in page.horizontal:
            if rule.end - rule.start < _LONGEST and (struck := _struck(rule, lines, page.chars)):
                strikes[rule] = struck
        if strikes:
            page.horizontal = [rule for rule in page.horizontal if rule not in strikes]
            for n in {n for struck in strikes.values() for n in struck}:
                char = page.chars[n]
                if char.text.isdigit():
                    page.chars[n] = char._replace(text=char.text + UNKNOWN)


def _struck(rule: Rule, lines: dict[int, list[int]], chars: Sequence[Char]) -> list[int]:
    """The numbers of the characters a line runs through, none where it goes on beside them."""
    found = [
        n
        for y in range(int(rule.at) - 4, int(rule.at) + 5)
        for n in lines.get(y, ())
        if rule.start - 1 <= chars[n].x0
        and chars[n].x1 <= rule.end + 1
        and abs(chars[n].y - rule.at) < _MIDDLE * chars[n].size
    ]
    if not found:
        return []
    covered = max(chars[n].x1 for n in found) - min(chars[n].x0 for n in found)
    return found if rule.end - rule.start <= covered + _LONGER * chars[found[0]].size else []
