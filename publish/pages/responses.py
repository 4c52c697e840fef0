"""How the pages of the site answer: a question to the archive, then a page, a table or a feed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from datasette import Response
from datasette.utils.asgi import NotFound

from gongkai.publish.http.time_limit import limited
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.template_names import strings_of

T = TypeVar("T")
MILLISECONDS = 3000
AGE = {"cache-control": "max-age=300"}


async def ask(datasette: Any, question: Callable[[sqlite3.Connection], T]) -> T:
    """Return what a question to the archive gives; it may not run for longer than the limit."""

    def within_limit(conn: sqlite3.Connection) -> T:
        with limited(conn, MILLISECONDS):
            return question(conn)

    found: T = await datasette.get_database(DATABASE).execute_fn(within_limit)
    return found


def within(datasette: Any, number: int, pages: int) -> None:
    """Raise NotFound for a page past the last one of a list."""
    if number > pages:
        raise NotFound(strings_of(datasette)("no_page", page=number, last=pages))


async def page(
    datasette: Any, request: Any, template: str, context: Mapping[str, object]
) -> Response:
    """Return a page made from a template."""
    html = await datasette.render_template(template, dict(context), request=request)
    return Response.html(html, headers=AGE)


def sheet(text: str, name: str) -> Response:
    """Return a table as a CSV file for a spreadsheet; `name` is that of the file, in ASCII."""
    headers = {**AGE, "content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.encode(), headers=headers, content_type="text/csv; charset=utf-8")
