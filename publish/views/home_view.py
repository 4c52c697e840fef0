"""/: what the archive is, a search box, the numbers at a glance, the latest reports."""

from __future__ import annotations

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.pages.home_page import EXAMPLES, load_overview
from gongkai.publish.site import DATABASE
from gongkai.publish.views.responses import render_page


async def home(request: Request, datasette: Datasette) -> Response:
    """Return the home page."""
    # no time limit: the sums over a large archive take a while when the cache is cold
    overview = await datasette.get_database(DATABASE).execute_fn(load_overview)
    context = {"overview": overview, "examples": EXAMPLES}
    return await render_page(datasette, request, "home.html", context)
