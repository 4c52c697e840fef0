"""/agency/<id>: one agency over the years."""

from __future__ import annotations

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.pages.places.agency_page import load_agency
from gongkai.publish.pages.places.grounds import (
    REASONS_AND_OUTCOMES,
    ground_tables,
    load_agency_grounds,
)
from gongkai.publish.site import site_of
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
    t = translator_of(datasette)
    day, lang = as_of_day(request), site_of(datasette).lang
    agency_id = request.url_vars["id"]
    found = await query_archive(datasette, lambda conn: load_agency(conn, agency_id), day)
    if found is None:
        raise NotFound(t("agency_unknown"))
    value_of = await query_archive(
        datasette, lambda conn: load_agency_grounds(conn, agency_id), day
    )
    years = [each.year for each in found.years]
    context = {
        "agency": found,
        "charts": found.charts(t),
        "grounds": ground_tables(value_of, years, lang, REASONS_AND_OUTCOMES),
        **as_of_context(datasette, request, day),
    }
    return await render_page(datasette, request, "agency.html", context)


async def redirect_row(request: Request, datasette: Datasette) -> Response:
    """Redirect from the row of an agency to its page."""
    return redirect_permanently(datasette, f"/agency/{request.url_vars['id']}")
