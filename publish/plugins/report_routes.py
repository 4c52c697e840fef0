"""/report/<id>: one report as its form prints it, with what was found wrong and where it is from.

With .json the same as data, with .csv its cells as a sheet.
"""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

from gongkai.publish.http.csv_response import written
from gongkai.publish.pages.report.report_export import cells, record
from gongkai.publish.pages.report.report_query import load
from gongkai.publish.pages.responses import AGE, ask, sheet
from gongkai.publish.site import DATABASE, site_of
from gongkai.publish.wording.template_names import strings_of


@hookimpl
def register_routes():
    """Answer for reports; the stock row page gives way to this one."""
    return [
        (r"^/report/(?P<id>[^/.]+)$", report),
        (r"^/report/(?P<id>[^/.]+)\.json$", as_json),
        (r"^/report/(?P<id>[^/.]+)\.csv$", as_sheet),
        (rf"^/{DATABASE}/reports/(?P<id>[^/.]+)$", moved),
    ]


async def report(request, datasette):
    """Show a report."""
    found = await asked(request, datasette)
    context = {
        "report": found,
        "tables": found.tables(site_of(datasette).lang),
        "has_copies": site_of(datasette).read_copy is not None,
    }
    html = await datasette.render_template("report.html", context, request=request)
    return Response.html(html, headers={"cache-control": "max-age=300"})


async def as_json(request, datasette):
    """Send everything the page tells as data."""
    found = await asked(request, datasette)
    return Response.json(record(found), headers=AGE)


async def as_sheet(request, datasette):
    """Send the cells of the tables as a sheet."""
    found = await asked(request, datasette)
    return sheet(written(cells(found, site_of(datasette).lang)), f"gongkai-{found.id}")


async def asked(request, datasette):
    """Return the report that is asked for. Raises NotFound where there is none with this id."""
    reviews = site_of(datasette).reviews
    found = await ask(datasette, lambda conn: load(conn, request.url_vars["id"], reviews))
    if found is None:
        raise NotFound(strings_of(datasette)("report_unknown"))
    return found


async def moved(request, datasette):
    """Send the reader of a row's address to the report's page."""
    return Response.redirect(datasette.urls.path(f"/report/{request.url_vars['id']}"), status=301)
