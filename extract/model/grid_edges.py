"""Find the edges that really divide a table.

Dragged edges in single rows, and merged cells that a browser broke over two pages, leave columns of
a millimetre and rows without height, which all other cells span.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from gongkai.extract.model.document import Grid, GridCell

_MOST_EDGES = 200
"""More than any table of the form has; other grids stay as they are."""

EdgeNumbers = dict[int, int]
"""The number of each dividing edge, by its place."""


def number_edges(spans: Iterable[tuple[int, int]], at: Sequence[float] = ()) -> EdgeNumbers | None:
    """Return a number for each edge of the spans.

    Two edges get one number if no span fills exactly the gap between them. If there are several
    such gaps, the thinnest is closed first, measured by the coordinates `at` of the edges if they
    are known. The result is None if there are no edges, or far too many.

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
    """Return the grid without rows that all their cells share with another row.

    `heights` are the coordinates of the edges of its rows, one more than there are rows.
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
