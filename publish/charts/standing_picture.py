"""A chart as a picture that stands alone: title, source, date, basis and address are in it."""

from __future__ import annotations

from gongkai.publish.charts.bars import draw_bars
from gongkai.publish.charts.chart import Caption, Chart, Drawing
from gongkai.publish.charts.heat import RegionMap
from gongkai.publish.charts.lines import draw_lines, draw_panels
from gongkai.publish.charts.patterns import fill_url
from gongkai.publish.charts.svg_markup import (
    FAINT,
    FONTS,
    PAPER,
    RED,
    RULE,
    SOFT,
    element,
    text_element,
    text_width,
    wrap_text,
    written_text,
)
from gongkai.publish.charts.tile_drawing import draw_region_map

LEAST_WIDTH = 600
MARGIN = 24
_TITLE, _SMALL = 18, 11


Picture = Chart | RegionMap
"""What can stand alone."""


def draw(chart: Picture, prefix: str) -> Drawing:
    """Return the drawing of a chart of any kind. `prefix` begins the ids that it uses."""
    if isinstance(chart, RegionMap):
        return draw_region_map(chart)
    if chart.kind == "lines":
        return draw_lines(chart)
    if chart.kind == "panels":
        return draw_panels(chart)
    return draw_bars(chart, prefix)


def standing_picture(chart: Picture, caption: Caption) -> str:
    """Return a chart as an SVG document."""
    return frame_picture(
        draw(chart, "fill"),
        caption,
        title=chart.title,
        about=chart.about,
        basis=chart.basis,
        names=_names(chart),
        words=chart.words("; "),
    )


def _names(chart: Picture) -> list[str]:
    """Return the names in the key of a chart: lines have theirs beside them, maps their own key."""
    if isinstance(chart, Chart) and chart.kind in ("stack", "share") and len(chart.series) > 1:
        return [each.label for each in chart.series]
    return []


def frame_picture(
    drawing: Drawing,
    caption: Caption,
    *,
    title: str,
    about: str = "",
    basis: str = "",
    names: list[str],
    words: str,
) -> str:
    """Return a drawing as an SVG document with a title above and its origin below.

    `names` are those of the parts, in the order of their fills. `words` say what it shows.
    """
    width = max(LEAST_WIDTH, drawing.width + 2 * MARGIN)
    inner = width - 2 * MARGIN
    y = 0.0
    parts = []
    for line in wrap_text(title, inner, _TITLE):
        y += 25
        parts.append(
            text_element(line, MARGIN, y + 8, font_size=_TITLE, font_weight=700, class_="title")
        )
    for line in wrap_text(about, inner, 12):
        y += 17
        parts.append(text_element(line, MARGIN, y + 10, fill=SOFT))
    y += 26
    x = MARGIN + max(0.0, (inner - drawing.width) / 2)
    parts.append(element("g", drawing.markup, transform=f"translate({x:.1f} {y:.1f})"))
    y += drawing.height + 8
    key, key_height = _key(names, inner)
    parts.append(element("g", key, transform=f"translate({MARGIN} {y:.1f})"))
    y += key_height + 6
    parts.append(element("path", d=f"M{MARGIN} {y:.1f}H{width - MARGIN:.1f}", stroke=FAINT))
    origin = "  ·  ".join(each for each in (caption.source, caption.date, basis) if each)
    for line in (*wrap_text(origin, inner, _SMALL), *_address_lines(caption.address, inner)):
        y += 16
        parts.append(text_element(line, MARGIN, y, fill=SOFT, font_size=_SMALL))
    height = y + 16
    ground = element("rect", width=width, height=height, fill=PAPER)
    band = element("rect", width=width, height=4, fill=RED)
    head = element("title", written_text(title)) + element("desc", written_text(words))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img"'
        f' width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' font-family="{FONTS}">{head}{ground}{band}{"".join(parts)}</svg>\n'
    )


def _address_lines(address: str, width: float) -> list[str]:
    """Return an address in lines, broken anywhere: all of it is needed to come back."""
    fits = max(20, int(width / (_SMALL * 0.58)))
    return [address[start : start + fits] for start in range(0, len(address), fits)][:8]


def _key(names: list[str], width: float) -> tuple[str, float]:
    """Return the key of the parts and its height."""
    parts, x, y = [], 0.0, 0.0
    for place, name in enumerate(names):
        (shown,) = wrap_text(name, width - 30, 12, most=1) or [""]
        wide = 24 + text_width(shown) + 18
        if x and x + wide > width:
            x, y = 0.0, y + 21
        parts.append(
            element(
                "rect",
                x=x,
                y=y,
                width=18,
                height=14,
                fill=fill_url("fill", place),
                stroke=RULE,
            )
        )
        parts.append(text_element(shown, x + 24, y + 11))
        x += wide
    return "".join(parts), y + 24 if names else 0.0
