"""Stacked bars: a bar for each column, its total above it, its parts with hatches and numbers."""

from __future__ import annotations

from gongkai.publish.charts.chart import NOTHING, Chart, Drawing, Number
from gongkai.publish.charts.patterns import fill_definitions, fill_of, fill_url
from gongkai.publish.charts.svg_markup import PAPER, RULE, SOFT, element, text_element, text_width

STEP = 64
"""From the left side of a bar to that of the next one."""

BAR_WIDTH = 40
BAR_HEIGHT = 150
TOP, BOTTOM = 22, 26
COUNT_HEIGHT = 16
"""What the numbers of reports need below the years."""

TEXT_HEIGHT = 13
"""What a number needs inside a bar."""


def draw_bars(chart: Chart, prefix: str) -> Drawing:
    """Return the bars of a chart. `prefix` begins the ids of its fills: they are unique on a page.

    A column without figures has no bar but a dash: blank is not zero.
    """
    width = STEP * len(chart.columns) + STEP - BAR_WIDTH
    height = TOP + BAR_HEIGHT + BOTTOM + (COUNT_HEIGHT if any(chart.counts) else 0)
    base = TOP + BAR_HEIGHT
    full = _full_height(chart)
    parts = [
        fill_definitions(prefix, len(chart.series)),
        element("path", d=f"M0 {base}H{width}", stroke=RULE, class_="axis"),
    ]
    for place, label in enumerate(chart.columns):
        x = STEP - BAR_WIDTH + STEP * place
        parts.append(_bar(chart, place, x, base, full, prefix))
        middle = x + BAR_WIDTH / 2
        parts.append(_centred(label, middle, base + 18, class_="below", fill=SOFT))
        count = chart.counts[place] if chart.counts else None
        if count:
            parts.append(
                _centred(f"n={count:,}", middle, base + 33, class_="below", fill=SOFT, font_size=10)
            )
    return Drawing(width, height, "".join(parts))


def _full_height(chart: Chart) -> Number:
    if chart.is_rate:
        return 1
    places = range(len(chart.columns))
    return max((max(_sum(chart, at), chart.total(at) or 0) for at in places), default=0) or 1


def _sum(chart: Chart, place: int) -> Number:
    return sum(max(each.values[place] or 0, 0) for each in chart.series)


def _bar(chart: Chart, place: int, x: float, base: float, full: Number, prefix: str) -> str:
    total = chart.total(place)
    middle = x + BAR_WIDTH / 2
    if total is None:
        return _centred(NOTHING, middle, base - 6, class_="above")
    if chart.kind == "share":
        full = _sum(chart, place) or 1
    parts, top = [], base
    for number, series in enumerate(chart.series):
        value = max(series.values[place] or 0, 0)
        height = round(BAR_HEIGHT * min(value / full, 1), 1)
        if not height:
            continue
        top = round(top - height, 1)
        parts.append(
            element(
                "rect",
                x=x,
                y=top,
                width=BAR_WIDTH,
                height=height,
                fill=fill_url(prefix, number),
                stroke=RULE,
                class_="block",
            )
        )
        if len(chart.series) > 1 and height >= TEXT_HEIGHT:
            shown = f"{value / full:.0%}" if chart.kind == "share" else chart.figure(value)
            parts.append(_inside(shown, middle, top + height / 2, number))
    parts.append(_centred(chart.figure(total), middle, top - 6, class_="above", font_weight=700))
    return "".join(parts)


def _inside(text: str, middle: float, y: float, number: int) -> str:
    """Return a number inside a bar: light on a dark fill, on a plate where there are hatches."""
    fill = fill_of(number)
    if fill.is_dark:
        return _centred(text, middle, y + 4, class_="inside light", fill="#ffffff", font_size=11)
    wide = text_width(text, 11) + 6
    plate = element(
        "rect",
        x=middle - wide / 2,
        y=y - 6.5,
        width=wide,
        height=13,
        rx=2,
        fill=PAPER,
        class_="plate",
    )
    return plate + _centred(text, middle, y + 4, class_="inside", font_size=11)


def _centred(text: str, x: float, y: float, /, **attributes: str | int | float) -> str:
    return text_element(text, x, y, text_anchor="middle", **attributes)
