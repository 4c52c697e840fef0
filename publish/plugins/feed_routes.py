"""/feeds/<kind>.atom: what is new, for feed readers."""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

from gongkai.publish.http import query_args as arguments
from gongkai.publish.pages.lists.feeds import QUESTIONS, load, xml
from gongkai.publish.pages.responses import AGE, ask
from gongkai.publish.site import site_of
from gongkai.publish.wording.template_names import strings_of


@hookimpl
def register_routes():
    """Answer for the feeds."""
    return [(rf"^/feeds/(?P<kind>{'|'.join(QUESTIONS)})\.atom$", feed)]


async def feed(request, datasette):
    """Send a feed. Raises NotFound where there is no such region or agency."""
    kind, t = request.url_vars["kind"], strings_of(datasette)
    region, agency = arguments.region(request.args), arguments.text(request.args, "agency", 200)
    found = await ask(datasette, lambda conn: load(conn, kind, region, agency))
    if found is None:
        raise NotFound(t("feed_unknown"))

    def absolute(path):
        return datasette.absolute_url(request, datasette.urls.path(path))

    own = (
        f"{absolute(f'/feeds/{kind}.atom')}{'?' * bool(request.query_string)}{request.query_string}"
    )
    body = xml(found, site_of(datasette).lang, t, absolute, own)
    return Response(body, headers=AGE, content_type="application/atom+xml; charset=utf-8")
