"""Find tables by ruling lines: lines, connected lines, elementary fields, cells, grid.

The steps are pure functions with named tolerances in points. The ends of lines count as sides too:
at a page break the last row often has no line below it, and some tables have no frame.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from gongkai.extract.layout.cell_text import (
    compose_texts,
    mark_unreadable,
    overflowing_cells,
)
from gongkai.extract.layout.disjoint_sets import DisjointSets
from gongkai.extract.layout.drawn_paths import intersect_boxes
from gongkai.extract.layout.page import Box, Char, DrawnPage, FilledArea, RulingLine
from gongkai.extract.layout.ruling_lines import SNAP, merge_pieces, outline_areas
from gongkai.extract.model.cell_place import CellPlace
from gongkai.extract.model.document import Grid, GridCell
from gongkai.extract.model.grid_edges import remove_thin_rows

COVER = 0.6
"""A field is separated from its neighbour where a rule covers this share of their common side."""
NARROW = 4.5
"""A strip narrower than this with no character in it is a double line, not a row or column."""
MOST_RULES = 3000
"""A page with more whole lines is a drawing, in which no tables are searched for."""
_LOW = 0.3
"""A table whose end is lower on its page than this share may go on behind a page break."""
_TILED = 0.85
"""Filled cells are a table by themselves when they cover this share of it."""
_START = itemgetter(1)  # of a line
_SMALLEST = (2, 2)  # rows and columns of a table of filled areas


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table on a page: its box and its grid."""

    x0: float
    y0: float
    x1: float
    y1: float
    grid: Grid


def characters_outside(tables: Sequence[PlacedTable], chars: Sequence[Char]) -> list[Char]:
    """Return the characters whose middles are in none of the tables."""
    left = list(chars)
    for t in tables:
        x0, x1, y0, y1 = 2 * t.x0 - 2, 2 * t.x1 + 2, 2 * t.y0 - 2, 2 * t.y1 + 2
        left = [c for c in left if not (x0 <= c[1] + c[3] <= x1 and y0 <= c[2] + c[4] <= y1)]
    return left


@dataclass(frozen=True, slots=True)
class ConnectedLines:
    """Lines that cross or touch each other, directly or through others."""

    horizontal: tuple[RulingLine, ...]
    vertical: tuple[RulingLine, ...]


def find_ruled_tables(page: DrawnPage) -> list[PlacedTable]:
    """Return the tables that lines or filled cells draw on a page, from top to bottom."""
    found = _tables(page, merge_pieces(page.horizontal), merge_pieces(page.vertical), page.chars)
    free = characters_outside(found, page.chars)
    if page.fills and free:
        across, down = outline_areas([fill for fill in page.fills if not _within(fill.box, found)])
        for table in _tables(page, merge_pieces(across), merge_pieces(down), free):
            rows = [row for row in table.grid.rows if row]
            is_grid = len(rows) >= _SMALLEST[0] and max(map(len, rows)) >= _SMALLEST[1]
            if is_grid and _filled(table, page.fills) > _TILED:
                found.append(table)
    return sorted(found, key=lambda table: -table.y1)


def _filled(table: PlacedTable, fills: Sequence[FilledArea]) -> float:
    """Return the share of the area of a table that is filled, about 0.5 if every second row is."""
    area = (table.x1 - table.x0) * (table.y1 - table.y0)
    shared = [
        intersect_boxes((table.x0, table.y0, table.x1, table.y1), box)
        for box in {fill.box for fill in fills}
    ]
    return sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in shared if x1 > x0 and y1 > y0) / area


def is_drawing(page: DrawnPage) -> bool:
    """Return whether a page has so many lines that no tables are searched for."""
    return (
        len(merge_pieces(page.horizontal)) > MOST_RULES
        or len(merge_pieces(page.vertical)) > MOST_RULES
    )


def _within(box: Sequence[float], tables: Sequence[PlacedTable]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(t.x0 <= x <= t.x1 and t.y0 <= y <= t.y1 for t in tables)


def _tables(
    page: DrawnPage, horizontal: list[RulingLine], vertical: list[RulingLine], chars: Sequence[Char]
) -> list[PlacedTable]:
    """Return the tables of connected lines.

    Small tables take their characters first: a frame around the page is not a table of everything.
    """
    if max(len(horizontal), len(vertical)) > MOST_RULES:
        return []
    found: list[PlacedTable] = []
    free = _FreeChars(chars)
    for component in sorted(_connect_lines(horizontal, vertical), key=_area):
        table = _table(component, free, page)
        if table is not None:
            found.append(table)
            free.take((table.x0 - 1, table.y0 - 1, table.x1 + 1, table.y1 + 1))
    return found


class _FreeChars:
    """The characters of a page by height, without those that tables have taken."""

    def __init__(self, chars: Sequence[Char]) -> None:
        heights = [char[2] + char[4] for char in chars]
        order = sorted(range(len(chars)), key=heights.__getitem__)
        self._chars = [chars[n] for n in order]
        self._heights = [heights[n] for n in order]

    def between(self, box: Box) -> list[Char]:
        """Return the characters whose middles are inside a box."""
        low, high = bisect_right(self._heights, 2 * box[1]), bisect_left(self._heights, 2 * box[3])
        return _between(self._chars[low:high], box)

    def take(self, box: Box) -> None:
        """Remove the characters whose middles are inside a box or on its sides."""
        low, high = bisect_left(self._heights, 2 * box[1]), bisect_right(self._heights, 2 * box[3])
        x0, x1 = 2 * box[0], 2 * box[2]
        kept = [c for c in self._chars[low:high] if not x0 <= c[1] + c[3] <= x1]
        self._chars[low:high] = kept
        self._heights[low:high] = [c[2] + c[4] for c in kept]


def _area(component: ConnectedLines) -> float:
    wide = max(r.end for r in component.horizontal) - min(r.start for r in component.horizontal)
    high = max(r.end for r in component.vertical) - min(r.start for r in component.vertical)
    return wide * high


def _connect_lines(
    horizontal: list[RulingLine], vertical: list[RulingLine]
) -> list[ConnectedLines]:
    sets = DisjointSets(len(horizontal) + len(vertical))
    order = sorted(range(len(vertical)), key=lambda v: vertical[v].at)
    places = [vertical[v].at for v in order]
    for h, across in enumerate(horizontal):
        first = bisect_left(places, across.start - SNAP)
        for v in order[first : bisect_right(places, across.end + SNAP)]:
            if vertical[v].start - SNAP <= across.at <= vertical[v].end + SNAP:
                sets.join(h, v + len(horizontal))
    members: dict[int, tuple[list[RulingLine], list[RulingLine]]] = {}
    for n, rule in enumerate((*horizontal, *vertical)):
        sides = members.setdefault(sets.find(n), ([], []))
        sides[0 if n < len(horizontal) else 1].append(rule)
    return [ConnectedLines(tuple(h), tuple(v)) for h, v in members.values() if h and v]


def _table(component: ConnectedLines, chars: _FreeChars, page: DrawnPage) -> PlacedTable | None:
    """Return the table of connected lines, None for a frame, an underline or a box around text."""
    across, down = component.horizontal, component.vertical
    x0, x1 = min(r.start for r in across), max(r.end for r in across)
    y0, y1 = min(r.start for r in down), max(r.end for r in down)
    near = chars.between((x0 - SNAP, y0 - SNAP, x1 + SNAP, y1 + SNAP))
    xs = _sides(down, (x0, x1), [(c[1] + c[3]) / 2 for c in near])
    ys = _sides(across, (y0, y1), [(c[2] + c[4]) / 2 for c in near])[::-1]
    if len(xs) < 3 or len(ys) < 2:
        return None
    inside = _between(near, (xs[0], ys[-1], xs[-1], ys[0]))
    rows = build_cells(merge_fields(xs, ys, component), xs, ys, inside, page)
    if not inside:
        return None
    grid = remove_thin_rows(Grid(rows, page.number), ys)
    return PlacedTable(xs[0], ys[-1], xs[-1], ys[0], grid)


def _between(chars: Sequence[Char], box: Box) -> list[Char]:
    """Return the characters whose middles are inside a box."""
    x0, y0, x1, y1 = (2 * side for side in box)
    return [c for c in chars if x0 < c[1] + c[3] < x1 and y0 < c[2] + c[4] < y1]


def _sides(
    rules: Sequence[RulingLine], ends: tuple[float, float], middles: list[float]
) -> list[float]:
    """Return the sorted coordinates of lines, and the ends of crossing lines if text lies beyond."""
    middles = sorted(middles)

    def busy(low: float, high: float) -> bool:
        return bisect_left(middles, low) < bisect_right(middles, high)

    weight: dict[float, float] = {}
    for rule in sorted(rules):
        weight[rule.at] = weight.get(rule.at, 0.0) + rule.end - rule.start
    kept: list[float] = []
    for at in sorted(weight):
        if kept and at - kept[-1] <= SNAP:
            continue
        if kept and at - kept[-1] <= NARROW and not busy(kept[-1], at):
            if weight[at] > weight[kept[-1]]:
                kept[-1] = at
            continue
        kept.append(at)
    if kept and ends[0] < kept[0] - NARROW and busy(ends[0], kept[0]):
        kept.insert(0, ends[0])
    if kept and ends[1] > kept[-1] + NARROW and busy(kept[-1], ends[1]):
        kept.append(ends[1])
    return kept


def merge_fields(xs: list[float], ys: list[float], component: ConnectedLines) -> list[list[int]]:
    """Return for each elementary field the number of its cell."""
    columns, rows = len(xs) - 1, len(ys) - 1
    sets = DisjointSets(columns * rows)
    down = _by_line(component.vertical, xs)
    across = _by_line(component.horizontal, ys)
    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and not _covered(down[column + 1], ys[row + 1], ys[row]):
                sets.join(here, here + 1)
            if row + 1 < rows and not _covered(across[row + 1], xs[column], xs[column + 1]):
                below = here + columns
                sets.join(here, below)
    return [[sets.find(row * columns + column) for column in range(columns)] for row in range(rows)]


def _by_line(rules: Sequence[RulingLine], lines: list[float]) -> list[list[RulingLine]]:
    """Return for each coordinate the lines on it, or nearer than a double line is wide, in order.

    A line belongs to one coordinate: sides of neighbouring tables can be as close, with a digit
    between.
    """
    found: list[list[RulingLine]] = [[] for _ in lines]
    order = sorted(range(len(lines)), key=lines.__getitem__)
    places = [lines[n] for n in order]
    for rule in sorted(rules, key=_START):
        at = rule[0]
        after = bisect_left(places, at)
        beside = range(max(after - 1, 0), min(after + 1, len(places)))
        nearest = min(beside, key=lambda n: abs(at - places[n]))
        if abs(at - places[nearest]) <= NARROW:
            found[order[nearest]].append(rule)
    return found


def _covered(rules: Sequence[RulingLine], start: float, end: float) -> bool:
    """Return whether lines, in order, cover enough of the stretch from `start` to `end`."""
    covered, reached = 0.0, start
    for _, low, high in rules:
        if low >= end:
            break
        low = low if low > reached else reached
        high = high if high < end else end
        if high > low:
            covered += high - low
            reached = high
    return covered >= COVER * (end - start)


def build_cells(
    fields: list[list[int]],
    xs: list[float],
    ys: list[float],
    chars: Sequence[Char],
    page: DrawnPage,
) -> tuple[tuple[GridCell, ...], ...]:
    """Return the rows of a grid; a cell that is not a rectangle counts as its bounding rectangle."""
    inside = _chars_of_cells(fields, xs, ys, chars)
    extent = _extents(fields)
    broken = overflowing_cells(inside)
    placed = {
        cell: (xs[extent[cell][1]], xs[extent[cell][3] + 1], held) for cell, held in inside.items()
    }
    at_end = ys[-1] < _LOW * page.height
    ends = {*fields[-1]} & inside.keys() if at_end else ()
    texts, full, page.padding = compose_texts(placed, ends, page.padding)
    rows: list[tuple[GridCell, ...]] = []
    done: set[int] = set()
    for line in fields:
        cells = []
        for column, cell in enumerate(line):
            if cell in done:
                continue
            done.add(cell)
            top, left, bottom, right = extent[cell]
            text = texts.get(cell, "")
            text = mark_unreadable(text) if cell in broken else text
            box = (xs[left], ys[bottom + 1], xs[right + 1], ys[top])
            place = CellPlace(page=page.number, box=box, turn=page.turn)
            size = bottom - top + 1, right - left + 1
            cells.append(GridCell(text, column, *size, place, cell in full))
        rows.append(tuple(cells))
    return tuple(rows)


def _chars_of_cells(
    fields: list[list[int]], xs: list[float], ys: list[float], chars: Sequence[Char]
) -> dict[int, list[Char]]:
    """Return the characters of each cell. Neighbours in the text are mostly in the same field."""
    inside: dict[int, list[Char]] = {}
    sides, downward = [2 * x for x in xs], [-2 * y for y in ys]
    line, held = fields[0], inside.setdefault(fields[0][0], [])
    low = high = left = right = math.nan
    for char in chars:
        _, x0, y0, x1, y1, _ = char
        x = x0 + x1
        if y0 != low or y1 != high:
            low, high = y0, y1
            line = fields[bisect_right(downward, -y0 - y1) - 1]
        elif left <= x < right:
            held.append(char)
            continue
        column = bisect_right(sides, x) - 1
        left, right = sides[column : column + 2]
        held = inside.setdefault(line[column], [])
        held.append(char)
    return {cell: found for cell, found in inside.items() if found}


def _extents(fields: list[list[int]]) -> dict[int, tuple[int, int, int, int]]:
    """Return top, left, bottom and right of each cell, in fields."""
    extent: dict[int, tuple[int, int, int, int]] = {}
    for row, line in enumerate(fields):
        for column, cell in enumerate(line):
            known = extent.get(cell)
            if known is None:
                extent[cell] = (row, column, row, column)
            else:
                top, left, _, right = known
                left, right = min(left, column), max(right, column)
                extent[cell] = (top, left, row, right)
    return extent
