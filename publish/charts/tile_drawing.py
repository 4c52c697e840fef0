"""Maps of equal squares, and rows of squares, as pictures that stand alone."""

from __future__ import annotations

from collections.abc import Callable

from gongkai.publish.charts.chart import Drawing
from gongkai.publish.charts.heat import (
    DARK_FROM,
    SHADES,
    HeatCell,
    RegionMap,
    tile_positions,
)
from gongkai.publish.charts.svg_markup import (
    INK,
    RULE,
    SOFT,
    element,
    text_element,
    text_width,
    wrap_text,
)

TILE, GAP = 74, 4
SQUARE_WIDTH, SQUARE_HEIGHT, ABREAST = 66, 36, 10
HEAD_WIDTH = 96
NOTHING_KNOWN = "url(#no-value)"


def draw_region_map(chart: RegionMap) -> Drawing:
    """Return the squares of a map, or its rows, with the key of its shades below."""
    drawing = _draw_tiles(chart) if chart.tiles else _draw_rows(chart)
    key, height = _legend(chart, drawing.width)
    pattern = element(
        "pattern",
        element("rect", width=6, height=6, fill="#ffffff")
        + element("path", d="M0 0V6", stroke="#c9c2b4", stroke_width=2),
        id="no-value",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    below = element("g", key, transform=f"translate(0 {drawing.height + 14:.1f})")
    markup = f"{element('defs', pattern)}{drawing.markup}{below}"
    return Drawing(drawing.width, drawing.height + 14 + height, markup)


def _draw_tiles(chart: RegionMap) -> Drawing:
    cells = {cell.code: cell for cell in chart.tiles}
    shade = _shades(chart)
    parts, columns, rows = [], 0, 0
    for place in tile_positions():
        cell = cells.get(place.code) or HeatCell(place.code, place.short, None)
        x, y = (TILE + GAP) * (place.column - 1), (TILE + GAP) * (place.row - 1)
        columns, rows = max(columns, place.column), max(rows, place.row)
        name = place.english if chart.is_english else place.short
        lines = wrap_text(name, TILE - 4, 11 if chart.is_english else 14, most=2)
        number = shade(cell)
        parts.append(_square(x, y, TILE, TILE, number))
        for at, line in enumerate(lines):
            size = 11 if chart.is_english else 14
            parts.append(_text(line, x + TILE / 2, y + 26 + 13 * at, number, font_size=size))
        figure = chart.figure(cell.value)
        parts.append(_text(figure, x + TILE / 2, y + TILE - 14, number, font_weight=700))
    width, height = (TILE + GAP) * columns - GAP, (TILE + GAP) * rows - GAP
    return Drawing(width, height, "".join(parts))


def _draw_rows(chart: RegionMap) -> Drawing:
    shade = _shades(chart)
    parts, y = [], 0.0
    for name, cells in chart.rows:
        shown = wrap_text(name, HEAD_WIDTH - 8, 12, most=2)
        for at, line in enumerate(shown):
            parts.append(text_element(line, 0, y + 16 + 14 * at, font_weight=700))
        for place, cell in enumerate(cells):
            x = HEAD_WIDTH + (SQUARE_WIDTH + 2) * (place % ABREAST)
            top = y + (SQUARE_HEIGHT + 2) * (place // ABREAST)
            number = shade(cell)
            parts.append(_square(x, top, SQUARE_WIDTH, SQUARE_HEIGHT, number))
            (label,) = wrap_text(cell.name, SQUARE_WIDTH - 2, 11, most=1) or [""]
            middle = x + SQUARE_WIDTH / 2
            parts.append(_text(label, middle, top + 15, number, font_size=11))
            figure = chart.figure(cell.value)
            parts.append(_text(figure, middle, top + 30, number, font_size=11, font_weight=700))
        lines = -(-max(len(cells), 1) // ABREAST)
        y += lines * (SQUARE_HEIGHT + 2) + 6
    return Drawing(HEAD_WIDTH + (SQUARE_WIDTH + 2) * ABREAST, y, "".join(parts))


def _shades(chart: RegionMap) -> Callable[[HeatCell], int]:
    scale = chart.scale
    return lambda cell: scale.shade(cell.value)


def _square(x: float, y: float, width: float, height: float, shade: int) -> str:
    fill = SHADES[shade] if shade else NOTHING_KNOWN
    return element(
        "rect", x=x, y=y, width=width, height=height, rx=3, fill=fill, stroke=RULE, stroke_width=0.6
    )


def _text(text: str, x: float, y: float, shade: int, /, **looks: str | int | float) -> str:
    fill = "#ffffff" if shade >= DARK_FROM else INK
    return text_element(text, x, y, text_anchor="middle", fill=fill, **looks)


def _legend(chart: RegionMap, width: float) -> tuple[str, float]:
    parts, x, y = [], 0.0, 0.0
    for shade, label in (*chart.legend(), (0, "—")):
        wide = 24 + text_width(label) + 18
        if x and x + wide > width:
            x, y = 0.0, y + 21
        parts.append(_square(x, y, 18, 14, shade))
        parts.append(text_element(label, x + 24, y + 11, fill=SOFT))
        x += wide
    return "".join(parts), y + 18
