"""/search: full text over all reports with marked passages, and Datasette's own search boxes."""

from datasette import Response, hookimpl
from datasette.utils.asgi import BadRequest

from archive.search import match_query
from publish.finder import Question, TooLong, answer
from publish.language import strings_of
from publish.site import DATABASE


@hookimpl(trylast=True)
def prepare_connection(conn):
    """Make Datasette ask its search questions in our tokens.

    `trylast`: the core registers a function of the same name, and the later one stands.
    """
    conn.create_function("escape_fts", 1, match_query)


@hookimpl
def register_routes():
    """Answer for the search page."""
    return [(r"^/search$", search)]


async def search(request, datasette):
    """Show the search page, with results where something was asked. Raises BadRequest."""
    t = strings_of(datasette)
    try:
        question = Question.of(request.args)
    except TooLong as problem:
        raise BadRequest(t("too_long", n=problem.limit)) from problem
    except ValueError as problem:
        raise BadRequest(t("bad_value", value=problem.args[0])) from problem
    database = datasette.get_database(DATABASE)
    context = {"page": await database.execute_fn(lambda conn: answer(conn, question))}
    html = await datasette.render_template("search.html", context, request=request)
    return Response.html(html, headers={"cache-control": "max-age=300"})
