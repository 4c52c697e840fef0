"""/sql: SQL queries of readers, as a page, CSV and JSON. Closed where the operator has not opened it."""

from __future__ import annotations

from urllib.parse import urlencode

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.csv_response import to_csv
from gongkai.publish.http.error_codes import error_body
from gongkai.publish.queries.example_queries import EXAMPLE_QUERIES
from gongkai.publish.queries.query_desk import SECONDS, QueryAnswer, QueryDesk, QueryFailed
from gongkai.publish.site import archive_of, public_address, site_of
from gongkai.publish.views.responses import csv_attachment, json_response, render_page
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.formatting import number
from gongkai.publish.wording.translation import translator_of

SHOWN_ROWS = 200
FILE_ROWS = 10_000
STATUS = {"invalid": 400, "slow": 400, "large": 400, "busy": 503}


async def sql(request: Request, datasette: Datasette) -> Response:
    """Return the page of queries, with the answer of the one in the address."""
    desk, query = _desk(datasette), _query(request)
    answer, problem = None, None
    if query:
        try:
            answer = await _ask(datasette, desk, query, SHOWN_ROWS)
        except QueryFailed as failed:
            problem = failed
    context = {
        "sql": query,
        "answer": answer,
        "problem": problem,
        "query": urlencode({"sql": query}),
        "examples": [(each, urlencode({"sql": each.sql})) for each in EXAMPLE_QUERIES],
        "readable": _readable(datasette),
        "limits": {"n": SHOWN_ROWS, "rows": number(FILE_ROWS), "seconds": int(SECONDS)},
    }
    status = STATUS[problem.problem] if problem else 200
    return await render_page(datasette, request, "sql.html", context, status=status)


async def sql_csv(request: Request, datasette: Datasette) -> Response:
    """Return the answer of a query as CSV. A cut answer says so in its last line."""
    try:
        answer = await _ask(datasette, _desk(datasette), _query(request), FILE_ROWS)
    except QueryFailed as failed:
        return _failure(datasette, failed)
    lines: list[list[object]] = [list(answer.columns), *map(list, answer.rows)]
    if answer.is_cut:
        lines.append([translator_of(datasette)("sql_cut", n=len(answer.rows))])
    return csv_attachment(to_csv(lines), "gongkai-sql")


async def sql_json(request: Request, datasette: Datasette) -> Response:
    """Return the answer of a query as JSON."""
    query = _query(request)
    try:
        answer = await _ask(datasette, _desk(datasette), query, FILE_ROWS)
    except QueryFailed as failed:
        return _failure(datasette, failed)
    return json_response(
        {
            "address": public_address(datasette, f"/sql?{urlencode({'sql': query})}"),
            "columns": answer.columns,
            "rows": answer.rows,
            "is_cut": answer.is_cut,
        }
    )


def _desk(datasette: Datasette) -> QueryDesk:
    """Return where queries are handed in.

    Raises:
        NotFound: The operator has not opened SQL.
    """
    desk = site_of(datasette).queries
    if desk is None:
        raise NotFound(translator_of(datasette)("sql_closed"))
    return desk


def _query(request: Request) -> str:
    return (request.args.get("sql") or "").strip().removesuffix(";")


async def _ask(datasette: Datasette, desk: QueryDesk, query: str, rows: int) -> QueryAnswer:
    return await desk.run(archive_of(datasette).path, query, _readable(datasette), rows)


def _readable(datasette: Datasette) -> list[str]:
    """Return the tables of the data contract that the file has."""
    present = archive_of(datasette).schema.tables
    return [name for name in tables() if name in present]


def _failure(datasette: Datasette, failed: QueryFailed) -> Response:
    said = translator_of(datasette)(f"sql_{failed.problem}", why=failed.why)
    status = STATUS[failed.problem]
    code = "busy" if failed.problem == "busy" else f"sql_{failed.problem}"
    return json_response(error_body(status, code, said), headers={}, status=status)
