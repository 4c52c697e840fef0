"""/checks, /changes, /coverage: failed checks, edited reports, missing or late reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence

from gongkai.catalogue import Language
from gongkai.publish.datasette_types import Datasette, Request, Response, Row
from gongkai.publish.http.csv_response import MAX_ROWS, to_csv
from gongkai.publish.http.page_budget import PageBudget
from gongkai.publish.pages.lists import changes_list, checks_list, coverage_list
from gongkai.publish.pages.lists.listing import ListQuery
from gongkai.publish.site import archive_of, site_of
from gongkai.publish.views.responses import (
    csv_attachment,
    query_archive,
    render_page,
    require_page_exists,
)
from gongkai.publish.wording.codes import code_label
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.formatting import web_url
from gongkai.publish.wording.rules import RULES
from gongkai.publish.wording.translation import translator, translator_of

CSV_SECONDS = 2.5
CSV_CHARACTERS = 20_000_000
"""What a CSV file may cost: it is held in memory while it is sent."""

LoadRows = Callable[[sqlite3.Connection, ListQuery, int], Iterable[Row]]


async def checks(request: Request, datasette: Datasette) -> Response:
    """Return the list of failed checks."""
    query = ListQuery.parse(request.args, checks_list.FACETS)
    path, reviews = archive_of(datasette).path, site_of(datasette).reviews
    found = await query_archive(
        datasette, lambda conn: checks_list.load_page(conn, path, query, reviews)
    )
    require_page_exists(datasette, query.page, found.pages)
    context = {"list": found, "rules": RULES.values()}
    return await render_page(datasette, request, "checks.html", context)


async def checks_csv(request: Request, datasette: Datasette) -> Response:
    """Return the failed checks as CSV."""
    query = ListQuery.parse(request.args, checks_list.FACETS)
    columns, load = checks_list.CSV_COLUMNS, checks_list.load_rows
    return await _list_csv(datasette, query, columns, load, "gongkai-checks")


async def changes(request: Request, datasette: Datasette) -> Response:
    """Return the list of reports that were edited or taken down."""
    query, path = ListQuery.parse(request.args, changes_list.FACETS), archive_of(datasette).path
    found = await query_archive(datasette, lambda conn: changes_list.load_page(conn, path, query))
    require_page_exists(datasette, query.page, found.pages)
    return await render_page(datasette, request, "changes.html", {"list": found})


async def changes_csv(request: Request, datasette: Datasette) -> Response:
    """Return the changes as CSV, a row for each cell or sentence."""
    query = ListQuery.parse(request.args, changes_list.FACETS)
    columns, load = changes_list.CSV_COLUMNS, changes_list.load_changed_parts
    return await _list_csv(datasette, query, columns, load, "gongkai-changes")


async def coverage(request: Request, datasette: Datasette) -> Response:
    """Return the list of missing or late reports."""
    query, path = ListQuery.parse(request.args, coverage_list.FACETS), archive_of(datasette).path
    found = await query_archive(datasette, lambda conn: coverage_list.load_page(conn, path, query))
    require_page_exists(datasette, query.page, found.pages)
    context = {"list": found, "not_looked": coverage_list.count_not_looked(found)}
    return await render_page(datasette, request, "coverage.html", context)


async def coverage_csv(request: Request, datasette: Datasette) -> Response:
    """Return the missing or late reports as CSV."""
    query = ListQuery.parse(request.args, coverage_list.FACETS)
    columns, load = coverage_list.CSV_COLUMNS, coverage_list.load_rows
    return await _list_csv(datasette, query, columns, load, "gongkai-coverage")


async def _list_csv(
    datasette: Datasette, query: ListQuery, columns: Sequence[str], load: LoadRows, name: str
) -> Response:
    """Return the rows as CSV. Where they are longer than a file may be, its last line says so."""

    def load_within_budget(conn: sqlite3.Connection) -> tuple[list[Row], bool]:
        budget = PageBudget(seconds=CSV_SECONDS, characters=CSV_CHARACTERS)
        return list(budget.limit(load(conn, query, MAX_ROWS), _length)), budget.is_exceeded

    rows, is_cut = await query_archive(datasette, load_within_budget)
    lines = list(_csv_rows(rows, columns, site_of(datasette).lang))
    if is_cut:
        lines.append([translator_of(datasette)("page_cut")])
    return csv_attachment(to_csv(lines), name)


def _length(row: Row) -> int:
    return sum(len(value) for value in tuple(row) if isinstance(value, str))


def _csv_rows(
    rows: Iterable[Row], columns: Sequence[str], lang: Language
) -> Iterator[list[object]]:
    """Yield the header and the rows, with codes as words."""
    labels = {
        name: entry.title(lang)
        for table in ("coverage", "report_summary", "checks", "changes")
        for name, entry in tables()[table].fields.items()
    }
    labels["last_seen"] = tables()["reports"].fields["last_seen"].title(lang)
    labels["event"] = translator(lang)("facet_event")
    yield [labels[name] for name in columns]
    for row in rows:
        yield [
            web_url(row[name]) if name == "url" else code_label(name, row[name], lang)
            for name in columns
        ]
