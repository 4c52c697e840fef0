"""/openapi.json and /data/api: what the addresses for programs take and return."""

from __future__ import annotations

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.error_codes import CODES
from gongkai.publish.interface.answers import answer_shapes
from gongkai.publish.interface.endpoints import ENDPOINTS
from gongkai.publish.interface.example_values import load_example_values
from gongkai.publish.interface.openapi import openapi_document
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.responses import json_response, query_archive, render_page

PAGE = "/data/api"


async def openapi(request: Request, datasette: Datasette) -> Response:
    """Return the OpenAPI document, with examples of this archive."""
    values = await query_archive(datasette, load_example_values)
    server = public_address(datasette, "/").rstrip("/") or "/"
    page = public_address(datasette, PAGE)
    return json_response(openapi_document(site_of(datasette).lang, server, values, page))


async def interface(request: Request, datasette: Datasette) -> Response:
    """Return the page that says the same in words."""
    lang = site_of(datasette).lang
    values = await query_archive(datasette, load_example_values)
    context = {
        "endpoints": ENDPOINTS,
        "answers": answer_shapes(lang),
        "values": values,
        "codes": CODES,
        "origin": site_of(datasette).base_url,
    }
    return await render_page(datasette, request, "interface.html", context)
