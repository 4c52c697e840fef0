"""/codebook, /codebook.json and /codebook.xml: what every table, column, code and variable means."""

from __future__ import annotations

from functools import cache

from gongkai.archive.codebook.codebook import codebook
from gongkai.archive.codebook.codebook_json import codebook_json
from gongkai.archive.codebook.ddi import Study, ddi_xml
from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.query_args import short_text
from gongkai.publish.pages.data.codebook_page import MAX_LENGTH, codebook_page
from gongkai.publish.views.responses import render_page, respond


async def codebook_html(request: Request, datasette: Datasette) -> Response:
    """Return the codebook as a page, or what of it has the words of `q`."""
    words = short_text(request.args, "q", MAX_LENGTH)
    context = {
        "page": codebook_page(codebook(), words),
        "longest": MAX_LENGTH,
    }
    return await render_page(datasette, request, "codebook.html", context)


async def codebook_data(request: Request, datasette: Datasette) -> Response:
    """Return the codebook as JSON, in both languages."""
    return respond(_json(), "application/json; charset=utf-8")


async def codebook_ddi(request: Request, datasette: Datasette) -> Response:
    """Return the codebook as DDI Codebook 2.5."""
    return respond(_ddi(), "application/xml; charset=utf-8")


@cache
def _json() -> str:
    return codebook_json(codebook())


@cache
def _ddi() -> bytes:
    return ddi_xml(codebook(), Study(DATA_LICENCE.path))
