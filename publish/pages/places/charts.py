"""Bar charts as geometry: a bar for each year, stacked from parts. All lengths are in pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEP = 64
"""From the left side of a bar to that of the next one."""

BAR_WIDTH = 40
BAR_HEIGHT = 120
TOP_MARGIN = 22
BOTTOM_MARGIN = 26
TEXT_HEIGHT = 13
"""What a number needs inside a bar."""

Number = int | float


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of a bar. `text` is its number, or "" if there is no room for it."""

    key: str
    y: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its label below, a text above it, and its parts from the bottom up."""

    x: float
    label: str
    text: str
    top: float
    blocks: tuple[BarPart, ...]

    @property
    def middle(self) -> float:
        """Where its texts are centred."""
        return self.x + BAR_WIDTH / 2


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `parts` are those of its bars as (key, label), `words` what it says as text."""

    id: str
    title: str
    parts: tuple[tuple[str, str], ...]
    columns: tuple[Bar, ...]
    words: str

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return STEP * len(self.columns) + STEP - BAR_WIDTH

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return TOP_MARGIN + BAR_HEIGHT + BOTTOM_MARGIN

    @property
    def base(self) -> int:
        """The bottom of the bars."""
        return TOP_MARGIN + BAR_HEIGHT

    bar: int = BAR_WIDTH


def draw_chart(
    id: str,
    title: str,
    parts: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Number | None, Mapping[str, Number | None]]],
    *,
    nothing: str,
    most: Number | None = None,
) -> Chart:
    """Return a chart of rows (label, total, value by part).

    `total` stands above the bar as printed. A row without a total has no bar, but the text
    `nothing` in its place: blank is not zero. `most` is the value of a full bar, by default the
    largest one.
    """
    heights = [sum(_known_values(values, parts)) for _, _, values in rows]
    full = most or max([*heights, *(total or 0 for _, total, _ in rows)], default=0) or 1
    columns = tuple(
        _draw_bar(place, label, total, values, parts, full, nothing)
        for place, (label, total, values) in enumerate(rows)
    )
    words = "；".join(f"{column.label} {column.text}" for column in columns)
    return Chart(id, title, tuple(parts), columns, words)


def _known_values(
    values: Mapping[str, Number | None], parts: Sequence[tuple[str, str]]
) -> list[Number]:
    return [number for key, _ in parts if (number := values.get(key)) is not None]


def _draw_bar(
    place: int,
    label: str,
    total: Number | None,
    values: Mapping[str, Number | None],
    parts: Sequence[tuple[str, str]],
    full: Number,
    nothing: str,
) -> Bar:
    x = (STEP - BAR_WIDTH) + STEP * place
    base = float(TOP_MARGIN + BAR_HEIGHT)
    if total is None:
        return Bar(x, label, nothing, base, ())
    blocks = []
    for key, _ in parts:
        number = values.get(key) or 0
        height = round(BAR_HEIGHT * min(number, full) / full, 1)
        if height:
            base = round(base - height, 1)
            has_text = len(parts) > 1 and height >= TEXT_HEIGHT
            blocks.append(BarPart(key, base, height, f"{number:,}" if has_text else ""))
    text = f"{total:,}" if isinstance(total, int) else f"{total:.1%}"
    return Bar(x, label, text, base, tuple(blocks))


SPARK_WIDTH, SPARK_HEIGHT = 72, 18
"""The size of a line of a table that shows how a value developed."""


def sparkline(values: Sequence[Number | None]) -> tuple[str, ...]:
    """Return the points of the lines of a small chart, one line for each stretch of known values.

    The least value is 0. A value without neighbours becomes a line of one point.
    """
    largest = max((value for value in values if value is not None), default=0) or 1
    step = (SPARK_WIDTH - 4) / max(len(values) - 1, 1)
    lines: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
            continue
        y = SPARK_HEIGHT - 2 - (SPARK_HEIGHT - 4) * max(value, 0) / largest
        lines[-1].append(f"{2 + step * place:.1f},{y:.1f}")
    return tuple(" ".join(line) for line in lines if line)
