"""Lines cut at their gaps, where no rule says where a column ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extract.labels import squash
from extract.pdf_lines import line_of, rows_of_chars
from extract.pdf_page import Char
from extract.sections import is_numbered_heading

_GAP = 0.4  # ems of white between two columns
_NUMBER = re.compile(r"[-+]?[\d,，.]+(?:件|条|份|元|万元)?|[-–—―/／]{1,3}|无")
_LONGEST_LABEL = 45
_LEADERS = re.compile(r"…|\.{4}|·{4}|-{4}|_{4}")
_SMALL_GAP = 0.12  # ems: more than this parts text where something else says that a column ends
_BESIDE = 4.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line with white on both sides."""

    text: str
    x0: float
    x1: float

    @property
    def is_value(self) -> bool:
        """Whether it is a number, or a dash in place of one."""
        return _NUMBER.fullmatch(squash(self.text)) is not None


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of a page with its segments."""

    segments: tuple[Segment, ...]
    y: float
    low: float
    high: float
    size: float
    chars: tuple[Char, ...]

    @property
    def values(self) -> tuple[Segment, ...]:
        """The numbers at its end."""
        count = 0
        while count < len(self.segments) and self.segments[-1 - count].is_value:
            count += 1
        return self.segments[len(self.segments) - count :]

    @property
    def text(self) -> str:
        """All its words."""
        return squash("".join(segment.text for segment in self.segments))

    def right_of(self, x: float) -> Strip | None:
        """The line without what ends left of `x`, None where nothing is left."""
        kept = tuple(segment for segment in self.segments if segment.x1 > x + 1)
        return replace(self, segments=kept) if kept else None

    def cut_at(self, x: float) -> Strip:
        """The line with a segment cut in two where a small gap lies at `x`."""
        for left, right in pairwise(self.chars):
            near = left.x1 - _BESIDE < x < right.x0 + _BESIDE
            if near and right.x0 - left.x1 > _SMALL_GAP * self.size:
                pieces = (
                    [c for c in self.chars if c.x <= left.x], [c for c in self.chars if c.x > left.x]
                )  # fmt: skip
                return replace(self, segments=tuple(s for piece in pieces for s in segments(piece)))
        return self

    @property
    def may_be_of_table(self) -> bool:
        """Whether the line is no heading, no running text and no entry of a table of contents."""
        if is_numbered_heading(self.segments[0].text) or _LEADERS.search(self.text):
            return False
        return len(self.segments) > 1 or len(self.text) <= _LONGEST_LABEL


def strips(chars: Sequence[Char]) -> list[Strip]:
    """The upright lines among some characters, from top to bottom."""
    return [_strip(row) for row in rows_of_chars([c for c in chars if c.ink.turn == 0])]


def _strip(row: list[Char]) -> Strip:
    size = max(char.size for char in row)
    return Strip(
        segments(row),
        sum(char.y for char in row) / len(row),
        min(char.y0 for char in row),
        max(char.y1 for char in row),
        size,
        tuple(row),
    )


def segments(row: Sequence[Char]) -> tuple[Segment, ...]:
    """The pieces of a line between its gaps."""
    pieces: list[list[Char]] = []
    for char in row:
        if pieces and char.x0 - max(c.x1 for c in pieces[-1][-2:]) <= _GAP * max(
            char.size, pieces[-1][-1].size
        ):
            pieces[-1].append(char)
        else:
            pieces.append([char])
    return tuple(
        Segment(line_of(piece).text, piece[0].x0, max(c.x1 for c in piece)) for piece in pieces
    )
