"""Tables from ruling lines: lines -> components -> elementary fields -> cells -> grid.

A ladder of pure functions over named tolerances (points). The ends of vertical rules count as
horizontal rules too: at a page break the last row is often left without a rule below it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from extract.document import Grid, GridCell
from extract.pdf_lines import cell_text
from extract.pdf_page import Char, Page, Rule

SNAP = 2.5
"""Coordinates closer than this are the same line."""
COVER = 0.6
"""A field is separated from its neighbour where a rule covers this share of their common side."""


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table on a page: its box and its grid."""

    x0: float
    y0: float
    x1: float
    y1: float
    grid: Grid

    def holds(self, char: Char) -> bool:
        """Whether the middle of a character lies inside the table."""
        return self.x0 - 1 <= char.x <= self.x1 + 1 and self.y0 - 1 <= char.y <= self.y1 + 1


@dataclass(frozen=True, slots=True)
class _Component:
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]


def find_tables(page: Page) -> list[Table]:
    """The ruled tables of a page, from top to bottom."""
    found: list[Table] = []
    for component in _components(_merge(page.horizontal), _merge(page.vertical)):
        table = _table(component, page)
        if table is not None:
            found.append(table)
    return sorted(found, key=lambda table: -table.y1)


def _merge(rules: Sequence[Rule]) -> list[Rule]:
    """Rules on one line that touch are one; borders are drawn cell by cell, and twice."""
    merged: list[Rule] = []
    for group in _lines(rules):
        at = sum(rule.at for rule in group) / len(group)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start <= end + SNAP:
                end = max(end, rule.end)
            else:
                merged.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        merged.append(Rule(at, start, end))
    return merged


def _lines(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules grouped by their coordinate, each group in order along the line."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if groups and rule.at - groups[-1][0].at <= SNAP:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return [sorted(group, key=lambda rule: rule.start) for group in groups]


def _components(horizontal: list[Rule], vertical: list[Rule]) -> list[_Component]:
    """Rules that cross or touch each other, directly or through others."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for h, across in enumerate(horizontal):
        for v, down in enumerate(vertical, len(horizontal)):
            if _touch(across, down):
                parent[root(h)] = root(v)
    members: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n, rule in enumerate((*horizontal, *vertical)):
        sides = members.setdefault(root(n), ([], []))
        sides[0 if n < len(horizontal) else 1].append(rule)
    return [_Component(tuple(h), tuple(v)) for h, v in members.values() if h and len(v) >= 2]


def _touch(across: Rule, down: Rule) -> bool:
    return (
        across.start - SNAP <= down.at <= across.end + SNAP
        and down.start - SNAP <= across.at <= down.end + SNAP
    )


def _coordinates(values: Sequence[float]) -> list[float]:
    """Sorted distinct coordinates, those closer than SNAP taken together."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > SNAP:
            found.append(value)
    return found


def _table(component: _Component, page: Page) -> Table | None:
    xs = _coordinates([rule.at for rule in component.vertical])
    ends = [end for rule in component.vertical for end in (rule.start, rule.end)]
    ys = _coordinates([*(rule.at for rule in component.horizontal), min(ends), max(ends)])[::-1]
    if len(xs) < 2 or len(ys) < 2:
        return None
    fields = _join_fields(xs, ys, component)
    chars = [c for c in page.chars if xs[0] < c.x < xs[-1] and ys[-1] < c.y < ys[0]]
    grid = _grid(fields, xs, ys, chars)
    return Table(xs[0], ys[-1], xs[-1], ys[0], Grid(grid, place=f"page {page.number}"))


def _join_fields(xs: list[float], ys: list[float], component: _Component) -> list[list[int]]:
    """For each elementary field the number of the cell it belongs to."""
    columns, rows = len(xs) - 1, len(ys) - 1
    parent = list(range(columns * rows))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    def join(one: int, other: int) -> None:
        low, high = sorted((root(one), root(other)))
        parent[high] = low

    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and not _covered(
                component.vertical, xs[column + 1], ys[row + 1], ys[row]
            ):
                join(here, here + 1)
            if row + 1 < rows and not _covered(
                component.horizontal, ys[row + 1], xs[column], xs[column + 1]
            ):
                join(here, here + columns)
    return [[root(row * columns + column) for column in range(columns)] for row in range(rows)]


def _covered(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    """Whether rules on the line `at` cover enough of the stretch from `start` to `end`."""
    length = end - start
    covered = sum(
        max(0.0, min(rule.end, end) - max(rule.start, start))
        for rule in rules
        if abs(rule.at - at) <= SNAP
    )
    return covered >= COVER * length


def _grid(
    fields: list[list[int]], xs: list[float], ys: list[float], chars: Sequence[Char]
) -> tuple[tuple[GridCell, ...], ...]:
    inside: dict[int, list[Char]] = {}
    downward = [-y for y in ys]
    for char in chars:
        column = bisect_right(xs, char.x) - 1
        row = bisect_right(downward, -char.y) - 1
        inside.setdefault(fields[row][column], []).append(char)
    extent = _extents(fields)
    rows: list[tuple[GridCell, ...]] = []
    for number, line in enumerate(fields):
        cells = []
        for column, cell in enumerate(line):
            top, left, bottom, right = extent[cell]
            if (top, left) == (number, column):
                width = xs[right + 1] - xs[left]
                text = cell_text(inside.get(cell, []), width)
                cells.append(GridCell(text, column, bottom - top + 1, right - left + 1))
        rows.append(tuple(cells))
    return tuple(rows)


def _extents(fields: list[list[int]]) -> dict[int, tuple[int, int, int, int]]:
    """top, left, bottom, right of each cell in fields."""
    extent: dict[int, tuple[int, int, int, int]] = {}
    for row, line in enumerate(fields):
        for column, cell in enumerate(line):
            top, left, bottom, right = extent.get(cell, (row, column, row, column))
            extent[cell] = (min(top, row), min(left, column), max(bottom, row), max(right, column))
    return extent
