"""PAGE/chart/NAME.svg and .png: a chart of a page as a file. /embed/PAGE/chart/NAME: the same in a frame.

The query of the page is that of its pictures. Their address stays as long as that of the page.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256

from datasette.utils.asgi import NotFound
from markupsafe import Markup

from gongkai.publish.charts.standing_picture import Picture
from gongkai.publish.datasette_types import Datasette, Request, Response, View
from gongkai.publish.rendering.rendering_box import CannotRender, RenderingBusy, picture_box
from gongkai.publish.views.drawn_charts import PageCharts, draw_chart
from gongkai.publish.views.pictures.page_charts import LOADERS, Loader
from gongkai.publish.views.responses import render_page, respond
from gongkai.publish.wording.measures import present_key
from gongkai.publish.wording.translation import translator_of

_NAME = r"/chart/(?P<chart>[a-z0-9_-]{1,60})"
_FORMAT = r"\.(?P<format>svg|png)"

PICTURE_HEADERS = {
    "cache-control": "public, max-age=300",
    "cross-origin-resource-policy": "cross-origin",
}
"""Other sites may show our pictures."""

EMBED_HEADERS = {
    **PICTURE_HEADERS,
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *",
    "x-robots-tag": "noindex",
}
"""A frame of a chart may stand on every page of every site; it has no form and no script."""


def _picture_view(load: Loader) -> View:
    async def picture(request: Request, datasette: Datasette) -> Response:
        """Return a chart of a page as SVG or PNG."""
        page, chart = await _find(request, datasette, load)
        svg = await draw_chart(datasette, page, chart)
        etag = f'"{sha256(svg.encode()).hexdigest()[:32]}"'
        headers = {**PICTURE_HEADERS, "etag": etag}
        if etag in request.headers.get("if-none-match", ""):
            return respond(b"", "image/svg+xml", headers=headers, status=304)
        if request.url_vars["format"] == "svg":
            return respond(svg, "image/svg+xml; charset=utf-8", headers=headers)
        try:
            png = await asyncio.to_thread(picture_box().paint, svg)
        except RenderingBusy:
            return _answer_busy(datasette)
        except CannotRender as problem:
            raise NotFound(translator_of(datasette)("picture_not_drawn")) from problem
        return respond(png, "image/png", headers=headers)

    return picture


def _embed_view(load: Loader) -> View:
    async def embed(request: Request, datasette: Datasette) -> Response:
        """Return a page with one chart, which other sites may show in a frame."""
        page, chart = await _find(request, datasette, load)
        context = {
            "chart": chart,
            "picture": Markup(await draw_chart(datasette, page, chart)),
            "address": f"{page.address}#chart-{chart.key}",
        }
        return await render_page(datasette, request, "embed.html", context, headers=EMBED_HEADERS)

    return embed


async def _find(request: Request, datasette: Datasette, load: Loader) -> tuple[PageCharts, Picture]:
    """Return the chart that an address names, and its page.

    Raises:
        NotFound: There is no such page, or it has no such chart.
    """
    page = await load(request, datasette)
    name = present_key(request.url_vars["chart"])
    for chart in page.charts if page else ():
        if page and chart.key == name and not chart.is_empty:
            return page, chart
    raise NotFound(translator_of(datasette)("picture_unknown"))


def _answer_busy(datasette: Datasette) -> Response:
    headers = {"retry-after": "20", "cache-control": "no-store"}
    text = translator_of(datasette)("picture_busy")
    return respond(text, "text/plain; charset=utf-8", headers=headers, status=503)


VIEWS: tuple[tuple[str, View], ...] = tuple(
    each
    for page, load in LOADERS.items()
    for each in (
        (rf"^{page}{_NAME}{_FORMAT}$", _picture_view(load)),
        (rf"^/embed{page}{_NAME}$", _embed_view(load)),
    )
)
"""The patterns of the addresses of pictures and frames, with their views."""
