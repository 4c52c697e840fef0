"""Error pages in the reader's language, and the right status for what the reader got wrong."""

from datasette import Response, hookimpl

from gongkai.publish.http.error_pages import explain
from gongkai.publish.wording.template_names import strings_of


@hookimpl(hookwrapper=True)
def handle_exception(datasette, request, exception):
    """Answer in place of Datasette's own handler, which shows SQL and prints every 404 whole."""
    outcome = yield
    outcome.force_result([lambda: answer(datasette, request, exception)])


@hookimpl
def forbidden(datasette, request, message):
    """Say that this is not open, without saying what it is."""
    return lambda: answer(datasette, request, PermissionError(message))


async def answer(datasette, request, exception):
    """Return the page or the JSON that says what went wrong."""
    trouble = explain(exception, request, strings_of(datasette))
    if request.path.endswith(".json"):
        body = {"ok": False, "status": trouble.status, "error": trouble.message}
        return Response.json(body, status=trouble.status)
    context = {
        "status": trouble.status,
        "heading": trouble.heading,
        "message": trouble.message,
    }
    html = await datasette.render_template("error.html", context, request=request)
    return Response.html(html, status=trouble.status)
