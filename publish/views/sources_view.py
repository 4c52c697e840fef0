"""/status: when each source was last crawled, and how that went."""

from __future__ import annotations

from gongkai.clock import utc_stamp
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.pages.sources_page import SourcesQuery, load_sources
from gongkai.publish.views.responses import query_archive, render_page, require_page_exists


async def sources(request: Request, datasette: Datasette) -> Response:
    """Return a page of the status of all sources."""
    now, query = utc_stamp(), SourcesQuery.parse(request.args)
    found = await query_archive(datasette, lambda conn: load_sources(conn, now, query))
    require_page_exists(datasette, query.page, found.pages)
    return await render_page(datasette, request, "status.html", {"page": found})
