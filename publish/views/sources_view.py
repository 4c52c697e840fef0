"""/status: when each source was last crawled, and how that went."""

from __future__ import annotations

from gongkai.clock import utc_stamp
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.pages.sources_page import load_sources
from gongkai.publish.views.responses import query_archive, render_page


async def sources(request: Request, datasette: Datasette) -> Response:
    """Return the status of every source."""
    now = utc_stamp()
    found = await query_archive(datasette, lambda conn: load_sources(conn, now))
    return await render_page(datasette, request, "status.html", {"page": found})
