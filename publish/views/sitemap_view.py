"""/robots.txt and /sitemap.xml: what search engines may read, and where it is."""

from __future__ import annotations

from functools import partial

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.path_prefix import current_prefix
from gongkai.publish.pages.lists.sitemap import (
    index_xml,
    list_block,
    list_files,
    list_pages,
    pages_xml,
    robots_txt,
)
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.responses import query_archive, respond
from gongkai.publish.wording.translation import translator_of

XML = "application/xml; charset=utf-8"
BLOCK_PATTERN = r"^/sitemap/(?P<table>reports|agencies)-(?P<number>[0-9]{1,9})\.xml$"


async def robots(request: Request, datasette: Datasette) -> Response:
    """Return the rules for robots. Only those at the root of a host are looked for."""
    base = site_of(datasette).base_url
    text = robots_txt(
        lambda path: f"{base}{current_prefix()}{path}",
        lambda path: f"{current_prefix()}{path}",
        bool(base),
    )
    return respond(text, "text/plain; charset=utf-8")


async def sitemap(request: Request, datasette: Datasette) -> Response:
    """Return the index of the sitemap."""
    files = await query_archive(datasette, list_files)
    return respond(index_xml(files, partial(public_address, datasette)), XML)


async def sitemap_pages(request: Request, datasette: Datasette) -> Response:
    """Return the pages that every archive has, and those of regions."""
    pages = await query_archive(datasette, list_pages)
    return respond(pages_xml(pages, partial(public_address, datasette)), XML)


async def sitemap_block(request: Request, datasette: Datasette) -> Response:
    """Return a block of reports or agencies.

    Raises:
        NotFound: There is no such block.
    """
    table, number = request.url_vars["table"], int(request.url_vars["number"])
    pages = await query_archive(datasette, lambda conn: list_block(conn, table, number))
    if not pages:
        raise NotFound(translator_of(datasette)("error_404_about"))
    return respond(pages_xml(pages, partial(public_address, datasette)), XML)
