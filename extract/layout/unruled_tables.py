"""Find tables without vertical lines, or without any, by the positions of their numbers.

The numbers of the fullest rows give the columns: they must stand under each other without touching
the next column anywhere. Horizontal lines divide rows. Without them, labels of several lines must
be aligned with their numbers in the same way throughout. Tables for which this fails are refused,
with a finding.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from gongkai.extract.layout.line_segments import SegmentedLine, may_end_in_value, segment_line
from gongkai.extract.layout.page import DrawnPage, RulingLine
from gongkai.extract.layout.ruled_tables import (
    ConnectedLines,
    PlacedTable,
    build_cells,
    merge_fields,
)
from gongkai.extract.layout.table_rows import FEWEST_UNLABELLED, NEAR, TableRow, find_table_rows
from gongkai.extract.layout.text_lines import TextLine
from gongkai.extract.model.document import Grid
from gongkai.extract.model.findings import Shape, unexpected_shape
from gongkai.extract.model.report import Finding
from gongkai.messages import message

_PLAIN_TABLE = Shape("可辨认行列的表格", message("shape_plain_table"))
_FEWEST_VALUE_LINES = 2
_LONG_RULE = 0.3  # share of a table's width: a shorter line does not divide rows
_MOST_LINES = 400
_FEWEST_NUMBERED = 3
_NUMBERED = re.compile(r"\d{1,2}[.、．]\D|[(（]\d{1,2}[)）]|[①-⑳]")


def find_unruled_tables(
    lines: Sequence[TextLine], rules: Sequence[RulingLine], edges: Sequence[float], page: DrawnPage
) -> tuple[list[PlacedTable], list[Finding]]:
    """Return the tables among the upright lines outside of ruled ones, and findings.

    `rules` are horizontal lines outside of ruled tables: where one stops short, cells are merged
    across it. `edges` are the heights of the sides of filled rows, which divide rows at full width.
    """
    tables: list[PlacedTable] = []
    findings: list[Finding] = []
    if len(lines) > _MOST_LINES or not any(may_end_in_value(line.text) for line in lines):
        return tables, findings
    for region in _regions([segment_line(line) for line in lines if not line.turn]):
        table = _table(region, rules, edges, page)
        if table is not None:
            tables.append(table)
        elif _is_surely_a_table(region):
            text = "；".join(line.text[:30] for line in region if line.values)[:90]
            found = Shape(f"无框线表格（{text}）", message("shape_unruled_table", text=text))
            findings.append(
                unexpected_shape(message("place_page", page=page.number), "", _PLAIN_TABLE, found)
            )
    return tables, findings


def _regions(lines: Sequence[SegmentedLine]) -> Iterator[list[SegmentedLine]]:
    """Yield runs of lines that can belong to one table and have rows of numbers."""
    run: list[SegmentedLine] = []
    for line in lines:
        if line.may_be_of_table:
            run.append(line)
            continue
        yield from _runs_with_numbers(run)
        run = []
    yield from _runs_with_numbers(run)


def _runs_with_numbers(run: list[SegmentedLine]) -> Iterator[list[SegmentedLine]]:
    rows = [line for line in run if line.values and len(line.segments) > 1]
    if len(rows) >= _FEWEST_VALUE_LINES or any(
        len(line.values) >= FEWEST_UNLABELLED for line in rows
    ):
        yield run


def _is_surely_a_table(region: Sequence[SegmentedLine]) -> bool:
    return sum(1 for line in region if len(line.values) >= 3) >= 2


def _table(
    region: Sequence[SegmentedLine],
    rules: Sequence[RulingLine],
    edges: Sequence[float],
    page: DrawnPage,
) -> PlacedTable | None:
    x0 = min(line.segments[0].x0 for line in region) - 2
    x1 = max(line.segments[-1].x1 for line in region) + 2
    high, low = region[0].high + NEAR, region[-1].low - NEAR
    near = [r for r in rules if r.start < x1 and r.end > x0 and low < r.at < high]
    parting = [rule for rule in near if rule.end - rule.start > _LONG_RULE * (x1 - x0)]
    if parting:
        x0, x1 = min(x0, *(r.start for r in parting)), max(x1, *(r.end for r in parting))
    sides = _label_sides(region, near)
    for side in sides:
        region = [line.cut_at(side) for line in region]
    lines = [rest for line in region if (rest := line.right_of(sides[-1] if sides else x0))]
    bands = find_table_rows(lines, sorted((*edges, *(rule.at for rule in parting)), reverse=True))
    if bands is None:
        return None
    columns = _columns(bands)
    if columns is None or (sides and sides[-1] > columns[0] - 8):
        return None
    return _grid(region, bands, [x0, *sides, *columns, x1], len(sides), near, page)


# columns


def _columns(bands: Sequence[TableRow]) -> list[float] | None:
    """Return the left sides of the columns of numbers, None if they do not stand apart."""
    lines = [line for band in bands for line in band.lines if line.values]
    most = max((len(line.values) for line in lines), default=0)
    full = [line for line in lines if len(line.values) == most]
    if not full:
        return None
    spans = [
        (min(line.values[n].x0 for line in full), max(line.values[n].x1 for line in full))
        for n in range(most)
    ]
    if any(right[0] - left[1] < 0.5 for left, right in itertools.pairwise(spans)):
        return None
    labels = [
        segment.x1
        for band in bands
        if band.value_lines
        for line in band.lines
        for segment in line.segments
        if not segment.is_value and segment.x1 < spans[0][0]
    ]
    if not labels and most < FEWEST_UNLABELLED:
        return None
    pitch = (spans[-1][1] - spans[0][0]) / most
    first = (max(labels) + spans[0][0]) / 2 if labels else spans[0][0] - min(pitch / 4, 3.0)
    if labels and spans[0][0] - max(labels) < 0.5:
        return None
    return [first, *((left[1] + right[0]) / 2 for left, right in itertools.pairwise(spans))]


def _label_sides(region: Sequence[SegmentedLine], rules: Sequence[RulingLine]) -> list[float]:
    """Return the sides of columns of labels.

    They are where lines begin that leave out the label of a group, else where the numbered labels
    beside it begin.
    """
    left = min(line.segments[0].x0 for line in region)
    most = max(len(line.values) for line in region)
    right = min(line.values[0].x0 for line in region if len(line.values) == most) - 8
    labels = [s for line in region for s in line.segments if not s.is_value and s.x1 < right + 8]
    sides: list[float] = []
    for start in sorted(rule.start for rule in rules):
        beside = any(segment.x0 > start - 2 for segment in labels)
        if beside and left + 8 < start < right and (not sides or start - sides[-1] > 8):
            sides.append(start)
    numbered = [segment.x0 - 1 for segment in labels if _NUMBERED.match(segment.text)]
    if not sides and len(numbered) >= _FEWEST_NUMBERED and min(numbered) > left + 8:
        sides.append(min(numbered))
    return sides


# the grid


def _grid(
    region: Sequence[SegmentedLine],
    bands: Sequence[TableRow],
    xs: list[float],
    sides: int,
    rules: Sequence[RulingLine],
    page: DrawnPage,
) -> PlacedTable:
    """Return the table with lines added where there were none, except where text crosses a side."""
    ys = [bands[0].high, *(band.low for band in bands)]
    rows = list(zip(itertools.pairwise(ys), bands, strict=True))
    down = [
        RulingLine(x, low, high)
        for (high, low), band in rows
        for x in xs
        if x in (xs[0], xs[-1]) or not _crosses(region, low, high, x)
    ]
    across = [RulingLine(ys[0], xs[0], xs[-1]), RulingLine(ys[-1], xs[0], xs[-1])]
    for (high, y), (_, low) in itertools.pairwise(itertools.pairwise(ys)):
        drawn = [rule for rule in rules if abs(rule.at - y) < 1]
        beside = xs[sides]
        whole = _crosses(region, y, high, beside) or _crosses(region, low, y, beside)
        across += [rule._replace(at=y) for rule in drawn] or [
            RulingLine(y, xs[0] if whole else beside, xs[-1])
        ]
    chars = [
        char for line in region for char in line.chars
        if xs[0] < char.x < xs[-1] and ys[-1] < char.y < ys[0]
    ]  # fmt: skip
    fields = merge_fields(xs, ys, ConnectedLines(tuple(across), tuple(down)))
    cells = build_cells(fields, xs, ys, chars, page)
    return PlacedTable(xs[0], ys[-1], xs[-1], ys[0], Grid(cells, page.number))


def _crosses(region: Sequence[SegmentedLine], low: float, high: float, x: float) -> bool:
    """Return whether text between two heights crosses `x`."""
    return any(
        segment.x0 + 1 < x < segment.x1 - 1
        for line in region
        if low < line.y < high
        for segment in line.segments
    )
