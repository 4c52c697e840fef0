"""Lines over years on one scale, each with its name at its end, or a small chart for each line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10

from gongkai.publish.charts.chart import Chart, Drawing, Number, Series
from gongkai.publish.charts.patterns import DASHES, LINE_COLOURS, point_mark
from gongkai.publish.charts.svg_markup import (
    FAINT,
    RULE,
    SOFT,
    element,
    text_element,
    wrap_text,
)

STEP, WIDEST_STEP = 52, 110
"""From one year to the next: at least, and at most where there are few."""

PAGE_STEP = 64
"""At most from one year to the next on a page: three years fit on a phone."""

SPAN = 440
"""From the first year to the last, where they can be chosen."""

LEFT, RIGHT, TOP, BOTTOM = 48, 144, 14, 26
HEIGHT = 210
LINE_HEIGHT = 14
"""Of the names beside lines."""

PANEL_WIDTH, PANEL_HEIGHT, PANEL_TOP = 230, 90, 38
PANELS_ABREAST = 3
ROW_HEIGHT = PANEL_TOP + PANEL_HEIGHT + 30


class Scale:
    """Where a value stands: round steps from 0 to a round value above the largest."""

    def __init__(self, largest: Number, is_rate: bool, height: float, steps: int = 4) -> None:
        """Choose the steps for values up to `largest`; a rate never goes beyond 1."""
        least = 0.01 if is_rate else 1
        raw = max(largest, least) / steps
        power = 10.0 ** floor(log10(raw))
        step = next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= raw * 0.999)
        if not is_rate:
            step = max(1, ceil(step))
        self.values = [step * n for n in range(ceil(max(largest, least) / step - 1e-9) + 1)]
        if is_rate and self.values[-1] > 1:
            self.values = [each for each in self.values if each < 1] + [1]
        self.is_rate = is_rate
        self._height = height

    def y(self, value: Number) -> float:
        """Return how far a value is above the base line."""
        return self._height * value / self.values[-1]

    def label(self, value: Number) -> str:
        """Return the text of a step."""
        if not self.is_rate:
            return f"{value:,.0f}"
        is_whole = abs(value * 100 - round(value * 100)) < 1e-6
        return f"{value:.0%}" if is_whole else f"{value:.1%}"


def largest_value(chart: Chart) -> Number:
    """Return the largest value of all lines, 0 without one."""
    return max((v for each in chart.series for v in each.values if v is not None), default=0)


def draw_lines(chart: Chart, widest: int = WIDEST_STEP) -> Drawing:
    """Return all lines of a chart on one scale. A year without a figure interrupts its line.

    `widest` is the most pixels from one year to the next.
    """
    gaps = max(len(chart.columns) - 1, 1)
    step = max(STEP, min(widest, SPAN // gaps))
    span = step * gaps
    width, base = LEFT + span + RIGHT, TOP + HEIGHT
    scale = Scale(largest_value(chart), chart.is_rate, HEIGHT)
    parts = [_grid(scale, LEFT - 8, LEFT + span + 8, base)]
    xs = [LEFT + step * place for place in range(len(chart.columns))]
    parts += [
        text_element(label, x, base + 18, text_anchor="middle", fill=SOFT, class_="below")
        for label, x in zip(chart.columns, xs, strict=True)
    ]
    ends = []
    for place, series in enumerate(chart.series):
        points = _points(series.values, xs, base, scale)
        parts.append(_line(points, place))
        last = next((at for at in reversed(range(len(points))) if points[at]), None)
        if last is not None and (point := points[last]):
            figure = chart.figure(series.values[last])
            ends.append((point[1], point[0], place, (*_name_lines(series.label), figure)))
    bottom = float(base)
    for at, end in _spread(ends, TOP + 4):
        parts.append(_name(end, at, LEFT + span))
        bottom = max(bottom, at + LINE_HEIGHT * len(end[3]))
    return Drawing(width, max(base + BOTTOM, bottom + 6), "".join(parts))


def draw_panels(chart: Chart, abreast: int = PANELS_ABREAST) -> Drawing:
    """Return a small chart for each line, all with the same axes."""
    abreast = min(abreast, max(len(chart.series), 1))
    parts = [
        _panel(chart, series, PANEL_WIDTH * (place % abreast), ROW_HEIGHT * (place // abreast))
        for place, series in enumerate(chart.series)
    ]
    rows = ceil(len(chart.series) / abreast)
    return Drawing(PANEL_WIDTH * abreast, ROW_HEIGHT * rows, "".join(parts))


def draw_panel(chart: Chart, place: int) -> Drawing:
    """Return the small chart of one line, with the axes that all lines of the chart have."""
    return Drawing(PANEL_WIDTH, ROW_HEIGHT, _panel(chart, chart.series[place], 0, 0))


def _panel(chart: Chart, series: Series, x0: float, y0: float) -> str:
    scale = Scale(largest_value(chart), chart.is_rate, PANEL_HEIGHT, steps=2)
    left = 46
    span = PANEL_WIDTH - left - 26
    step = span / max(len(chart.columns) - 1, 1)
    base = y0 + PANEL_TOP + PANEL_HEIGHT
    xs = [x0 + left + step * number for number in range(len(chart.columns))]
    parts = [
        text_element(text, x0 + 8, y0 + 13 + 14 * number, font_weight=700, class_="name")
        for number, text in enumerate(wrap_text(series.label, PANEL_WIDTH - 20, most=2))
    ]
    parts.append(_grid(scale, x0 + left - 4, x0 + left + span + 4, base))
    for number in sorted({0, len(chart.columns) - 1}):
        parts.append(
            text_element(
                chart.columns[number],
                xs[number],
                base + 15,
                text_anchor="middle",
                fill=SOFT,
                font_size=11,
                class_="below",
            )
        )
    points = _points(series.values, xs, base, scale)
    parts += [_line(points, 0), _last_figure(chart, series, points, base)]
    return "".join(parts)


def _last_figure(
    chart: Chart, series: Series, points: Sequence[tuple[float, float] | None], base: float
) -> str:
    """Return the last figure, above its point, or below it where the line comes from above."""
    known = [(place, point) for place, point in enumerate(points) if point]
    if not known:
        return ""
    place, (x, y) = known[-1]
    before = points[place - 1] if place else None
    is_below = before is not None and before[1] < y and y + 18 < base
    return text_element(
        chart.figure(series.values[place]),
        x,
        y + 16 if is_below else y - 8,
        text_anchor="end" if place else "start",
        font_size=11,
        font_weight=700,
        class_="above",
    )


def _grid(scale: Scale, left: float, right: float, base: float) -> str:
    parts = []
    for value in scale.values:
        y = base - scale.y(value)
        parts.append(
            element(
                "path",
                d=f"M{left:.1f} {y:.1f}H{right:.1f}",
                stroke=FAINT if value else RULE,
                class_="grid" if value else "axis",
            )
        )
        parts.append(
            text_element(
                scale.label(value),
                left - 4,
                y + 4,
                text_anchor="end",
                fill=SOFT,
                font_size=11,
                class_="tick",
            )
        )
    return "".join(parts)


def _points(
    values: Sequence[Number | None], xs: Sequence[float], base: float, scale: Scale
) -> list[tuple[float, float] | None]:
    return [
        None if value is None else (x, base - scale.y(max(value, 0)))
        for x, value in zip(xs, values, strict=True)
    ]


def _line(points: Sequence[tuple[float, float] | None], place: int) -> str:
    """Return the stretches between neighbouring points, and a mark on each point."""
    stretches = "".join(
        f"M{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}"
        for one, other in pairwise(points)
        if one and other
    )
    parts = []
    if stretches:
        looks: dict[str, str | int | float] = {
            "d": stretches,
            "fill": "none",
            "stroke": LINE_COLOURS[place % len(LINE_COLOURS)],
            "stroke_width": 2,
            "class_": f"line line-{place % len(LINE_COLOURS) + 1}",
        }
        if DASHES[place % len(DASHES)]:
            looks["stroke_dasharray"] = DASHES[place % len(DASHES)]
        parts.append(element("path", **looks))
    parts += [point_mark(place, *point) for point in points if point]
    return "".join(parts)


_End = tuple[float, float, int, tuple[str, ...]]
"""The last point of a line (y, x), the place of the line, and the texts beside it."""


def _name_lines(title: str) -> list[str]:
    return wrap_text(title, RIGHT - 34, most=2)


def _spread(ends: Sequence[_End], top: float) -> list[tuple[float, _End]]:
    """Return where the names of lines stand, from the top down, so that none covers another."""
    placed = []
    free = top
    for end in sorted(ends):
        at = max(end[0], free)
        free = at + LINE_HEIGHT * len(end[3]) + 3
        placed.append((at, end))
    return placed


def _name(end: _End, at: float, right: float) -> str:
    """Return the name of a line and its last figure, led there from its last point."""
    y, x, place, lines = end
    left = right + 26
    parts = []
    if abs(at - y) > 2 or x < right:
        parts.append(
            element(
                "path",
                d=f"M{x + 5:.1f} {y:.1f}L{left - 12} {at:.1f}",
                stroke=LINE_COLOURS[place % len(LINE_COLOURS)],
                stroke_width=0.6,
                fill="none",
                class_=f"line-{place % len(LINE_COLOURS) + 1}",
            )
        )
    parts.append(point_mark(place, left - 6, at))
    for number, text in enumerate(lines):
        is_figure = number == len(lines) - 1
        parts.append(
            text_element(
                text,
                left + 3,
                at + 4 + LINE_HEIGHT * number,
                class_="above" if is_figure else "name",
                font_weight=700 if is_figure else 400,
            )
        )
    return "".join(parts)
