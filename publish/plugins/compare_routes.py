"""/compare: agencies and regions side by side, as a page and as a table."""

from datasette import hookimpl

from gongkai.publish.http.csv_response import written
from gongkai.publish.pages.places.compare_page import MOST, Asked, compare
from gongkai.publish.pages.responses import ask, page, sheet
from gongkai.publish.site import site_of
from gongkai.publish.wording.measures import COUNTS, RATES


@hookimpl
def register_routes():
    """Answer for the comparison."""
    return [(r"^/compare$", compared), (r"^/compare\.csv$", compared_sheet)]


async def compared(request, datasette):
    """Show the comparison an address asks for."""
    asked = Asked.of(request.args)
    found = await ask(datasette, lambda conn: compare(conn, asked))
    context = {"found": found, "counts": COUNTS, "rates": RATES, "most": MOST}
    return await page(datasette, request, "compare.html", context)


async def compared_sheet(request, datasette):
    """Send the same as a table."""
    asked, lang = Asked.of(request.args), site_of(datasette).lang
    found = await ask(datasette, lambda conn: compare(conn, asked))
    return sheet(written(found.sheet(lang)), "gongkai-compare")
