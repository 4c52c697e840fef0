"""/table: the table builder, as a page, CSV, Excel file and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import ceil

from gongkai.catalogue import text
from gongkai.publish.charts.sparkline import sparkline
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.csv_response import MAX_ROWS, to_csv
from gongkai.publish.http.vintage import VINTAGES
from gongkai.publish.pages.builder.built_table import BuiltTable, build_table
from gongkai.publish.pages.builder.table_export import (
    row_name,
    sum_name,
    table_json,
    table_lines,
    table_path,
    write_table_workbook,
)
from gongkai.publish.pages.builder.table_measures import (
    COUNT_COLUMNS,
    GROUND_COLUMNS,
    OUTCOME_COLUMNS,
    RATE_COLUMNS,
)
from gongkai.publish.pages.builder.table_query import (
    FILTERS,
    MAX_MEASURES,
    ROW_KINDS,
    SUMMED,
    TableQuery,
)
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.responses import (
    CACHE_HEADERS,
    csv_attachment,
    json_page,
    query_archive,
    render_page,
    require_page_exists,
    respond,
)

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OFFERED = {
    "counts": COUNT_COLUMNS,
    "rates": RATE_COLUMNS,
    "grounds": GROUND_COLUMNS,
    "outcomes": OUTCOME_COLUMNS,
}


async def built_table(request: Request, datasette: Datasette) -> Response:
    """Return the table that an address asks for, with the form that changes it."""
    query = TableQuery.parse(request.args)
    table = await query_archive(
        datasette, lambda conn: build_table(conn, query), vintage=query.vintage
    )
    require_page_exists(datasette, table.query.page, table.pages)
    lang = site_of(datasette).lang
    context = {
        "table": table,
        "is_asked": bool(request.query_string),
        "offered": _OFFERED,
        "row_kinds": ROW_KINDS,
        "summed": SUMMED,
        "vintages": VINTAGES,
        "filters": FILTERS,
        "most": MAX_MEASURES,
        "row_name": lambda row: row_name(row, lang),
        "sum_name": lambda row: sum_name(row, lang),
        "sparkline": sparkline,
    }
    return await render_page(datasette, request, "built_table.html", context)


async def built_table_csv(request: Request, datasette: Datasette) -> Response:
    """Return all rows of the same table as CSV. Where there are too many, its last line says so."""
    table = await _load_all(request, datasette)
    lines = table_lines(table, site_of(datasette).lang, partial(public_address, datasette))
    return csv_attachment(to_csv(lines), "gongkai-table")


async def built_table_xlsx(request: Request, datasette: Datasette) -> Response:
    """Return all rows of the same table as an Excel file."""
    table = await _load_all(request, datasette)
    lang, address = site_of(datasette).lang, partial(public_address, datasette)
    about = list(_about(datasette, table))
    headers = {**CACHE_HEADERS, "content-disposition": 'attachment; filename="gongkai-table.xlsx"'}
    return respond(write_table_workbook(table, lang, address, about), _EXCEL, headers=headers)


async def built_table_json(request: Request, datasette: Datasette) -> Response:
    """Return the rows of the same table as JSON, in much longer pages."""
    query = TableQuery.parse(request.args)
    table = await query_archive(
        datasette, lambda conn: build_table(conn, query, MAX_ROWS), vintage=query.vintage
    )
    require_page_exists(datasette, query.page, max(1, ceil(table.total / MAX_ROWS)))
    lang, address = site_of(datasette).lang, partial(public_address, datasette)
    return json_page(table_json(table, lang, address, MAX_ROWS))


async def _load_all(request: Request, datasette: Datasette) -> BuiltTable:
    """Return a table with all its rows up to the bound: a file has no pages."""
    query = replace(TableQuery.parse(request.args), page=1)
    return await query_archive(
        datasette, lambda conn: build_table(conn, query, MAX_ROWS), vintage=query.vintage
    )


def _address(datasette: Datasette, table: BuiltTable) -> str:
    return public_address(datasette, table_path(table))


def _about(datasette: Datasette, table: BuiltTable) -> Iterator[str]:
    lang = site_of(datasette).lang
    yield text(lang, "site_name")
    yield _address(datasette, table)
    for column in table.query.columns:
        about = column.about(lang)
        yield f"{column.title(lang)}{text(lang, 'colon')}{about}" if about else column.title(lang)
    yield text(lang, "rate_small")
    yield text(lang, "table_sums_about")
    yield text(lang, "licence_about")
