"""Error pages in the language of the site, or JSON where JSON was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.error_codes import PROBLEM, error_body, problem_body
from gongkai.publish.http.error_pages import explain_error
from gongkai.publish.http.template_loader import PREFIX
from gongkai.publish.site import DATABASE, archive_of
from gongkai.publish.views.responses import json_response, respond
from gongkai.publish.wording.table_display import column_label
from gongkai.publish.wording.translation import translator_of

_PLACE = ("report_id", "agency_id", "region_code", "year")
FOUND_BY = {
    "cells": ("report_id",),
    "panel": _PLACE,
    "requests_in_context": _PLACE,
    "figures": (*_PLACE, "part", "item", "field", "value"),
    "region_totals": ("region_code", "year"),
}
"""The columns by which rows of views are found at once."""

BUSY_HEADERS = {"retry-after": "10", "cache-control": "no-store"}
"""Seconds after which another try is worth it, also for those who waited as long as anybody may."""


async def error_page(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Return the answer to a request that failed with an exception."""
    error = explain_error(exception, request, translator_of(datasette))
    headers = BUSY_HEADERS if error.status == 503 else {}
    if error.code == "too_slow":
        error = replace(error, message=error.message + _what_is_fast(datasette, request))
    if error.parameters and not _wants_page(request):
        told = problem_body(
            error.status, error.known_code, error.heading, error.message, error.parameters
        )
        return respond(json.dumps(told), PROBLEM, headers={}, status=error.status)
    if request.path.endswith(".json"):
        body = error_body(error.status, error.known_code, error.message)
        return json_response(body, headers=headers, status=error.status)
    context = {"status": error.status, "heading": error.heading, "message": error.message}
    html = await datasette.render_template(f"{PREFIX}error.html", context, request=request)
    return respond(html, "text/html; charset=utf-8", headers=headers, status=error.status)


def _what_is_fast(datasette: Datasette, request: Request) -> str:
    """Return by which columns rows of the asked table are found and sorted at once, "" for other addresses.

    A page calls them by their labels, as its lists do, an answer for programs by their names.
    """
    above, _, name = request.path.removesuffix(".json").rpartition("/")
    schema = archive_of(datasette).schema
    if not above.endswith(f"/{DATABASE}") or name not in schema.columns:
        return ""
    t, lang = translator_of(datasette), archive_of(datasette).site.lang

    def listed(columns: Iterable[str]) -> str:
        known = sorted(schema.columns[name].intersection(columns))
        if not request.path.endswith(".json"):
            known = [column_label(lang, name, column) for column in known]
        return t("list_comma").join(known)

    found_by = listed(FOUND_BY.get(name, schema.indexed.get(name, ())))
    sorted_by = listed(schema.in_order.get(name, ()))
    if not found_by:
        return ""
    ordered = t("table_in_order", names=sorted_by) if sorted_by else ""
    return t("table_indexed", names=found_by) + ordered + t("table_as_csv")


def _wants_page(request: Request) -> bool:
    """Return whether a person asks for a file: a browser says that it takes pages, a program does not."""
    return not request.path.endswith(".json") and "text/html" in request.headers.get("accept", "")
