"""The columns of one part of a table: edges that do not divide it are no edges.

Where tables of different shapes share a grid (word processors join neighbours, and write the union
of their columns), every cell covers several columns of the grid without being merged. And where
somebody dragged the edges of some rows, columns of a millimetre are spanned by all the cells around.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.recognise import Kind, Row

_FIRST = ("信息内容", "申请人情况")
"""Words of the rows that headers begin with."""
_MOST_EDGES = 100
"""More than any table of the form has; what has more stays as it is."""

Edges = dict[int, int]
"""The number of an edge in its part, by its place in the grid."""


def parts_of(grid: Sequence[tuple[Kind, Row]]) -> Iterator[tuple[Kind, list[Row]]]:
    """The rows of a grid in parts of one shape, columns counted in each part by itself.

    A part ends where another table of the form begins, or another header of the same one.
    """
    part: list[Row] = []
    current: Kind | None = None
    for kind, row in grid:
        begins = kind != current or any(word in row.text for word in _FIRST)
        if current is not None and begins:
            yield current, _counted(part)
            part = []
        current = kind
        part.append(row)
    if current is not None:
        yield current, _counted(part)


def _counted(rows: list[Row]) -> list[Row]:
    """The rows with columns counted by the edges of their own cells.

    A cell that is merged over two columns of its part stays merged. Rows whose cells do not know
    their columns stay as they are.
    """
    spans = {(c.column, c.column + c.columns) for row in rows for c in row.cells}
    edges = sorted({edge for span in spans for edge in span})
    if not edges or edges[0] < 0 or len(edges) > _MOST_EDGES:
        return rows
    found = _without_slivers(edges, spans)
    if len(set(found.values())) - 1 == edges[-1]:
        return rows
    return [_by(found, row) for row in rows]


def _without_slivers(edges: list[int], spans: set[tuple[int, int]]) -> Edges:
    """Number the edges; two get the same number where no cell fills just the column between them."""
    place = {edge: edge for edge in edges}
    while sliver := _sliver(place, spans):
        start, end = sliver
        place = {edge: start if at == end else at for edge, at in place.items()}
    order = {at: number for number, at in enumerate(sorted(set(place.values())))}
    return {edge: order[at] for edge, at in place.items()}


def _sliver(place: Edges, spans: set[tuple[int, int]]) -> tuple[int, int] | None:
    """The first column that no cell fills alone."""
    filled = {(place[start], place[end]) for start, end in spans}
    return next((gap for gap in pairwise(sorted(set(place.values()))) if gap not in filled), None)


def _by(edges: Edges, row: Row) -> Row:
    cells = tuple(
        replace(
            cell,
            column=edges[cell.column],
            columns=edges[cell.column + cell.columns] - edges[cell.column],
        )
        for cell in row.cells
    )
    behind = len(cells) - len(row.values)
    return replace(row, cells=cells, values=cells[behind:], width=max(edges.values()))
