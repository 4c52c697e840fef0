"""/data, /data/dictionary and /download/<file>: the data, what it means, and how to have it."""

from datasette import hookimpl
from datasette.utils.asgi import AsgiFileDownload, NotFound

from publish.answers import ask, page
from publish.downloads import Download, offered, path_of
from publish.examples import EXAMPLES
from publish.language import strings_of
from publish.measures import MEASURES
from publish.site import site_of


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
        "downloads": offered(site_of(datasette).downloads),
        "measures": MEASURES.values(),
        "examples": EXAMPLES,
        "origin": f"{request.scheme}://{request.host}",
        "as_of": seen,
    }
    return await page(datasette, request, "data.html", context)


async def dictionary(request, datasette):
    """Show the data dictionary."""
    return await page(datasette, request, "dictionary.html", {})


async def download(request, datasette):
    """Send a file. Raises NotFound for what is not offered."""
    name = request.url_vars["name"]
    path = path_of(site_of(datasette).downloads, name)
    if path is None:
        raise NotFound(strings_of(datasette)("no_file"))
    return AsgiFileDownload(
        str(path),
        filename=path.name,
        content_type=Download(name, 0).media_type,
        headers={"cache-control": "max-age=300"},
    )
