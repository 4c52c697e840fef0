"""/data, /data/dictionary and /download/<file>: the data, what it means, and files of it."""

from __future__ import annotations

from datasette.utils.asgi import NotFound

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.file_response import FileResponse
from gongkai.publish.pages.data.api_examples import EXAMPLES
from gongkai.publish.pages.data.downloads import find_download, group_by_table, list_downloads
from gongkai.publish.site import site_of
from gongkai.publish.views.responses import query_archive, render_page
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.measures import MEASURES
from gongkai.publish.wording.translation import translator_of


async def data(request: Request, datasette: Datasette) -> Response:
    """Return the page of downloads, measures, citation and examples of the API."""
    last_seen = await query_archive(
        datasette, lambda conn: conn.execute("SELECT max(last_seen) FROM reports").fetchone()[0]
    )
    downloads = list_downloads(site_of(datasette).downloads)
    context = {
        "downloads": group_by_table(downloads, tables()),
        "measures": MEASURES.values(),
        "examples": EXAMPLES,
        "origin": site_of(datasette).base_url,
        "as_of": last_seen,
        "licence": DATA_LICENCE,
    }
    return await render_page(datasette, request, "data.html", context)


async def dictionary(request: Request, datasette: Datasette) -> Response:
    """Return the data dictionary."""
    return await render_page(datasette, request, "dictionary.html", {})


async def download(request: Request, datasette: Datasette) -> Response:
    """Return a file.

    Raises:
        NotFound: The file is not offered for download.
    """
    folder = site_of(datasette).downloads
    found = find_download(folder, request.url_vars["name"])
    if folder is None or found is None:
        raise NotFound(translator_of(datasette)("no_file"))
    return FileResponse(
        path=folder / found.name,
        size=found.bytes,
        media_type=found.media_type,
        etag=f'"{found.sha256}"' if found.sha256 else "",
        method=request.method,
        request_headers=request.headers,
    )
