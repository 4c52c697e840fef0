"""Files whose address has a name that they do not take: refused, and never answered as if it were not there."""

from __future__ import annotations

from functools import wraps

from gongkai.publish.datasette_types import Datasette, Request, Response, View
from gongkai.publish.interface.known_parameters import known_parameters
from gongkai.publish.plugins.todays_files import FILE


def strict(pattern: str, view: View) -> View:
    """Return a view of a file that refuses unknown names in its query string."""
    known = known_parameters(pattern) if FILE.search(pattern) else None
    if known is None:
        return view

    @wraps(view)
    async def answer(request: Request, datasette: Datasette) -> Response:
        known.check(request.args)
        return await view(request, datasette)

    return answer
