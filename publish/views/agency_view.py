"""/agency/<id>: one agency over the years."""

from __future__ import annotations

from collections.abc import Sequence

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.known_then import AsOf, address_then
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.places.agency_page import Agency, load_agency
from gongkai.publish.pages.places.grounds import (
    REASONS_AND_OUTCOMES,
    GroundTable,
    ground_tables,
    load_agency_grounds,
)
from gongkai.publish.site import site_of
from gongkai.publish.views.drawn_charts import PageCharts, shared_picture
from gongkai.publish.views.responses import (
    as_of_context,
    as_of_day,
    query_archive,
    redirect_permanently,
    render_page,
)
from gongkai.publish.wording.translation import translator_of


async def agency(request: Request, datasette: Datasette) -> Response:
    """Return the page of an agency.

    Raises:
        NotFound: There is no agency with this id.
    """
    day = as_of_day(request)
    loaded = await _load(request, datasette, day)
    if loaded is None:
        raise NotFound(translator_of(datasette)("agency_unknown"))
    found, grounds = loaded
    page = _chart_page(datasette, found, grounds, day)
    context = {
        "agency": found,
        "charts": found.charts(translator_of(datasette)),
        "grounds": grounds,
        "chart_page": page.address,
        "shared": await shared_picture(datasette, page),
        **as_of_context(datasette, request, day),
    }
    return await render_page(datasette, request, "agency.html", context)


async def agency_charts(request: Request, datasette: Datasette) -> PageCharts | None:
    """Return the charts of the page of an agency, None if there is no such agency."""
    day = as_of_day(request)
    loaded = await _load(request, datasette, day)
    return _chart_page(datasette, *loaded, day) if loaded else None


async def _load(
    request: Request, datasette: Datasette, day: AsOf | None
) -> tuple[Agency, tuple[GroundTable, ...]] | None:
    id, lang = request.url_vars["id"], site_of(datasette).lang
    found = await query_archive(datasette, lambda conn: load_agency(conn, id), day)
    if found is None:
        return None
    value_of = await query_archive(datasette, lambda conn: load_agency_grounds(conn, id), day)
    years = [each.year for each in found.years]
    return found, ground_tables(value_of, years, lang, REASONS_AND_OUTCOMES)


def _chart_page(
    datasette: Datasette, found: Agency, grounds: Sequence[GroundTable], day: AsOf | None
) -> PageCharts:
    address = address_then(f"/agency/{path_segment(found.id)}", day)
    answered = (each.chart(site_of(datasette).lang) for each in grounds)
    charts = (*found.charts(translator_of(datasette)), *answered)
    return PageCharts(str(found.row["name"]), address, charts, day)


async def redirect_row(request: Request, datasette: Datasette) -> Response:
    """Redirect from the row of an agency to its page."""
    return redirect_permanently(datasette, f"/agency/{request.url_vars['id']}")
