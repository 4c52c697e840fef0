"""Divide lines at their gaps where no rule shows the end of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gongkai.extract.chinese.headings import is_numbered_heading
from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.layout.page import Char
from gongkai.extract.layout.text_lines import TextLine, build_line

_GAP = 0.4  # ems of white between two columns
_NUMBER = re.compile(r"[-+]?[\d,，.]+(?:件|条|份|元|万元)?|[-–—―/／]{1,3}|无")
_ENDS = frozenset("件条份元-–—―－/／无,，.．")  # of values, beside digits
_LONGEST_LABEL = 45
_LEADERS = re.compile(r"…|\.{4}|·{4}|-{4}|_{4}")
_SMALL_GAP = 0.12  # ems: more than this parts text where something else says that a column ends
_BESIDE = 4.0


@dataclass(frozen=True, slots=True)
class LineSegment:
    """A piece of a line with white space on both sides."""

    text: str
    x0: float
    x1: float

    @property
    def is_value(self) -> bool:
        """Whether it is a number, or a dash in place of one."""
        return _NUMBER.fullmatch(normalize_text(self.text)) is not None


@dataclass(frozen=True, slots=True)
class SegmentedLine:
    """A line of a page with its segments."""

    segments: tuple[LineSegment, ...]
    y: float
    low: float
    high: float
    size: float
    chars: tuple[Char, ...]

    @property
    def values(self) -> tuple[LineSegment, ...]:
        """The numbers at the end of the line."""
        count = 0
        while count < len(self.segments) and self.segments[-1 - count].is_value:
            count += 1
        return self.segments[len(self.segments) - count :]

    @property
    def text(self) -> str:
        """All words of the line."""
        return normalize_text("".join(segment.text for segment in self.segments))

    def right_of(self, x: float) -> SegmentedLine | None:
        """Return the line without the part left of `x`, None if nothing remains."""
        kept = tuple(segment for segment in self.segments if segment.x1 > x + 1)
        if not kept:
            return None
        chars = tuple(char for char in self.chars if char.x0 >= kept[0].x0 - 0.1)
        middle = sum(char.y for char in chars) / len(chars)
        return replace(self, segments=kept, chars=chars, y=middle)

    def cut_at(self, x: float) -> SegmentedLine:
        """Return the line with a segment divided if a small gap lies at `x`."""
        for left, right in pairwise(self.chars):
            near = left.x1 - _BESIDE < x < right.x0 + _BESIDE
            if near and right.x0 - left.x1 > _SMALL_GAP * self.size:
                pieces = (
                    [c for c in self.chars if c.x <= left.x], [c for c in self.chars if c.x > left.x]
                )  # fmt: skip
                return replace(
                    self, segments=tuple(s for piece in pieces for s in split_segments(piece))
                )
        return self

    @property
    def may_be_of_table(self) -> bool:
        """Whether the line is not a heading, running text or an entry of a table of contents."""
        if is_numbered_heading(self.segments[0].text) or _LEADERS.search(self.text):
            return False
        return len(self.segments) > 1 or len(self.text) <= _LONGEST_LABEL


def may_end_in_value(text: str) -> bool:
    """Return whether a line of this text may end in a number, or a dash in place of one."""
    last = text.rstrip()[-1:]
    return last.isdigit() or last in _ENDS


def segment_line(line: TextLine) -> SegmentedLine:
    """Return a line with its segments."""
    pieces = _pieces(line.chars)
    whole = (LineSegment(line.text, line.x0, line.x1),)
    return SegmentedLine(
        segments=whole if len(pieces) == 1 else tuple(map(_segment, pieces)),
        y=line.y,
        low=min([char[2] for char in line.chars]),
        high=max([char[4] for char in line.chars]),
        size=max([char[4] - char[2] for char in line.chars]),
        chars=line.chars,
    )


def split_segments(row: Sequence[Char]) -> tuple[LineSegment, ...]:
    """Return the pieces of a line between its gaps."""
    return tuple(map(_segment, _pieces(row)))


def _segment(piece: Sequence[Char]) -> LineSegment:
    line = build_line(piece)
    return LineSegment(line.text, line.x0, line.x1)


def _pieces(row: Sequence[Char]) -> list[list[Char]]:
    pieces: list[list[Char]] = []
    right = size = 0.0
    for char in row:
        _, x0, y0, x1, y1, _ = char
        tall = y1 - y0
        if pieces and x0 - right <= _GAP * (tall if tall > size else size):
            pieces[-1].append(char)
            right = x1 if x1 > right else right
        else:
            pieces.append([char])
            right = x1
        size = tall
    return pieces
