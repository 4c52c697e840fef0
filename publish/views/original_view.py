"""/kept/<sha256>: the original of a report as it was fetched."""

from __future__ import annotations

import asyncio
import sqlite3

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.pages.report.originals import (
    PREFIX,
    Original,
    find_original,
    find_report,
    original_headers,
)
from gongkai.publish.site import site_of
from gongkai.publish.views.responses import query_archive, respond
from gongkai.publish.wording.translation import translator_of


async def original(request: Request, datasette: Datasette) -> Response:
    """Return the original of a report's document.

    Raises:
        NotFound: No report has this document, or its bytes are not available.
    """
    digest = PREFIX + request.url_vars["digest"]
    t, read_copy = translator_of(datasette), site_of(datasette).read_copy

    def find(conn: sqlite3.Connection) -> tuple[str | None, Original | None]:
        return find_report(conn, digest), find_original(conn, digest)

    report_id, found = await query_archive(datasette, find)
    if report_id is None or found is None:
        raise NotFound(t("kept_unknown"))
    if read_copy is None:
        raise NotFound(t("kept_elsewhere"))
    try:
        body = await asyncio.to_thread(read_copy, found.snapshot)
    except (LookupError, OSError) as problem:
        raise NotFound(t("kept_lost", warc=found.warc, offset=found.offset)) from problem
    headers = original_headers(found, report_id, body)
    return respond(body, headers["content-type"], headers=headers)
