"""Tables without vertical rules, or without any: columns from where their numbers stand.

The numbers of the fullest rows give the columns: they must stand under each other without
touching the next column anywhere. Rows are what horizontal rules part; without those, a label of
several lines must stand to its numbers in the same way throughout. What does not hold together
in this way is refused, and a finding says so.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.document import Grid
from extract.findings import row_shape
from extract.pdf_page import Char, Page, Rule
from extract.pdf_segments import Strip, strips
from extract.ruled import Component, Table, cells_of, join_fields
from extract.schema import Finding

_FEWEST_VALUE_LINES = 2
_CLEAR = 1.15  # lines of one row stand this much closer to each other than to the next row
_EVEN = (
    0.45  # sizes: how exactly labels stand in the middle beside, or at the top of, their numbers
)
_LONG_RULE = 0.3  # of a table's width: a shorter rule does not part rows
_NEAR = 8.0  # points: a rule this near to the first or last line is the table's own
_FAR = 2.2  # sizes between two lines that are not of one row
_MOST_LINES = 400
_FEWEST_NUMBERED = 3
_FEWEST_UNLABELLED = 10  # numbers of a row without a label, as the one of section four
_NUMBERED = re.compile(r"\d{1,2}[.、．]\D|[(（]\d{1,2}[)）]|[①-⑳]")

Boundary = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class Band:
    """The lines of one row, and whether rules part it from the rows above and below."""

    lines: tuple[Strip, ...]
    high: float
    low: float

    @property
    def value_lines(self) -> list[Strip]:
        return [line for line in self.lines if line.values]


def find_loose_tables(
    page: Page, chars: Sequence[Char], rules: Sequence[Rule], edges: Sequence[float]
) -> tuple[list[Table], list[Finding]]:
    """Tables among characters outside of ruled ones.

    `rules` are horizontal rules outside of those: where one stops short, cells are merged across
    it. `edges` are the heights of the sides of filled rows, which part rows at their full width.
    """
    tables: list[Table] = []
    findings: list[Finding] = []
    lines = strips(chars)
    if len(lines) > _MOST_LINES:
        return tables, findings
    for region in _regions(lines):
        table = _table(region, rules, edges, page.number)
        if table is not None:
            tables.append(table)
        elif _is_surely_a_table(region):
            found = "；".join(line.text[:30] for line in region if line.values)[:90]
            place = f"page {page.number}"
            findings.append(row_shape(place, "", "可辨认行列的表格", f"无框线表格（{found}）"))
    return tables, findings


def _regions(lines: Sequence[Strip]) -> Iterator[list[Strip]]:
    """Runs of lines that can be of one table and have rows of numbers."""
    run: list[Strip] = []
    for line in lines:
        if line.may_be_of_table:
            run.append(line)
            continue
        yield from _if_numbers(run)
        run = []
    yield from _if_numbers(run)


def _if_numbers(run: list[Strip]) -> Iterator[list[Strip]]:
    rows = [line for line in run if line.values and len(line.segments) > 1]
    if len(rows) >= _FEWEST_VALUE_LINES or any(
        len(line.values) >= _FEWEST_UNLABELLED for line in rows
    ):
        yield run


def _is_surely_a_table(region: Sequence[Strip]) -> bool:
    return sum(1 for line in region if len(line.values) >= 3) >= 2


def _table(
    region: Sequence[Strip], rules: Sequence[Rule], edges: Sequence[float], page: int
) -> Table | None:
    x0 = min(line.segments[0].x0 for line in region) - 2
    x1 = max(line.segments[-1].x1 for line in region) + 2
    high, low = region[0].high + _NEAR, region[-1].low - _NEAR
    near = [r for r in rules if r.start < x1 and r.end > x0 and low < r.at < high]
    parting = [rule for rule in near if rule.end - rule.start > _LONG_RULE * (x1 - x0)]
    if parting:
        x0, x1 = min(x0, *(r.start for r in parting)), max(x1, *(r.end for r in parting))
    sides = _label_sides(region, near)
    for side in sides:
        region = [line.cut_at(side) for line in region]
    lines = [rest for line in region if (rest := line.right_of(sides[-1] if sides else x0))]
    bands = _bands(lines, sorted((*edges, *(rule.at for rule in parting)), reverse=True))
    if bands is None:
        return None
    columns = _columns(bands)
    if columns is None or (sides and sides[-1] > columns[0] - 8):
        return None
    return _grid(region, bands, [x0, *sides, *columns, x1], len(sides), near, page)


# rows


def _bands(region: Sequence[Strip], ys: Sequence[float]) -> list[Band] | None:
    """The rows of a region: first what rules part, then, where rows are left together, by gaps."""
    if not ys and any(
        len(line.values) == len(line.segments) >= _FEWEST_UNLABELLED for line in region
    ):
        rows = [[line] for line in region]  # a header and one row of numbers without a label
        return [_band(rows, n, ys) for n in range(len(rows))]
    parted: list[list[Strip]] = []
    for above, line in itertools.pairwise([None, *region]):
        assert line is not None
        far = bool(ys) and above is not None and above.y - line.y > _FAR * line.size
        if above is None or far or any(line.y < y < above.y for y in ys):
            parted.append([line])
        else:
            parted[-1].append(line)
    rows = []
    for lines in parted:
        if sum(1 for line in lines if line.values) <= 1:
            rows.append(lines)
            continue
        blocks = _blocks(lines)
        if blocks is None:
            return None
        rows += blocks
    return [_band(rows, n, ys) for n in range(len(rows))]


def _band(rows: Sequence[Sequence[Strip]], n: int, ys: Sequence[float]) -> Band:
    top, bottom = rows[n][0], rows[n][-1]
    high, low = top.high + 1, bottom.low - 1
    if n:
        between = [y for y in ys if top.y < y < rows[n - 1][-1].y]
        high = between[-1] if between else (rows[n - 1][-1].low + top.high) / 2
    elif above := [y for y in ys if top.y < y < top.high + _NEAR]:
        high = above[-1]
    if n + 1 < len(rows):
        between = [y for y in ys if rows[n + 1][0].y < y < bottom.y]
        low = between[0] if between else (bottom.low + rows[n + 1][0].high) / 2
    elif below := [y for y in ys if bottom.low - _NEAR < y < bottom.y]:
        low = below[0]
    return Band(tuple(rows[n]), high, low)


def _blocks(lines: Sequence[Strip]) -> list[list[Strip]] | None:
    """Lines put together to rows by the gaps between them; None where that is not certain."""
    gaps = sorted({round(a.y - b.y, 1) for a, b in itertools.pairwise(lines)})
    best: tuple[float, list[list[Strip]]] | None = None
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


def _cut(lines: Sequence[Strip], most: float) -> list[list[Strip]]:
    blocks = [[lines[0]]]
    for above, line in itertools.pairwise(lines):
        if above.y - line.y > most:
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _holds_together(blocks: Sequence[Sequence[Strip]]) -> bool:
    """Whether each row has its numbers on one line, and all labels stand to them alike."""
    ways = {"middle", "top"}
    lines = [line for block in blocks for line in block]
    left = min(line.values[0].x0 for line in lines if line.values)
    started = False
    for block in blocks:
        started = started or any(line.values for line in block)
        if started and not any(line.values or line.segments[-1].x1 > left for line in block):
            return False  # words of a label without its numbers
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


# columns


def _columns(bands: Sequence[Band]) -> list[float] | None:
    """The left sides of the columns of numbers; None where they do not stand apart."""
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
    if not labels and most < _FEWEST_UNLABELLED:
        return None
    pitch = (spans[-1][1] - spans[0][0]) / most
    first = (max(labels) + spans[0][0]) / 2 if labels else spans[0][0] - min(pitch / 4, 3.0)
    if labels and spans[0][0] - max(labels) < 0.5:
        return None
    return [first, *((left[1] + right[0]) / 2 for left, right in itertools.pairwise(spans))]


def _label_sides(region: Sequence[Strip], rules: Sequence[Rule]) -> list[float]:
    """Sides of columns of labels: where rules begin that leave out a group's label, else where
    the numbered labels begin that stand beside it."""
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
    region: Sequence[Strip],
    bands: Sequence[Band],
    xs: list[float],
    sides: int,
    rules: Sequence[Rule],
    page: int,
) -> Table:
    """The table with rules drawn where there were none; a side that text runs across is left out."""
    ys = [bands[0].high, *(band.low for band in bands)]
    rows = list(zip(itertools.pairwise(ys), bands, strict=True))
    down = [
        Rule(x, low, high)
        for (high, low), band in rows
        for x in xs
        if x in (xs[0], xs[-1]) or not _crosses(region, low, high, x)
    ]
    across = [Rule(ys[0], xs[0], xs[-1]), Rule(ys[-1], xs[0], xs[-1])]
    for (high, y), (_, low) in itertools.pairwise(itertools.pairwise(ys)):
        drawn = [rule for rule in rules if abs(rule.at - y) < 1]
        beside = xs[sides]
        whole = _crosses(region, y, high, beside) or _crosses(region, low, y, beside)
        across += [rule._replace(at=y) for rule in drawn] or [
            Rule(y, xs[0] if whole else beside, xs[-1])
        ]
    chars = [
        char for line in region for char in line.chars
        if xs[0] < char.x < xs[-1] and ys[-1] < char.y < ys[0]
    ]  # fmt: skip
    fields = join_fields(xs, ys, Component(tuple(across), tuple(down)))
    cells = cells_of(fields, xs, ys, chars)
    return Table(xs[0], ys[-1], xs[-1], ys[0], Grid(cells, place=f"page {page}"))


def _crosses(region: Sequence[Strip], low: float, high: float, x: float) -> bool:
    """Whether text between two heights runs across `x`."""
    return any(
        segment.x0 + 1 < x < segment.x1 - 1
        for line in region
        if low < line.y < high
        for segment in line.segments
    )
