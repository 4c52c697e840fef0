"""Where a cell stands in its document, so that it can be shown there."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
Shares = tuple[int, int, int, int]
_STORED_NUMBERS = 5
WHOLE = 10_000
"""Shares of a whole width or height."""


@dataclass(frozen=True, slots=True)
class CellPlace:
    """The place of a cell of a table.

    `number` counts the cells of a document in the order in which they are read, from 1; it is 0 in
    drawn documents. There `page` counts from 1, and `box` has the left, lower, right and upper side
    of the cell in points, y upwards, on the page as it is read: its own rotation applied, and turned
    by further `turn` degrees clockwise where most of its text runs sideways. Of a cell that was recognised
    in a picture, or in a page that is one, `shares` has the left, upper, right and lower side in
    ten-thousandths of the width and height of that picture; `page` is its number.
    """

    number: int = 0
    page: int = 0
    box: Box | None = None
    turn: int = 0
    shares: Shares | None = None

    def __str__(self) -> str:
        """Return the place of a recognised cell as it is stored: page and shares; "" for others."""
        return " ".join(map(str, (self.page, *self.shares))) if self.shares else ""


def parse_place(stored: str) -> CellPlace | None:
    """Return the place of a recognised cell as it is stored, None for an empty text.

    >>> parse_place("2 100 250 300 275").shares
    (100, 250, 300, 275)
    """
    numbers = [int(each) for each in stored.split()]
    if len(numbers) != _STORED_NUMBERS:
        return None
    page, left, upper, right, lower = numbers
    return CellPlace(page=page, shares=(left, upper, right, lower))


_SAME = 2.5  # points between the sides of a column on two pages


def are_one_column(one: CellPlace | None, other: CellPlace | None) -> bool:
    """Return whether two cells, on whatever pages, have their left and right sides in common."""
    if one is None or other is None or one.box is None or other.box is None:
        return False
    (left, _, right, _), (start, _, end, _) = one.box, other.box
    return abs(left - start) < _SAME and abs(right - end) < _SAME
