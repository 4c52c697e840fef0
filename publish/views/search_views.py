"""/search: full text over all reports with marked passages, as a page, CSV and JSON; /names.json."""

from __future__ import annotations

from functools import partial

from datasette.utils.asgi import BadRequest

from gongkai.archive.store.names.name_search import find_names
from gongkai.archive.store.report_address import report_at
from gongkai.pasted_address import is_address
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.facets.bitmaps import Facets, facets_of
from gongkai.publish.http.csv_stream import LIST_LINES, CsvFile
from gongkai.publish.http.paths import path_segment
from gongkai.publish.http.query_args import short_text
from gongkai.publish.pages.lists.search_export import search_rows
from gongkai.publish.pages.lists.search_json import names_data, search_data
from gongkai.publish.pages.lists.search_page import check_values, run_search
from gongkai.publish.pages.lists.search_query import (
    MAX_LENGTH,
    NUMBER_SORTS,
    QueryTooLong,
    SearchQuery,
)
from gongkai.publish.site import archive_of, public_address, site_of
from gongkai.publish.views.responses import (
    json_page,
    json_response,
    query_archive,
    redirect,
    render_page,
    require_page_exists,
    stream_csv,
)
from gongkai.publish.wording.translation import translator_of

MOST_NAMES = 10
"""Names that are offered while a reader types."""


async def search(request: Request, datasette: Datasette) -> Response:
    """Return the search page, with results; the address of a report leads to its page."""
    query = _parse_query(request, datasette)
    if is_address(query.text):
        report = await query_archive(datasette, lambda conn: report_at(conn, query.text))
        if report:
            return redirect(datasette, f"/report/{path_segment(report)}")
    found = await query_archive(datasette, lambda conn: run_search(conn, _facets(datasette), query))
    require_page_exists(datasette, query.page, found.pages)
    return await render_page(
        datasette, request, "search.html", {"page": found, "number_sorts": NUMBER_SORTS}
    )


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


async def search_json(request: Request, datasette: Datasette) -> Response:
    """Return a page of results as JSON, with links to the pages beside it."""
    query = _parse_query(request, datasette)
    found = await query_archive(datasette, lambda conn: run_search(conn, _facets(datasette), query))
    require_page_exists(datasette, query.page, found.pages)
    return json_page(search_data(found, partial(public_address, datasette)))


async def names_json(request: Request, datasette: Datasette) -> Response:
    """Return the regions and agencies that somebody may mean who has typed so much."""
    typed = short_text(request.args, "q", MAX_LENGTH)
    found = await query_archive(datasette, lambda conn: find_names(conn, typed, MOST_NAMES))
    names = names_data(found, partial(public_address, datasette))
    return json_response({"query": typed, "names": names})


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
