"""Files that only exist as of now: asked for as of a day, they are refused and never passed off as then."""

from __future__ import annotations

import inspect
import re
from functools import wraps

from datasette.utils.asgi import BadRequest

from gongkai.publish.datasette_types import Datasette, Request, Response, View
from gongkai.publish.views.comparison_view import comparison_csv
from gongkai.publish.views.interface.places_view import agency_json, region_json
from gongkai.publish.views.report_views import report_csv, report_json
from gongkai.publish.wording.translation import translator_of

FOLLOWING = frozenset((report_json, report_csv, agency_json, region_json, comparison_csv))
"""Views of files that are made as of any day."""

FILE = re.compile(r"\\\.(?:csv|json|xlsx|atom)\$$|^\^(?:/embed)?/map\S{0,80}/chart/")
"""The patterns of addresses of files. A page says on itself that it is of now."""


def of_today(pattern: str, view: View) -> View:
    """Return a view that refuses to make a file as of a day if it cannot."""
    if inspect.unwrap(view) in FOLLOWING or not FILE.search(pattern):
        return view

    @wraps(view)
    async def answer(request: Request, datasette: Datasette) -> Response:
        t = translator_of(datasette)
        if request.args.get("as_of"):
            raise BadRequest(t("as_of_no_file"))
        return await view(request, datasette)

    return answer
