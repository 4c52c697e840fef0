"""/viewer/DIGEST: a kept document of a report as it looked, with a bar that tells when and whence.

`/page` is a web page, with `?plain=1` without its images and style sheets; `/page/N.png` a page of a PDF. Both
are shown inside. `/viewer/report/ID?day=…` leads to the version that stood for a report on a day.
"""

from __future__ import annotations

from datetime import date

import datasette as stock
from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.query_args import BadValue
from gongkai.publish.pages.proof.page_parts import FoundParts
from gongkai.publish.pages.proof.viewer_page import (
    MOST_PAGES,
    Viewed,
    find_version,
    load_viewed,
    show_viewed,
)
from gongkai.publish.rendering.rendering_box import shared_box
from gongkai.publish.rendering.shown_document import ShownDocument
from gongkai.publish.site import site_of
from gongkai.publish.views.kept.kept_pages import (
    WITH_FRAME,
    NotShown,
    answer_picture,
    answer_shown,
    find_kept_parts,
    frame_document,
    read_original,
    rendered,
)
from gongkai.publish.views.responses import query_archive, render_page
from gongkai.publish.wording.translation import translator_of

PATTERN = r"^/viewer/(?P<digest>[0-9a-f]{64})"
"""A regular expression of the path of a document, without its end."""

AS_OF = r"^/viewer/report/(?P<id>[^/.]+)$"


async def viewer(request: Request, datasette: Datasette) -> Response:
    """Return the page of a kept document."""
    viewed = await _find(request, datasette)
    shown, why, found = None, "", FoundParts()
    try:
        shown, _ = await _open(datasette, viewed)
        found = await find_kept_parts(datasette, shown, *_place(viewed))
    except NotShown as problem:
        why = problem.why
    context = {
        "viewed": viewed,
        "shown": shown,
        "why": why,
        "parts": found,
        "is_plain": bool(request.args.get("plain")),
        "pages": min(shown.pages, MOST_PAGES) if shown else 0,
        "has_copies": site_of(datasette).read_copy is not None,
    }
    return await render_page(datasette, request, "viewer.html", context, headers=WITH_FRAME)


async def viewer_page(request: Request, datasette: Datasette) -> Response:
    """Return a kept page as markup that does nothing, with the images and styles that are kept.

    Raises:
        NotFound: It cannot be shown so.
    """
    viewed = await _find(request, datasette)
    place = None if request.args.get("plain") else _place(viewed)

    async def answer() -> Response:
        shown, _ = await _open(datasette, viewed)
        return await frame_document(datasette, shown, place)

    return await answer_shown(datasette, answer())


async def viewer_picture(request: Request, datasette: Datasette) -> Response:
    """Return a page of a PDF as a picture.

    Raises:
        NotFound: There is no such page.
    """
    viewed = await _find(request, datasette)
    number = int(request.url_vars["number"])

    async def answer() -> Response:
        shown, body = await _open(datasette, viewed)
        if shown.kind != "picture" or not 0 < number <= MOST_PAGES:
            raise NotShown("proof_not_shown")
        return await answer_picture(lambda: shared_box().draw(body, number, ()))

    return await answer_shown(datasette, answer())


async def as_of(request: Request, datasette: Datasette) -> Response:
    """Redirect to the version that stood for a report on a day in China.

    Raises:
        NotFound: There is no such report, or it was not known on that day.
        BadValue: The day is no date.
    """
    given = request.args.get("day") or ""
    try:
        day = date.fromisoformat(given)
    except ValueError as problem:
        raise BadValue(given[:40]) from problem
    report_id = request.url_vars["id"]
    found = await query_archive(datasette, lambda conn: find_version(conn, report_id, day))
    if found is None:
        raise NotFound(translator_of(datasette)("viewer_not_yet"))
    response: Response = stock.Response.redirect(datasette.urls.path(f"/viewer/{found}"))
    return response


async def _find(request: Request, datasette: Datasette) -> Viewed:
    """Return the document that an address names.

    Raises:
        NotFound: No report has it.
    """
    digest = request.url_vars["digest"]
    found = await query_archive(datasette, lambda conn: load_viewed(conn, digest))
    if found is None:
        raise NotFound(translator_of(datasette)("kept_unknown"))
    return found


def _place(viewed: Viewed) -> tuple[str, str]:
    return viewed.original.url, viewed.sightings.last


async def _open(datasette: Datasette, viewed: Viewed) -> tuple[ShownDocument, bytes]:
    """Return how a document is shown, and its bytes.

    Raises:
        NotShown: It cannot be shown.
    """
    body = await read_original(datasette, viewed.original.snapshot)
    shown = await rendered(lambda: show_viewed(shared_box(), viewed, body), body)
    if shown.kind == "none":
        raise NotShown("proof_not_shown", body)
    return shown, body
