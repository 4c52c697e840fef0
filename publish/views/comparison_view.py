"""/compare: agencies and regions side by side, as a page and as CSV."""

from __future__ import annotations

from functools import partial

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.csv_response import to_csv
from gongkai.publish.pages.places.comparison_export import comparison_lines
from gongkai.publish.pages.places.comparison_page import Comparison, compare
from gongkai.publish.pages.places.comparison_query import MAX_SUBJECTS, ComparisonQuery
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.drawn_charts import PageCharts, shared_picture
from gongkai.publish.views.responses import (
    as_of_context,
    csv_attachment,
    query_archive,
    render_page,
)
from gongkai.publish.wording.measures import COUNTS, RATES


async def comparison(request: Request, datasette: Datasette) -> Response:
    """Return the comparison that an address asks for."""
    found = await _load(request, datasette)
    charts = _chart_page(found, datasette)
    context = {
        **as_of_context(datasette, request, found.query.as_of, found.query.pairs()),
        "found": found,
        "counts": COUNTS,
        "rates": RATES,
        "most": MAX_SUBJECTS,
        "chart_page": charts.address,
        "shared": await shared_picture(datasette, charts),
    }
    return await render_page(datasette, request, "compare.html", context)


async def comparison_csv(request: Request, datasette: Datasette) -> Response:
    """Return the same comparison as CSV."""
    found = await _load(request, datasette)
    lines = comparison_lines(found, site_of(datasette).lang, partial(public_address, datasette))
    return csv_attachment(to_csv(lines), "gongkai-compare")


async def comparison_charts(request: Request, datasette: Datasette) -> PageCharts | None:
    """Return the charts of a comparison, None if nothing is compared."""
    found = await _load(request, datasette)
    return _chart_page(found, datasette) if found.subjects else None


async def _load(request: Request, datasette: Datasette) -> Comparison:
    query = ComparisonQuery.parse(request.args)
    return await query_archive(datasette, lambda conn: compare(conn, query), query.as_of)


def _chart_page(found: Comparison, datasette: Datasette) -> PageCharts:
    lang, query = site_of(datasette).lang, found.query
    measured = tuple(found.chart(measure, lang) for measure in found.measures)
    charts = (*measured, *found.answer_charts(lang)) if found.years else ()
    return PageCharts("", f"/compare?{query.query_string()}", charts, query.as_of)
