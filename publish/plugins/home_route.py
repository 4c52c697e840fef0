"""/: what this is, a search box, the numbers at a glance, the latest reports."""

from datasette import Response, hookimpl

from gongkai.publish.pages.home_page import EXAMPLES, overview
from gongkai.publish.site import DATABASE


@hookimpl
def register_routes():
    """Answer for the home page."""
    return [(r"^/$", home)]


async def home(request, datasette):
    """Show the home page."""
    database = datasette.get_database(DATABASE)
    context = {"overview": await database.execute_fn(overview), "examples": EXAMPLES}
    html = await datasette.render_template("home.html", context, request=request)
    return Response.html(html, headers={"cache-control": "max-age=300"})
