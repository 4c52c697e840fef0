"""Which charts a page has: the page and its pictures ask here, so that both show the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gongkai.archive.store.measures_sql import BODIES, SERIES
from gongkai.publish.charts.standing_picture import Picture
from gongkai.publish.datasette_types import Datasette, Request
from gongkai.publish.http.query_args import choice
from gongkai.publish.pages.builder.map_page import MapQuery, load_map
from gongkai.publish.pages.places.agency_page import load_agency
from gongkai.publish.pages.places.comparison_page import compare
from gongkai.publish.pages.places.comparison_query import ComparisonQuery
from gongkai.publish.pages.places.grounds import (
    REASONS_AND_OUTCOMES,
    ground_tables,
    load_agency_grounds,
)
from gongkai.publish.pages.places.region_charts import load_region_charts
from gongkai.publish.site import site_of
from gongkai.publish.views.responses import query_archive
from gongkai.publish.wording.translation import translator_of


@dataclass(frozen=True, slots=True)
class PageCharts:
    """The charts of a page. `subject` says of whom, `address` is the path of the page with its query."""

    subject: str
    address: str
    charts: tuple[Picture, ...]


async def _agency(request: Request, datasette: Datasette) -> PageCharts | None:
    id = request.url_vars["id"]
    found = await query_archive(datasette, lambda conn: load_agency(conn, id))
    if found is None:
        return None
    value_of = await query_archive(datasette, lambda conn: load_agency_grounds(conn, id))
    lang, years = site_of(datasette).lang, [each.year for each in found.years]
    grounds = ground_tables(value_of, years, lang, REASONS_AND_OUTCOMES)
    charts = (*found.charts(translator_of(datasette)), *(each.chart(lang) for each in grounds))
    return PageCharts(str(found.row["name"]), f"/agency/{id}", charts)


async def _region(request: Request, datasette: Datasette) -> PageCharts | None:
    code, lang = request.url_vars.get("code") or "", site_of(datasette).lang
    of = choice(request.args, "of", SERIES) or BODIES
    found = await query_archive(datasette, lambda conn: load_region_charts(conn, code, lang, of))
    if found is None:
        return None
    name, charts = found
    address = f"/region/{code}" if code else "/region"
    return PageCharts(name, address if of == BODIES else f"{address}?of={of}", charts)


async def _comparison(request: Request, datasette: Datasette) -> PageCharts | None:
    query = ComparisonQuery.parse(request.args)
    found = await query_archive(datasette, lambda conn: compare(conn, query))
    if not found.subjects:
        return None
    lang = site_of(datasette).lang
    measured = tuple(found.chart(measure, lang) for measure in found.measures)
    charts = (*measured, *found.answer_charts(lang))
    return PageCharts("", f"/compare?{query.query_string()}", charts)


async def _map(request: Request, datasette: Datasette) -> PageCharts | None:
    query, lang = MapQuery.parse(request.args), site_of(datasette).lang
    found = await query_archive(datasette, lambda conn: load_map(conn, query, lang))
    return PageCharts("", found.address, (found.tiles, found.matrix))


Loader = Callable[[Request, Datasette], Awaitable[PageCharts | None]]

LOADERS: Mapping[str, Loader] = {
    r"/agency/(?P<id>[^/.]+)": _agency,
    r"/region(?:/(?P<code>[0-9]{1,12}))?": _region,
    r"/compare": _comparison,
    r"/map": _map,
}
"""The path of a page, as a pattern, and what loads its charts; None if there is no such page."""
