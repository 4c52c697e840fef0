"""/feeds/<kind>.atom: new reports, changes and failed checks for feed readers."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.query_args import region_code, short_text
from gongkai.publish.pages.lists.feeds import QUERIES, load_feed, to_atom
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.responses import query_archive, respond
from gongkai.publish.wording.translation import translator_of

PATTERN = rf"^/feeds/(?P<kind>{'|'.join(QUERIES)})\.atom$"
MAX_AGENCY_ID = 200


async def feed(request: Request, datasette: Datasette) -> Response:
    """Return a feed.

    Raises:
        NotFound: There is no such region or agency.
    """
    kind, t = request.url_vars["kind"], translator_of(datasette)
    region = region_code(request.args)
    agency = short_text(request.args, "agency", MAX_AGENCY_ID)
    found = await query_archive(datasette, lambda conn: load_feed(conn, kind, region, agency))
    if found is None:
        raise NotFound(t("feed_unknown"))

    chosen = {"region": region, "agency": agency}
    query = urlencode({name: value for name, value in chosen.items() if value})
    path = f"/feeds/{kind}.atom?{query}" if query else f"/feeds/{kind}.atom"
    body = to_atom(found, site_of(datasette).lang, t, partial(public_address, datasette), path)
    return respond(body, "application/atom+xml; charset=utf-8")
