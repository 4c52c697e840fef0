"""/report/<id>: one report as its form prints it, with what was found wrong and where it is from."""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

from publish.language import strings_of
from publish.report_rows import load
from publish.site import DATABASE, site_of


@hookimpl
def register_routes():
    """Answer for reports; the stock row page gives way to this one."""
    return [
        (r"^/report/(?P<id>[^/.]+)$", report),
        (rf"^/{DATABASE}/reports/(?P<id>[^/.]+)$", moved),
    ]


async def report(request, datasette):
    """Show a report. Raises NotFound where there is none with this id."""
    database = datasette.get_database(DATABASE)
    reviews = site_of(datasette).reviews
    found = await database.execute_fn(lambda conn: load(conn, request.url_vars["id"], reviews))
    if found is None:
        raise NotFound(strings_of(datasette)("report_unknown"))
    context = {
        "report": found,
        "tables": found.tables(site_of(datasette).lang),
        "has_copies": site_of(datasette).read_copy is not None,
    }
    html = await datasette.render_template("report.html", context, request=request)
    return Response.html(html, headers={"cache-control": "max-age=300"})


async def moved(request, datasette):
    """Send the reader of a row's address to the report's page."""
    return Response.redirect(datasette.urls.path(f"/report/{request.url_vars['id']}"), status=301)
