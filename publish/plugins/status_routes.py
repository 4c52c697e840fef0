"""/status: the public health of every source."""

from datetime import UTC, datetime

from datasette import hookimpl

from gongkai.publish.pages.responses import ask, page
from gongkai.publish.pages.sources_page import health


@hookimpl
def register_routes():
    """Answer for the status page."""
    return [(r"^/status$", status)]


async def status(request, datasette):
    """Show how every source is."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    found = await ask(datasette, lambda conn: health(conn, now))
    return await page(datasette, request, "status.html", {"health": found})
