"""Tables as they look after a page break and a converter: cut in two, their headers broken."""

from __future__ import annotations

from dataclasses import replace

from gongkai.replica.content import Values
from gongkai.replica.form import Cell, Grid, grid


def cut(whole: Grid, after: int) -> tuple[Grid, Grid]:
    """Part a table where a page ended: what spans the cut goes on below as an empty cell."""
    upper: list[tuple[Cell, ...]] = []
    first_below: dict[int, Cell] = {}
    for number, row in enumerate(occupied(whole)):
        if number >= after:
            break
        for column, cell in row:
            if number + cell.rows > after:
                first_below[column] = Cell("", cell.cols, number + cell.rows - after)
        upper.append(tuple(replace(cell, rows=min(cell.rows, after - number)) for _, cell in row))
    placed = {**first_below, **dict(occupied(whole)[after])}
    opening = tuple(placed[column] for column in sorted(placed))
    return tuple(upper), (opening, *whole[after + 1 :])


def occupied(whole: Grid) -> list[list[tuple[int, Cell]]]:
    """Each row's cells with the column they stand in, spans from above taken into account."""
    taken: set[tuple[int, int]] = set()
    rows = []
    for number, row in enumerate(whole):
        column, placed = 0, []
        for cell in row:
            while (number, column) in taken:
                column += 1
            placed.append((column, cell))
            taken |= {
                (number + down, column + right)
                for down in range(cell.rows)
                for right in range(cell.cols)
            }
        rows.append(placed)
    return rows


def cut_review(values: Values) -> tuple[Grid, Grid]:
    """Table 3 as a converter left it in seed 002: the header's last characters on the next page."""
    whole = grid("review_litigation", values, {})
    suits = [*map(Cell, ("结果", "结果", "其他", "尚未", "总计"))] * 2
    upper = (
        whole[0],
        (*map(_tall, ("结果 维持", "结果 纠正", "其他 结", "尚未 审", "总计")), *whole[1][5:]),
        tuple(suits),
    )
    rest = ("持", "", "果", "结", "", *("维", "纠", "结", "审", "") * 2)
    tail = ("",) * 5 + ("持", "正", "果", "结", "") * 2
    return upper, (tuple(map(Cell, rest)), tuple(map(Cell, tail)), whole[3])


def _tall(text: str) -> Cell:
    return Cell(text, rows=2)
