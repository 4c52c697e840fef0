"""The cells to which the main figures of a report lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.publish.wording.rules import CellKey


@dataclass(frozen=True, slots=True)
class FigureCell:
    """The cell that is a figure, or the first of those that add up to it (`is_whole` is false)."""

    key: CellKey
    is_whole: bool


FIGURE_CELLS: Mapping[str, FigureCell] = {
    "new": FigureCell(("requests", "new", "total"), is_whole=True),
    "handled": FigureCell(("requests", "total_handled", "total"), is_whole=True),
    "disclosed": FigureCell(("requests", "granted", "total"), is_whole=False),
    "refused": FigureCell(("requests", "refused_state_secret", "total"), is_whole=False),
    "reviews": FigureCell(("review_litigation", "review", "total"), is_whole=True),
    "suits": FigureCell(("review_litigation", "suit_direct", "total"), is_whole=False),
}
