"""Join lines into table rows, by the lines between them, or by gaps if there are none."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.extract.layout.line_segments import SegmentedLine

FEWEST_UNLABELLED = 10
"""Numbers of a row that needs no label, like that of section four."""
NEAR = 8.0
"""Points: a rule this near to the first or last line is the table's own."""
_CLEAR = 1.15  # lines of one row stand this much closer to each other than to the next row
# sizes: how exactly labels stand in the middle beside, or at the top of, their numbers
_EVEN = 0.45
_NEXT_LINE = 1.75  # sizes between the lines of a number that was broken
_FAR = 2.2  # sizes between two lines that are not of one row


@dataclass(frozen=True, slots=True)
class TableRow:
    """The lines of one row, and its upper and lower edge."""

    lines: tuple[SegmentedLine, ...]
    high: float
    low: float

    @property
    def value_lines(self) -> list[SegmentedLine]:
        """The lines with numbers."""
        return [line for line in self.lines if line.values]


def find_table_rows(region: Sequence[SegmentedLine], ys: Sequence[float]) -> list[TableRow] | None:
    """Return the rows of a region: first by ruling lines, then by gaps if rows remain together."""
    if not ys and any(
        len(line.values) == len(line.segments) >= FEWEST_UNLABELLED for line in region
    ):
        rows: list[list[SegmentedLine]] = []  # a header and one row of numbers without a label
        for n, line in enumerate(region):
            if _is_rest(region, n):
                rows[-1].append(line)
            else:
                rows.append([line])
        return [_table_row(rows, n, ys) for n in range(len(rows))]
    parted: list[list[SegmentedLine]] = []
    for line in region:
        above = parted[-1][-1] if parted else None
        far = bool(ys) and above is not None and above.y - line.y > _FAR * line.size
        if above is None or far or any(line.y < y < above.y for y in ys):
            parted.append([line])
        else:
            parted[-1].append(line)
    rows = []
    for lines in parted:
        if sum(1 for n, line in enumerate(lines) if line.values and not _is_rest(lines, n)) <= 1:
            rows.append(lines)
            continue
        blocks = _blocks(lines)
        if blocks is None:
            return None
        rows += blocks
    return [_table_row(rows, n, ys) for n in range(len(rows))]


def _table_row(rows: Sequence[Sequence[SegmentedLine]], n: int, ys: Sequence[float]) -> TableRow:
    top, bottom = rows[n][0], rows[n][-1]
    high, low = top.high + 1, bottom.low - 1
    if n:
        between = [y for y in ys if top.y < y < rows[n - 1][-1].y]
        high = between[-1] if between else (rows[n - 1][-1].low + top.high) / 2
    elif above := [y for y in ys if top.y < y < top.high + NEAR]:
        high = above[-1]
    if n + 1 < len(rows):
        between = [y for y in ys if rows[n + 1][0].y < y < bottom.y]
        low = between[0] if between else (bottom.low + rows[n + 1][0].high) / 2
    elif below := [y for y in ys if bottom.low - NEAR < y < bottom.y]:
        low = below[0]
    return TableRow(tuple(rows[n]), high, low)


def _blocks(lines: Sequence[SegmentedLine]) -> list[list[SegmentedLine]] | None:
    """Return lines joined into rows by the gaps between them, None if that is not certain."""
    gaps = sorted({round(a.y - b.y, 1) for a, b in itertools.pairwise(lines)})
    best: tuple[float, list[list[SegmentedLine]]] | None = None
    for small, large in itertools.pairwise(gaps):
        clear = large / max(small, 0.1)
        blocks = _cut(lines, (small + large) / 2)
        if clear >= _CLEAR and _holds_together(blocks) and (best is None or clear > best[0]):
            best = clear, blocks
    if best is not None:
        return best[1]
    alone = [[line] for line in lines]
    first = next(n for n, line in enumerate(lines) if line.values)
    labelled = all(not line.values or len(line.values) < len(line.segments) for line in lines)
    left = min(line.values[0].x0 for line in lines if line.values)
    torn = any(not line.values and line.segments[-1].x1 < left for line in lines[first:])
    return alone if labelled and not torn else None


def _cut(lines: Sequence[SegmentedLine], most: float) -> list[list[SegmentedLine]]:
    blocks = [[lines[0]]]
    for above, line in itertools.pairwise(lines):
        if above.y - line.y > most:
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _is_rest(lines: Sequence[SegmentedLine], n: int) -> bool:
    """Return whether a line only has the ends of numbers for which the line above had no room."""
    line, above = lines[n], lines[n - 1] if n else None
    if above is None or len(line.values) < len(line.segments):
        return False
    return above.y - line.y < _NEXT_LINE * line.size and all(
        any(whole.x0 - 1 < rest.x0 and rest.x1 < whole.x1 + 1 for whole in above.values)
        for rest in line.values
    )


def _holds_together(blocks: Sequence[Sequence[SegmentedLine]]) -> bool:
    """Return whether each row has its numbers on one line, with all labels aligned alike."""
    ways = {"middle", "top"}
    lines = [line for block in blocks for line in block]
    left = min(line.values[0].x0 for line in lines if line.values)
    started = False
    for block in blocks:
        started = started or any(line.values for line in block)
        if started and not any(line.values or line.segments[-1].x1 > left for line in block):
            return False  # part of a label without numbers
        values = [line for line in block if line.values]
        if len(values) > 1:
            return False
        if not values or len(block) == 1:
            if values and len(values[0].values) == len(values[0].segments):
                return False  # numbers without a label
            continue
        near = _EVEN * values[0].size
        found = set()
        if abs((block[0].y + block[-1].y) / 2 - values[0].y) < near:
            found.add("middle")
        if abs(block[0].y - values[0].y) < near:
            found.add("top")
        ways &= found
    return bool(ways)
