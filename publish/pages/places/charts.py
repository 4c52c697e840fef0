"""Bar charts as geometry: years side by side, each a stack of parts told apart by their pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEP = 64
BAR = 40
HEIGHT = 120
TOP = 22
BOTTOM = 26
ROOM = 13
"""Pixels a number needs inside a bar."""

Number = int | float


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a bar. `text` is its number where there is room for it."""

    key: str
    y: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """One bar: its label below, the number above ("" for none), its blocks from the bottom up."""

    x: float
    label: str
    text: str
    top: float
    blocks: tuple[Block, ...]

    @property
    def middle(self) -> float:
        """Return where its words are centred."""
        return self.x + BAR / 2


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title, the parts of its bars as (key, label), and what it says in words."""

    id: str
    title: str
    parts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    words: str

    @property
    def width(self) -> int:
        """Return the width of the drawing."""
        return STEP * len(self.columns) + STEP - BAR

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        return TOP + HEIGHT + BOTTOM

    @property
    def base(self) -> int:
        """Return where the bars stand."""
        return TOP + HEIGHT

    bar: int = BAR


def chart(
    id: str,
    title: str,
    parts: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Number | None, Mapping[str, Number | None]]],
    *,
    nothing: str,
    most: Number | None = None,
) -> Chart:
    """Return a chart of rows (label, total, value by part).

    `total` stands above the bar as printed; a row without a total has no bar but `nothing` in
    its place: blank is not zero. `most` is the value of a full bar, the largest one by default.
    """
    heights = [sum(_known(values, parts)) for _, _, values in rows]
    full = most or max([*heights, *(total or 0 for _, total, _ in rows)], default=0) or 1
    columns = tuple(
        _column(place, label, total, values, parts, full, nothing)
        for place, (label, total, values) in enumerate(rows)
    )
    words = "；".join(f"{column.label} {column.text}" for column in columns)
    return Chart(id, title, tuple(parts), columns, words)


def _known(values: Mapping[str, Number | None], parts: Sequence[tuple[str, str]]) -> list[Number]:
    return [number for key, _ in parts if (number := values.get(key)) is not None]


def _column(
    place: int,
    label: str,
    total: Number | None,
    values: Mapping[str, Number | None],
    parts: Sequence[tuple[str, str]],
    full: Number,
    nothing: str,
) -> Column:
    x = (STEP - BAR) + STEP * place
    base = float(TOP + HEIGHT)
    if total is None:
        return Column(x, label, nothing, base, ())
    blocks = []
    for key, _ in parts:
        number = values.get(key) or 0
        height = round(HEIGHT * min(number, full) / full, 1)
        if height:
            base = round(base - height, 1)
            several = len(parts) > 1 and height >= ROOM
            blocks.append(Block(key, base, height, f"{number:,}" if several else ""))
    return Column(
        x, label, f"{total:,}" if isinstance(total, int) else f"{total:.1%}", base, tuple(blocks)
    )
