"""/checks, /changes, /coverage: failed checks, edited reports, missing or late reports.

Each as a page, CSV and JSON.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial

from gongkai.catalogue import Language, text
from gongkai.publish.datasette_types import Datasette, Request, Response, Row
from gongkai.publish.http.csv_stream import LIST_LINES, CsvFile
from gongkai.publish.http.paths import change_path, path_segment
from gongkai.publish.pages.data.table_words import value_in_words
from gongkai.publish.pages.lists import changes_list, checks_list, coverage_list
from gongkai.publish.pages.lists.list_json import (
    Record,
    change_record,
    check_record,
    coverage_record,
    list_data,
)
from gongkai.publish.pages.lists.listing import FILTERS, PAGE_SIZE, ListPage, ListQuery
from gongkai.publish.site import archive_of, public_address, site_of
from gongkai.publish.views.responses import (
    json_page,
    query_archive,
    render_page,
    require_page_exists,
    stream_csv,
)
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.formatting import web_url
from gongkai.publish.wording.rules import RULES
from gongkai.publish.wording.translation import translator, translator_of

MOST = {"checks": 200, "changes": PAGE_SIZE, "coverage": 200}
"""Rows of a page as JSON, at most. Those of changes have their cells with them."""

LoadRows = Callable[[sqlite3.Connection, ListQuery, int], Iterator[Row]]


async def checks(request: Request, datasette: Datasette) -> Response:
    """Return the list of failed checks."""
    query = ListQuery.parse(request.args, checks_list.FACETS, checks_list.SORTS)
    path, reviews = archive_of(datasette).path, site_of(datasette).reviews
    found = await query_archive(
        datasette, lambda conn: checks_list.load_page(conn, path, query, reviews)
    )
    require_page_exists(datasette, query.page, found.pages)
    context = {"list": found, "rules": RULES.values(), "list_filters": FILTERS}
    return await render_page(datasette, request, "checks.html", context)


async def checks_csv(request: Request, datasette: Datasette) -> Response:
    """Return the failed checks as CSV."""
    query = ListQuery.parse(request.args, checks_list.FACETS, checks_list.SORTS)
    columns, load = checks_list.CSV_COLUMNS, checks_list.rows_for_file
    return await _list_csv(datasette, query, columns, load, "gongkai-checks")


async def checks_json(request: Request, datasette: Datasette) -> Response:
    """Return a page of the same list as JSON, with links to the pages beside it."""
    query = ListQuery.parse(request.args, checks_list.FACETS, checks_list.SORTS, MOST["checks"])
    path = archive_of(datasette).path
    found = await query_archive(
        datasette, lambda conn: checks_list.load_page(conn, path, query, site_of(datasette).reviews)
    )
    return _list_json(datasette, found, "checks", check_record)


async def changes(request: Request, datasette: Datasette) -> Response:
    """Return the list of reports that were edited or taken down."""
    query, path = (
        ListQuery.parse(request.args, changes_list.FACETS, changes_list.SORTS),
        archive_of(datasette).path,
    )
    found = await query_archive(datasette, lambda conn: changes_list.load_page(conn, path, query))
    require_page_exists(datasette, query.page, found.pages)
    return await render_page(
        datasette, request, "changes.html", {"list": found, "list_filters": FILTERS}
    )


async def changes_csv(request: Request, datasette: Datasette) -> Response:
    """Return the changes as CSV, a row for each cell or sentence."""
    query = ListQuery.parse(request.args, changes_list.FACETS, changes_list.SORTS)
    columns, load = changes_list.CSV_COLUMNS, changes_list.load_changed_parts
    return await _list_csv(datasette, query, columns, load, "gongkai-changes")


async def changes_json(request: Request, datasette: Datasette) -> Response:
    """Return a page of the same list as JSON, with links to the pages beside it."""
    query = ListQuery.parse(request.args, changes_list.FACETS, changes_list.SORTS, MOST["changes"])
    path = archive_of(datasette).path
    found = await query_archive(datasette, lambda conn: changes_list.load_page(conn, path, query))
    return _list_json(datasette, found, "changes", change_record)


async def coverage(request: Request, datasette: Datasette) -> Response:
    """Return the list of missing or late reports."""
    query, path = (
        ListQuery.parse(request.args, coverage_list.FACETS, coverage_list.SORTS),
        archive_of(datasette).path,
    )
    found = await query_archive(datasette, lambda conn: coverage_list.load_page(conn, path, query))
    require_page_exists(datasette, query.page, found.pages)
    not_looked = coverage_list.count_not_looked(found)
    context = {"list": found, "not_looked": not_looked, "list_filters": FILTERS}
    return await render_page(datasette, request, "coverage.html", context)


async def coverage_csv(request: Request, datasette: Datasette) -> Response:
    """Return the missing or late reports as CSV."""
    query = ListQuery.parse(request.args, coverage_list.FACETS, coverage_list.SORTS)
    columns, load = coverage_list.CSV_COLUMNS, coverage_list.rows_for_file
    return await _list_csv(datasette, query, columns, load, "gongkai-coverage")


async def coverage_json(request: Request, datasette: Datasette) -> Response:
    """Return a page of the same list as JSON, with links to the pages beside it."""
    query = ListQuery.parse(
        request.args, coverage_list.FACETS, coverage_list.SORTS, MOST["coverage"]
    )
    path = archive_of(datasette).path
    found = await query_archive(datasette, lambda conn: coverage_list.load_page(conn, path, query))
    return _list_json(datasette, found, "coverage", coverage_record)


def _list_json(
    datasette: Datasette, found: ListPage, name: str, record: Callable[..., Record]
) -> Response:
    require_page_exists(datasette, found.query.page, found.pages)
    address = partial(public_address, datasette)
    return json_page(list_data(found, name, (record(row, address) for row in found.rows), address))


async def _list_csv(
    datasette: Datasette, query: ListQuery, columns: Sequence[str], load: LoadRows, name: str
) -> Response:
    """Return the rows as CSV. Where there are more than a file may have, its last line says so."""
    address, lang = partial(public_address, datasette), site_of(datasette).lang
    cut = translator_of(datasette)("csv_cut", address=address("/data"))
    file = CsvFile(name, cut, most_lines=LIST_LINES)

    def lines(conn: sqlite3.Connection) -> Iterator[list[object]]:
        found = load(conn, query, LIST_LINES + 1)
        try:
            yield from _csv_rows(found, columns, lang, address)
        finally:
            if isinstance(found, Generator):
                found.close()  # before the connection: a file that is cut reads no further

    return await stream_csv(datasette, file, lines)


def _csv_rows(
    rows: Iterable[Row],
    columns: Sequence[str],
    lang: Language,
    address: Callable[[str], str],
) -> Iterator[list[object]]:
    """Yield the header and the rows, with codes as words and a link to the page of each row."""
    labels = {
        name: entry.title(lang)
        for table in ("coverage", "report_summary", "checks", "changes")
        for name, entry in tables()[table].fields.items()
    }
    labels["last_seen"] = tables()["reports"].fields["last_seen"].title(lang)
    labels["event"] = translator(lang)("facet_event")
    shown = [name for name in columns if name != ("message_zh" if lang == "en" else "message_en")]
    yield [*(labels[name] for name in shown), text(lang, "csv_link")]
    for row in rows:
        yield [
            *(_in_words(name, row[name], lang) for name in shown),
            address(_path_of(row)),
        ]


def _in_words(name: str, value: object, lang: Language) -> object:
    return web_url(value) if name == "url" else value_in_words(name, value, lang)


def _path_of(row: Row) -> str:
    """Return the path of the page that says most about a row."""
    if not row["report_id"]:
        return f"/agency/{path_segment(row['agency_id'])}"
    names = row.keys()
    if "event" in names and row["event"] == "edited":
        return change_path(row["report_id"], row["seen_at"])
    place = "#checks" if "rule" in names else ""
    return f"/report/{path_segment(row['report_id'])}{place}"
