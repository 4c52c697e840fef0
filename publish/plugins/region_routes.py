"""/region and /region/<code>: who published in a region, year by year."""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

from gongkai.publish.http import query_args as arguments
from gongkai.publish.pages.places.region_page import load
from gongkai.publish.pages.responses import ask, page, within
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.template_names import strings_of


@hookimpl
def register_routes():
    """Answer for regions; the stock row page gives way to this one."""
    return [
        (r"^/region(?:/(?P<code>[0-9]{1,12}))?$", region),
        (rf"^/{DATABASE}/regions/(?P<code>[0-9]{{1,12}})$", moved),
    ]


async def region(request, datasette):
    """Show a region, or the country. Raises NotFound where there is no such region."""
    code = request.url_vars.get("code") or ""
    year, number = arguments.whole(request.args, "year"), arguments.page(request.args)
    found = await ask(datasette, lambda conn: load(conn, code, year, number))
    if found is None:
        raise NotFound(strings_of(datasette)("region_unknown"))
    within(datasette, number, found.pages)
    return await page(datasette, request, "region.html", {"page": found})


async def moved(request, datasette):
    """Send the reader of a row's address to the region's page."""
    return Response.redirect(datasette.urls.path(f"/region/{request.url_vars['code']}"), status=301)
