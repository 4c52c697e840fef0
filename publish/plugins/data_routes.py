"""/data, /data/dictionary and /download/<file>: the data, what it means, and how to have it."""

from datasette import hookimpl
from datasette.utils.asgi import NotFound

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.publish.http.file_response import SentFile
from gongkai.publish.pages.data.api_examples import EXAMPLES
from gongkai.publish.pages.data.downloads import by_table, offered, one
from gongkai.publish.pages.responses import ask, page
from gongkai.publish.site import site_of
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.measures import MEASURES
from gongkai.publish.wording.template_names import strings_of


@hookimpl
def register_routes():
    """Answer for the data pages and for the files."""
    return [
        (r"^/data$", data),
        (r"^/data/dictionary$", dictionary),
        (r"^/download/(?P<name>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)?)$", download),
    ]


async def data(request, datasette):
    """Show what there is to download, the measures, how to cite, examples of the API."""
    seen = await ask(
        datasette, lambda conn: conn.execute("select max(last_seen) from reports").fetchone()[0]
    )
    context = {
        "downloads": by_table(offered(site_of(datasette).downloads), tables()),
        "measures": MEASURES.values(),
        "examples": EXAMPLES,
        "origin": f"{request.scheme}://{request.host}",
        "as_of": seen,
        "licence": DATA_LICENCE,
    }
    return await page(datasette, request, "data.html", context)


async def dictionary(request, datasette):
    """Show the data dictionary."""
    return await page(datasette, request, "dictionary.html", {})


async def download(request, datasette):
    """Send a file. Raises NotFound for what is not offered."""
    folder = site_of(datasette).downloads
    found = one(folder, request.url_vars["name"])
    if folder is None or found is None:
        raise NotFound(strings_of(datasette)("no_file"))
    return SentFile(
        folder / found.name,
        found.bytes,
        found.media_type,
        f'"{found.sha256}"' if found.sha256 else "",
        request.method,
        request.headers,
    )
