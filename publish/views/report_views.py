"""/report/<id>: one report as its form prints it, with its failed checks and its sources.

With `.json` the same as data, with `.csv` the cells of its tables.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from datasette.utils.asgi import NotFound

from gongkai.catalogue import Language
from gongkai.publish.datasette_types import Datasette, Request, Response, Row
from gongkai.publish.http.csv_response import to_csv
from gongkai.publish.http.known_then import AsOf, address_then, was_edited_since
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.places.grounds import (
    GroundTable,
    load_agency_grounds,
    report_ground_tables,
)
from gongkai.publish.pages.proof.shown_cell import read_cells
from gongkai.publish.pages.report.report_export import cell_rows, report_record
from gongkai.publish.pages.report.report_page import Report
from gongkai.publish.pages.report.report_query import load_report
from gongkai.publish.rendering.rendering_box import CannotRender, shared_box
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.drawn_charts import PageCharts, shared_picture
from gongkai.publish.views.responses import (
    as_of_context,
    as_of_day,
    csv_attachment,
    json_response,
    query_archive,
    redirect_permanently,
    render_page,
)
from gongkai.publish.wording.translation import translator_of

_REPORT = "SELECT id, agency_id, year FROM reports WHERE id = ?"
_AGENCY = "SELECT name FROM agencies WHERE id = ?"


async def report(request: Request, datasette: Datasette) -> Response:
    """Return the page of a report."""
    found, site = await _find_report(request, datasette), site_of(datasette)
    grounds = await _load_grounds(datasette, found.row, found.as_of)
    charts = _chart_page(found.row, found.agency, grounds, found.as_of, site.lang)
    context = {
        **as_of_context(datasette, request, found.as_of),
        "report": found,
        "tables": found.tables(site.lang),
        "grounds": grounds,
        "chart_page": charts.address,
        "shared": await shared_picture(datasette, charts),
        "has_copies": site.read_copy is not None,
    }
    return await render_page(datasette, request, "report.html", context)


async def report_charts(request: Request, datasette: Datasette) -> PageCharts | None:
    """Return the charts of the page of a report, None if there is no such report."""
    report_id, day = request.url_vars["id"], as_of_day(request)

    def load(conn: sqlite3.Connection) -> tuple[Row, Row] | None:
        row = conn.execute(_REPORT, (report_id,)).fetchone()
        if row is None:
            return None
        return row, conn.execute(_AGENCY, (row["agency_id"],)).fetchone()

    found = await query_archive(datasette, load, day)
    if found is None:
        return None
    row, agency = found
    grounds = await _load_grounds(datasette, row, day)
    return _chart_page(row, agency, grounds, day, site_of(datasette).lang)


async def _load_grounds(
    datasette: Datasette, row: Row, day: AsOf | None
) -> tuple[GroundTable, ...]:
    agency, lang = str(row["agency_id"]), site_of(datasette).lang
    value_of = await query_archive(datasette, lambda conn: load_agency_grounds(conn, agency), day)
    return report_ground_tables(value_of, int(row["year"] or 0), lang)


def _chart_page(
    row: Row, agency: Row, grounds: Sequence[GroundTable], day: AsOf | None, lang: Language
) -> PageCharts:
    address = address_then(f"/report/{path_segment(row['id'])}", day)
    return PageCharts(
        str(agency["name"]), address, tuple(each.chart(lang) for each in grounds), day
    )


async def report_json(request: Request, datasette: Datasette) -> Response:
    """Return everything that the page says, as data."""
    return json_response(report_record(await _find_report(request, datasette)))


async def report_csv(request: Request, datasette: Datasette) -> Response:
    """Return the cells of the tables as CSV."""
    found = await _find_report(request, datasette)
    rows = cell_rows(found, site_of(datasette).lang, partial(public_address, datasette))
    return csv_attachment(to_csv(rows), f"gongkai-{found.id}")


async def redirect_row(request: Request, datasette: Datasette) -> Response:
    """Redirect from the row of a report to its page."""
    return redirect_permanently(datasette, f"/report/{request.url_vars['id']}")


async def _find_report(request: Request, datasette: Datasette) -> Report:
    """Return the report that an address names.

    Raises:
        NotFound: There is no report with this id.
    """
    reviews = site_of(datasette).reviews
    report_id, day = request.url_vars["id"], as_of_day(request)

    def load(conn: sqlite3.Connection) -> Report | None:
        found = load_report(conn, report_id, reviews)
        if found is None or day is None:
            return found
        return replace(found, as_of=day, is_edited_since=was_edited_since(conn, report_id, day))

    found = await query_archive(datasette, load, day)
    if found is None:
        raise NotFound(translator_of(datasette)("viewer_not_yet" if day else "report_unknown"))
    return await _with_cells_then(datasette, found) if found.is_edited_since else found


async def _with_cells_then(datasette: Datasette, found: Report) -> Report:
    """Return a report that was edited since with the figures in its original of that day.

    They are absent where that cannot be read.
    """
    original, read_copy = found.original, site_of(datasette).read_copy
    if original is None or read_copy is None:
        return found
    try:
        body = await asyncio.to_thread(read_copy, original.snapshot)
        cells = await asyncio.to_thread(read_cells, shared_box(), original, body)
    except (LookupError, OSError, CannotRender):
        return found
    return replace(found, cells=cells)
