"""Count the columns of one part of a grid.

If tables of different shapes share a grid (word processors join neighbouring tables and write the
union of their columns), every cell covers several columns without being merged.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.forms.header_words import TABLE_BEGINNINGS
from gongkai.extract.model.grid_edges import EdgeNumbers, number_edges
from gongkai.extract.tables.row_recognition import FormRow, TableKind


def split_parts(
    grid: Sequence[tuple[TableKind, FormRow]],
) -> Iterator[tuple[TableKind, list[FormRow]]]:
    """Yield the rows of a grid in parts of one shape, with columns counted in each part by itself.

    A part ends where another table of the form begins, or another header of the same table.
    """
    part: list[FormRow] = []
    current: TableKind | None = None
    for kind, row in grid:
        begins = kind != current or any(word in row.text for word in TABLE_BEGINNINGS)
        if current is not None and begins:
            yield current, _recount_columns(part)
            part = []
        current = kind
        part.append(row)
    if current is not None:
        yield current, _recount_columns(part)


def _recount_columns(rows: list[FormRow]) -> list[FormRow]:
    """Return the rows with columns counted by the edges of their own cells.

    A cell that is merged over two columns of its part stays merged. Rows with unknown columns stay
    as they are. Word ends a table of misaligned edges with a row that has a cell for each edge; a
    row without text therefore divides nothing.
    """
    if any(cell.column < 0 for row in rows for cell in row.cells):
        return rows
    said = [cell for row in rows if row.text for cell in row.cells]
    edges = number_edges((cell.column, cell.column + cell.columns) for cell in said)
    if edges is None or all(at == number for at, number in edges.items()):
        return rows
    return [_renumber(edges, row) for row in rows]


def _renumber(edges: EdgeNumbers, row: FormRow) -> FormRow:
    places = sorted(edges)

    def number(edge: int) -> int:
        return edges[places[max(0, bisect_right(places, edge) - 1)]]

    spans = [(number(c.column), number(c.column + c.columns)) for c in row.cells]
    cells = [
        replace(cell, column=start, columns=end - start)
        for cell, (start, end) in zip(row.cells, spans, strict=True)
    ]
    behind = len(cells) - len(row.values)
    kept = tuple(cell for cell in cells if cell.columns)
    return replace(
        row,
        text=normalize_text("".join(cell.text for cell in kept)),
        cells=kept,
        values=tuple(cell for cell in cells[behind:] if cell.columns),
        width=max(edges.values()),
    )
