"""/search: full text over all reports with marked passages, as a page and as CSV."""

from __future__ import annotations

from functools import partial

from datasette.utils.asgi import BadRequest

from gongkai.archive.store.report_address import report_at
from gongkai.pasted_address import is_address
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.facets.bitmaps import Facets, facets_of
from gongkai.publish.http.csv_stream import LIST_LINES, CsvFile
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.lists.search_export import search_rows
from gongkai.publish.pages.lists.search_page import (
    QueryTooLong,
    SearchQuery,
    check_values,
    run_search,
)
from gongkai.publish.site import archive_of, public_address, site_of
from gongkai.publish.views.responses import (
    query_archive,
    redirect,
    render_page,
    require_page_exists,
    stream_csv,
)
from gongkai.publish.wording.translation import translator_of


async def search(request: Request, datasette: Datasette) -> Response:
    """Return the search page, with results; the address of a report leads to its page."""
    query = _parse_query(request, datasette)
    if is_address(query.text):
        report = await query_archive(datasette, lambda conn: report_at(conn, query.text))
        if report:
            return redirect(datasette, f"/report/{path_segment(report)}")
    found = await query_archive(datasette, lambda conn: run_search(conn, _facets(datasette), query))
    require_page_exists(datasette, query.page, found.pages)
    return await render_page(datasette, request, "search.html", {"page": found})


async def search_csv(request: Request, datasette: Datasette) -> Response:
    """Return the reports that a search finds as CSV."""
    query, lang = _parse_query(request, datasette), site_of(datasette).lang
    facets = await query_archive(datasette, lambda conn: _facets(datasette))
    check_values(facets, query)
    address = partial(public_address, datasette)
    cut = translator_of(datasette)("csv_cut", address=address("/data"))
    file = CsvFile("gongkai-reports", cut, method=request.method, most_lines=LIST_LINES)
    return await stream_csv(
        datasette, file, lambda conn: search_rows(conn, facets, query, lang, address)
    )


async def prepare_facets(datasette: Datasette) -> None:
    """Count the facets of the archive, which takes a moment, and keep them."""
    await query_archive(datasette, lambda conn: _facets(datasette))


def _parse_query(request: Request, datasette: Datasette) -> SearchQuery:
    """Return what an address asks for.

    Raises:
        BadRequest: The words are too many.
    """
    try:
        return SearchQuery.parse(request.args)
    except QueryTooLong as problem:
        raise BadRequest(translator_of(datasette)("too_long", n=problem.limit)) from problem


def _facets(datasette: Datasette) -> Facets:
    return facets_of(archive_of(datasette).path)
