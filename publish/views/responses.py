"""Steps that all views share: query the archive, then respond with a page or CSV."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import datasette as stock
from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.csv_stream import CsvFile, CsvStream, Lines, TooManyExports
from gongkai.publish.http.file_response import FIVE_MINUTES
from gongkai.publish.http.known_then import AsOf, archive_then, read_as_of
from gongkai.publish.http.made_file_response import TooManyMade
from gongkai.publish.http.page_links import link_header
from gongkai.publish.http.paths import path_segment
from gongkai.publish.http.template_loader import PREFIX
from gongkai.publish.http.time_limit import time_limit
from gongkai.publish.http.vintage import divisions_then
from gongkai.publish.pages.data.file_answers import sent_file
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.translation import translator_of

T = TypeVar("T")
QUERY_MILLISECONDS = 3000
CACHE_HEADERS = {"cache-control": "max-age=300"}


async def query_archive(
    datasette: Datasette,
    query: Callable[[sqlite3.Connection], T],
    as_of: AsOf | None = None,
    vintage: int | None = None,
) -> T:
    """Return what a function reads from the archive. It is interrupted after a time.

    With `as_of`, it reads the archive as it was known at the end of that day; with `vintage`, with the
    divisions of that year.
    """

    def query_within_limit(conn: sqlite3.Connection) -> T:
        with (
            archive_then(conn, as_of),
            divisions_then(conn, vintage),
            time_limit(conn, QUERY_MILLISECONDS),
        ):
            return query(conn)

    return await datasette.get_database(DATABASE).execute_fn(query_within_limit)


def as_of_day(request: Request) -> AsOf | None:
    """Return the day as of which a page is asked for, None for today.

    Raises:
        BadValue: It is no day on which anything could be known.
    """
    return read_as_of(request.args.get("as_of"))


def as_of_context(
    datasette: Datasette,
    request: Request,
    as_of: AsOf | None,
    kept: Mapping[str, object] | Iterable[tuple[str, object]] = (),
) -> dict[str, object]:
    """Return what a page needs to say as of which day it is, and to lead to pages of the same day.

    `kept` are the names and values of the query that stay when another day is chosen, "" for none.
    """
    # only an instance below a base has a path of its own
    path = request.scope.get("route_path", request.path)
    pairs = kept.items() if isinstance(kept, Mapping) else kept
    stay = [(name, value) for name, value in pairs if value != ""]
    today = f"{path}?{urlencode(stay)}" if stay else path
    names: dict[str, object] = {
        "as_of": as_of,
        "as_of_path": path,
        "as_of_kept": stay,
        "as_of_today_path": today,
    }
    if as_of is None:
        return names

    def page_of_day(kind: str) -> Callable[[object], str]:
        def address(key: object) -> str:
            path: str = datasette.urls.path(f"/{kind}/{path_segment(str(key))}")
            return f"{path}?{as_of.query}"

        return address

    urls = {f"{kind}_url": page_of_day(kind) for kind in ("report", "agency", "region")}
    own_query = urlencode([*stay, ("as_of", as_of.day)])
    return {**names, **urls, "own_query": own_query}


def require_page_exists(datasette: Datasette, page: int, pages: int) -> None:
    """Check that a page of a list is not past the last one.

    Raises:
        NotFound: The list has fewer pages.
    """
    if page > pages:
        raise NotFound(translator_of(datasette)("no_page", page=page, last=pages))


async def render_page(
    datasette: Datasette,
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    headers: Mapping[str, str] = CACHE_HEADERS,
    status: int = 200,
) -> Response:
    """Return a page made from one of our templates. Error pages are not cached."""
    html = await datasette.render_template(PREFIX + template, dict(context), request=request)
    sent = headers if status == 200 else {}
    return respond(html, "text/html; charset=utf-8", headers=sent, status=status)


def csv_attachment(text: str, name: str) -> Response:
    """Return a table as a CSV file. `name` is the name of the file in ASCII, without suffix."""
    headers = {**CACHE_HEADERS, "content-disposition": f'attachment; filename="{name}.csv"'}
    return respond(text.encode(), "text/csv; charset=utf-8", headers=headers)


async def stream_csv(datasette: Datasette, file: CsvFile, lines: Lines) -> Response:
    """Return a CSV file of any length, read from the archive while it is sent."""
    database = datasette.get_database(DATABASE)
    try:
        return await CsvStream.start(file, database.connect, lines)
    except TooManyExports:
        return _busy(datasette)


async def file_answer(
    datasette: Datasette,
    request: Request,
    folder: Path | None,
    name: str,
    cache: str = FIVE_MINUTES,
) -> Response | None:
    """Return a file of a folder of downloads, None where it is not offered.

    `cache` is for how long it may be kept, as the header writes it.
    """
    try:
        return await asyncio.to_thread(sent_file, folder, name, request, cache)
    except TooManyMade:
        return _busy(datasette)


def _busy(datasette: Datasette) -> Response:
    busy = translator_of(datasette)("csv_busy")
    headers = {"retry-after": "60", "cache-control": "no-store"}
    return respond(f"{busy}\n", "text/plain; charset=utf-8", headers=headers, status=503)


def json_response(
    data: object, *, headers: Mapping[str, str] = CACHE_HEADERS, status: int = 200
) -> Response:
    """Return data as JSON."""
    text = json.dumps(data)
    return respond(text, "application/json; charset=utf-8", headers=headers, status=status)


def json_page(data: Mapping[str, Any]) -> Response:
    """Return a page of a list as JSON; its `links` stand in the header too."""
    return json_response(data, headers={**CACHE_HEADERS, **link_header(data["links"])})


def redirect_permanently(datasette: Datasette, path: str) -> Response:
    """Return a redirect to a path of the site, which browsers remember."""
    response: Response = stock.Response.redirect(datasette.urls.path(path), status=301)
    return response


def redirect(datasette: Datasette, path: str) -> Response:
    """Return a redirect to a path of the site, for this time only."""
    response: Response = stock.Response.redirect(datasette.urls.path(path), status=302)
    return response


def respond(
    body: str | bytes,
    content_type: str,
    *,
    headers: Mapping[str, str] = CACHE_HEADERS,
    status: int = 200,
) -> Response:
    """Return a response with a body of a given type."""
    response: Response = stock.Response(
        body, status=status, headers=dict(headers), content_type=content_type
    )
    return response
