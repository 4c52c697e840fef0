"""/report/<id>: one report as its form prints it, with its failed checks and its sources.

With `.json` the same as data, with `.csv` the cells of its tables.
"""

from __future__ import annotations

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.csv_response import to_csv
from gongkai.publish.pages.report.report_export import cell_rows, report_record
from gongkai.publish.pages.report.report_page import Report
from gongkai.publish.pages.report.report_query import load_report
from gongkai.publish.site import site_of
from gongkai.publish.views.responses import (
    csv_attachment,
    json_response,
    query_archive,
    redirect_permanently,
    render_page,
)
from gongkai.publish.wording.translation import translator_of


async def report(request: Request, datasette: Datasette) -> Response:
    """Return the page of a report."""
    found, site = await _find_report(request, datasette), site_of(datasette)
    context = {
        "report": found,
        "tables": found.tables(site.lang),
        "has_copies": site.read_copy is not None,
    }
    return await render_page(datasette, request, "report.html", context)


async def report_json(request: Request, datasette: Datasette) -> Response:
    """Return everything that the page says, as data."""
    return json_response(report_record(await _find_report(request, datasette)))


async def report_csv(request: Request, datasette: Datasette) -> Response:
    """Return the cells of the tables as CSV."""
    found = await _find_report(request, datasette)
    return csv_attachment(to_csv(cell_rows(found, site_of(datasette).lang)), f"gongkai-{found.id}")


async def redirect_row(request: Request, datasette: Datasette) -> Response:
    """Redirect from the row of a report to its page."""
    return redirect_permanently(datasette, f"/report/{request.url_vars['id']}")


async def _find_report(request: Request, datasette: Datasette) -> Report:
    """Return the report that an address names.

    Raises:
        NotFound: There is no report with this id.
    """
    reviews = site_of(datasette).reviews
    report_id = request.url_vars["id"]
    found = await query_archive(datasette, lambda conn: load_report(conn, report_id, reviews))
    if found is None:
        raise NotFound(translator_of(datasette)("report_unknown"))
    return found
