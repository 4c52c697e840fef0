"""Old addresses: an id that has changed leads to the one that its report or agency has now."""

from __future__ import annotations

from functools import wraps

from datasette.utils.asgi import NotFound

from gongkai.archive.store.former_ids import present_id
from gongkai.publish.datasette_types import Datasette, Request, Response, View
from gongkai.publish.http.query_args import UnknownParameters
from gongkai.publish.views.responses import query_archive, redirect_permanently


def forwarded(view: View) -> View:
    """Return a view that redirects from an id that the archive has no more to the present one.

    The rest of the address and the query stay: `/report/OLD.json` leads to `/report/NEW.json`.
    """

    @wraps(view)
    async def follow(request: Request, datasette: Datasette) -> Response:
        try:
            return await view(request, datasette)
        except (NotFound, UnknownParameters):  # the address that it leads to says which are wrong
            old = request.url_vars["id"]
            new = await query_archive(datasette, lambda conn: present_id(conn, old))
            if new is None:
                raise
            before, _, rest = request.path.partition(f"/{old}")
            above, _, kind = before.strip("/").rpartition("/")
            frame = "/embed" if f"/{above}".endswith("/embed") else ""
            path = f"{frame}/{kind}/{new}{rest}"
            return redirect_permanently(
                datasette, f"{path}?{request.query_string}" if request.query_string else path
            )

    return follow
