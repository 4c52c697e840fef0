"""Where a cell stands in its document, so that it can be shown there."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CellPlace:
    """The place of a cell of a table.

    `number` counts the cells of a document in the order in which they are read, from 1; it is 0 in
    drawn documents. There `page` counts from 1, and `box` has the left, lower, right and upper side
    of the cell in points, y upwards, on the page as it is read: its own rotation applied, and turned
    by further `turn` degrees clockwise where most of its text runs sideways.
    """

    number: int = 0
    page: int = 0
    box: Box | None = None
    turn: int = 0


_SAME = 2.5  # points between the sides of a column on two pages


def are_one_column(one: CellPlace | None, other: CellPlace | None) -> bool:
    """Return whether two cells, on whatever pages, have their left and right sides in common."""
    if one is None or other is None or one.box is None or other.box is None:
        return False
    (left, _, right, _), (start, _, end, _) = one.box, other.box
    return abs(left - start) < _SAME and abs(right - end) < _SAME
