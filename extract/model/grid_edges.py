"""The edges that divide a table, without those that only look like it.

Where somebody dragged the edges of some rows, where a browser broke a merged cell over two pages,
a table has columns of a millimetre and rows of no height: all the cells around span them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from gongkai.extract.model.document import Grid, GridCell

_MOST_EDGES = 200
"""More than any table of the form has; what has more stays as it is."""

EdgeNumbers = dict[int, int]
"""The number of an edge among those that divide, by its place."""


def number_edges(spans: Iterable[tuple[int, int]], at: Sequence[float] = ()) -> EdgeNumbers | None:
    """Number the edges of spans; two get the same number where nothing fills just what is between.

    Of several such places the thinnest is none first, by the coordinates `at` of the edges where
    they are known. None where there is nothing to number, or far too much.

    >>> number_edges([(0, 4), (4, 6), (0, 5), (5, 6), (0, 6)])
    {0: 0, 4: 1, 5: 1, 6: 2}
    """
    known = set(spans)
    edges = sorted({edge for span in known for edge in span})
    if not edges or len(edges) > _MOST_EDGES:
        return None
    sizes = {edge: at[edge] if at else edge for edge in edges}
    place = {edge: edge for edge in edges}
    while slivers := _empty_gaps(place, known):
        start, end = min(slivers, key=lambda gap: abs(sizes[gap[1]] - sizes[gap[0]]))
        place = {edge: start if now == end else now for edge, now in place.items()}
    order = {now: number for number, now in enumerate(sorted(set(place.values())))}
    return {edge: order[now] for edge, now in place.items()}


def _empty_gaps(place: EdgeNumbers, spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    filled = {(place[start], place[end]) for start, end in spans}
    return [gap for gap in pairwise(sorted(set(place.values()))) if gap not in filled]


def remove_thin_rows(grid: Grid, heights: Sequence[float]) -> Grid:
    """The grid without rows that every cell in them spans together with another row.

    `heights` are the coordinates of its rows' edges, one more than it has rows.
    """
    if all(cell.rows == 1 for row in grid.rows for cell in row):
        return grid
    spans = ((n, n + cell.rows) for n, row in enumerate(grid.rows) for cell in row)
    edges = number_edges(spans, heights)
    if edges is None or len(set(edges.values())) == len(edges):
        return grid
    rows: list[list[GridCell]] = [[] for _ in range(max(edges.values()))]
    for n, row in enumerate(grid.rows):
        if row:
            rows[edges[n]] += [replace(c, rows=edges[n + c.rows] - edges[n]) for c in row]
    return replace(grid, rows=tuple(tuple(sorted(row, key=_column)) for row in rows))


def _column(cell: GridCell) -> int:
    return cell.column
