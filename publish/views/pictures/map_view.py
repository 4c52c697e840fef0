"""/map: a map of equal squares for the provinces, and rows of squares for their prefectures."""

from __future__ import annotations

from gongkai.publish.charts.heat import tile_positions
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.vintage import VINTAGES
from gongkai.publish.pages.builder.map_page import MapPage, MapQuery, load_map
from gongkai.publish.pages.builder.table_measures import (
    COUNT_COLUMNS,
    GROUND_COLUMNS,
    OUTCOME_COLUMNS,
    RATE_COLUMNS,
)
from gongkai.publish.pages.builder.table_query import SUMMED
from gongkai.publish.site import site_of
from gongkai.publish.views.drawn_charts import PageCharts, shared_picture
from gongkai.publish.views.responses import query_archive, render_page

_OFFERED = {
    "counts": COUNT_COLUMNS,
    "rates": RATE_COLUMNS,
    "grounds": GROUND_COLUMNS,
    "outcomes": OUTCOME_COLUMNS,
}


async def region_map(request: Request, datasette: Datasette) -> Response:
    """Return the map that an address asks for, with the form that changes it."""
    query, lang = MapQuery.parse(request.args), site_of(datasette).lang
    page = await query_archive(
        datasette, lambda conn: load_map(conn, query, lang), vintage=query.vintage
    )
    context = {
        "page": page,
        "shared": await shared_picture(datasette, _chart_page(page)),
        "places": tile_positions(),
        "cells": {cell.code: cell for cell in page.tiles.tiles},
        "offered": _OFFERED,
        "summed": SUMMED,
        "vintages": VINTAGES,
    }
    return await render_page(datasette, request, "map.html", context)


async def map_charts(request: Request, datasette: Datasette) -> PageCharts:
    """Return the pictures of a map: the provinces and the prefectures."""
    query, lang = MapQuery.parse(request.args), site_of(datasette).lang
    page = await query_archive(
        datasette, lambda conn: load_map(conn, query, lang), vintage=query.vintage
    )
    return _chart_page(page)


def _chart_page(page: MapPage) -> PageCharts:
    return PageCharts("", page.address, (page.tiles, page.matrix))
