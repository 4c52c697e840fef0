"""/agency/<id>: one agency over the years."""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

from gongkai.publish.pages.places.agency_page import load
from gongkai.publish.pages.responses import ask, page
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.template_names import strings_of


@hookimpl
def register_routes():
    """Answer for agencies; the stock row page gives way to this one."""
    return [
        (r"^/agency/(?P<id>[^/.]+)$", agency),
        (rf"^/{DATABASE}/agencies/(?P<id>[^/.]+)$", moved),
    ]


async def agency(request, datasette):
    """Show an agency. Raises NotFound where there is none with this id."""
    t = strings_of(datasette)
    found = await ask(datasette, lambda conn: load(conn, request.url_vars["id"]))
    if found is None:
        raise NotFound(t("agency_unknown"))
    context = {"agency": found, "charts": found.charts(t)}
    return await page(datasette, request, "agency.html", context)


async def moved(request, datasette):
    """Send the reader of a row's address to the agency's page."""
    return Response.redirect(datasette.urls.path(f"/agency/{request.url_vars['id']}"), status=301)
