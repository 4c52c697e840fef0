"""/compare: agencies and regions side by side, as a page and as CSV."""

from __future__ import annotations

from functools import partial

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.csv_response import to_csv
from gongkai.publish.pages.places.comparison_page import compare
from gongkai.publish.pages.places.comparison_query import MAX_SUBJECTS, ComparisonQuery
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.responses import csv_attachment, query_archive, render_page
from gongkai.publish.wording.measures import COUNTS, RATES


async def comparison(request: Request, datasette: Datasette) -> Response:
    """Return the comparison that an address asks for."""
    query = ComparisonQuery.parse(request.args)
    found = await query_archive(datasette, lambda conn: compare(conn, query))
    context = {"found": found, "counts": COUNTS, "rates": RATES, "most": MAX_SUBJECTS}
    return await render_page(datasette, request, "compare.html", context)


async def comparison_csv(request: Request, datasette: Datasette) -> Response:
    """Return the same comparison as CSV."""
    query = ComparisonQuery.parse(request.args)
    found = await query_archive(datasette, lambda conn: compare(conn, query))
    rows = found.csv_rows(site_of(datasette).lang, partial(public_address, datasette))
    return csv_attachment(to_csv(rows), "gongkai-compare")
