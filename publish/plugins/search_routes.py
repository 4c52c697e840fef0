"""/search: full text over all reports with marked passages, and Datasette's own search boxes."""

from pathlib import Path

from datasette import hookimpl
from datasette.utils.asgi import BadRequest

from gongkai.archive.store.search import match_query
from gongkai.publish.facets.bitmaps import facets_of
from gongkai.publish.http.csv_response import written
from gongkai.publish.pages.lists.search_export import rows
from gongkai.publish.pages.lists.search_page import Question, TooLong, answer
from gongkai.publish.pages.responses import ask, page, sheet, within
from gongkai.publish.site import DATABASE, site_of
from gongkai.publish.wording.template_names import strings_of


@hookimpl(trylast=True)
def prepare_connection(conn):
    """Make Datasette ask its search questions in our tokens.

    `trylast`: the core registers a function of the same name, and the later one stands.
    """
    conn.create_function("escape_fts", 1, match_query)


@hookimpl
def startup(datasette):
    """Count the facets before the first reader asks."""

    async def counted():
        if DATABASE in datasette.databases:
            await ask(datasette, lambda conn: facets(datasette))

    return counted


@hookimpl
def register_routes():
    """Answer for the search page, and for the same result as a table."""
    return [(r"^/search$", search), (r"^/search\.csv$", search_sheet)]


async def search(request, datasette):
    """Show the search page, with results where something was asked."""
    question = asked(request, datasette)
    found = await ask(datasette, lambda conn: answer(conn, facets(datasette), question))
    within(datasette, question.page, found.pages)
    return await page(datasette, request, "search.html", {"page": found})


async def search_sheet(request, datasette):
    """Send the reports found as a table for a spreadsheet."""
    question, lang = asked(request, datasette), site_of(datasette).lang
    text = await ask(datasette, lambda conn: written(rows(conn, facets(datasette), question, lang)))
    return sheet(text, "gongkai-reports")


def asked(request, datasette):
    """Return what the address asks. Raises BadRequest for a question that is too long."""
    try:
        return Question.of(request.args)
    except TooLong as problem:
        raise BadRequest(strings_of(datasette)("too_long", n=problem.limit)) from problem


def facets(datasette):
    """Return the facets of the served file."""
    return facets_of(Path(datasette.get_database(DATABASE).path))
