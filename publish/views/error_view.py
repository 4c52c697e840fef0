"""Error pages in the language of the site, or JSON where JSON was asked for."""

from __future__ import annotations

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.error_codes import error_body
from gongkai.publish.http.error_pages import explain_error
from gongkai.publish.views.responses import json_response, render_page
from gongkai.publish.wording.translation import translator_of


async def error_page(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Return the answer to a request that failed with an exception."""
    error = explain_error(exception, request, translator_of(datasette))
    if request.path.endswith(".json"):
        body = error_body(error.status, error.known_code, error.message)
        return json_response(body, headers={}, status=error.status)
    context = {"status": error.status, "heading": error.heading, "message": error.message}
    return await render_page(datasette, request, "error.html", context, status=error.status)
