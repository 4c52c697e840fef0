"""/region and /region/<code>: who published in a region, year by year."""

from __future__ import annotations

from datasette.utils.asgi import NotFound

from gongkai.archive.store.measures_sql import BODIES, SERIES
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.query_args import choice, page_number, positive_int
from gongkai.publish.pages.places.grounds import DETAILS
from gongkai.publish.pages.places.region_page import SHOWN, load_region
from gongkai.publish.site import site_of
from gongkai.publish.views.responses import (
    as_of_context,
    as_of_day,
    query_archive,
    redirect_permanently,
    render_page,
    require_page_exists,
)
from gongkai.publish.wording.translation import translator_of


async def region(request: Request, datasette: Datasette) -> Response:
    """Return the page of a region, or of the country.

    Raises:
        NotFound: There is no such region, or its list has fewer pages.
    """
    code = request.url_vars.get("code") or ""
    year, page = positive_int(request.args, "year"), page_number(request.args)
    day, of = as_of_day(request), choice(request.args, "of", SERIES) or BODIES
    found = await query_archive(
        datasette, lambda conn: load_region(conn, code, year, page, of), day
    )
    if found is None:
        raise NotFound(translator_of(datasette)("region_unknown"))
    require_page_exists(datasette, page, found.pages)
    lang = site_of(datasette).lang
    context = {
        "page": found,
        "shown": SHOWN,
        "details": DETAILS,
        "charts": found.charts(lang),
        "grounds": found.ground_tables(lang),
        **as_of_context(datasette, request, day),
    }
    return await render_page(datasette, request, "region.html", context)


async def redirect_row(request: Request, datasette: Datasette) -> Response:
    """Redirect from the row of a region to its page."""
    return redirect_permanently(datasette, f"/region/{request.url_vars['code']}")
