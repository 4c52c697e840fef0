"""A chart as part of a page: its title and key are HTML, its looks may change with the page's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

from markupsafe import Markup

from gongkai.publish.charts.chart import Chart, Drawing
from gongkai.publish.charts.lines import PAGE_STEP, draw_lines, draw_panel
from gongkai.publish.charts.patterns import fill_url
from gongkai.publish.charts.standing_picture import draw
from gongkai.publish.charts.svg_markup import FONTS, RULE, element


def inline_picture(chart: Chart, separator: str, colon: str) -> Markup:
    """Return the drawing of a chart with its figures as a text for those who do not see it.

    Small charts are a drawing each, so that as many stand abreast as a screen has room for.
    """
    if chart.kind == "panels":
        panels = (
            _drawn(
                draw_panel(chart, place),
                replace(chart, series=(series,)).words(separator),
            )
            for place, series in enumerate(chart.series)
        )
        return Markup(f'<div class="panels">{"".join(panels)}</div>')
    words = f"{chart.title}{colon}{chart.words(separator)}"
    if chart.kind == "lines":
        return Markup(_drawn(draw_lines(chart, PAGE_STEP), words))
    return Markup(_drawn(draw(chart, f"fill-{chart.key}"), words))


def _drawn(drawing: Drawing, words: str) -> str:
    size = f'width="{drawing.width:.0f}" height="{drawing.height:.0f}"'
    return (
        f'<svg role="img" aria-label="{escape(words)}" {size}'
        f' viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" font-family="{FONTS}">'
        f"{drawing.markup}</svg>"
    )


def key_square(chart: Chart, place: int) -> Markup:
    """Return the square that shows the fill of a part in the key beside a chart."""
    square = element(
        "rect",
        width=18,
        height=14,
        fill=fill_url(f"fill-{chart.key}", place),
        stroke=RULE,
        class_="block",
    )
    return Markup(f'<svg width="18" height="14" aria-hidden="true">{square}</svg>')


@dataclass(frozen=True, slots=True)
class ChartAddress:
    """Where a chart is as a file and as a frame for other sites: paths with the query of the page.

    `frame` is the path of the frame within the site, `embed` the same below the base of the site.
    """

    svg: str
    png: str
    embed: str
    frame: str


def chart_address(page: str, key: str, base: str = "") -> ChartAddress:
    """Return where the chart `key` of a page is. `page` is its path with its query, below `base`."""
    path, question, query = page.partition("?")
    base, chart, end = base.rstrip("/"), f"{path}/chart/{key}", f"{question}{query}"
    return ChartAddress(
        svg=f"{base}{chart}.svg{end}",
        png=f"{base}{chart}.png{end}",
        embed=f"{base}/embed{chart}{end}",
        frame=f"/embed{chart}{end}",
    )
