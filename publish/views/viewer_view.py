"""/viewer/DIGEST: a kept document of a report as it looked, with a bar that tells when and whence.

`/page` is a web page, `/page/N.png` a page of a PDF; both are shown inside. `/viewer/report/ID?day=…` leads to
the version that stood for a report on a day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import datasette as stock
from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.query_args import BadValue
from gongkai.publish.pages.proof.viewer_page import (
    MOST_PAGES,
    Viewed,
    find_images,
    find_version,
    load_viewed,
    show_viewed,
)
from gongkai.publish.rendering.framed_page import FRAME_HEADERS, framed_page
from gongkai.publish.rendering.rendering_box import CannotRender, RenderingBusy, shared_box
from gongkai.publish.rendering.shown_document import ShownDocument
from gongkai.publish.site import site_of
from gongkai.publish.views.proof_view import PICTURE_HEADERS, WITH_FRAME, answer_busy
from gongkai.publish.views.responses import query_archive, render_page, respond
from gongkai.publish.wording.translation import translator_of

PATTERN = r"^/viewer/(?P<digest>[0-9a-f]{64})"
"""A regular expression of the path of a document, without its end."""

AS_OF = r"^/viewer/report/(?P<id>[^/.]+)$"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document as far as it could be opened. `why` is the key of the text that says why not, or ""."""

    shown: ShownDocument | None = None
    body: bytes = b""
    why: str = ""


async def viewer(request: Request, datasette: Datasette) -> Response:
    """Return the page of a kept document."""
    viewed = await _find(request, datasette)
    opened = await _open(datasette, viewed)
    pages = min(opened.shown.pages, MOST_PAGES) if opened.shown else 0
    context = {
        "viewed": viewed,
        "shown": opened.shown,
        "why": opened.why,
        "pages": pages,
        "has_copies": site_of(datasette).read_copy is not None,
    }
    return await render_page(datasette, request, "viewer.html", context, headers=WITH_FRAME)


async def viewer_page(request: Request, datasette: Datasette) -> Response:
    """Return a kept page as markup that does nothing, with the images that are kept.

    Raises:
        NotFound: It cannot be shown so.
    """
    viewed = await _find(request, datasette)
    opened = await _open(datasette, viewed)
    if opened.why == "proof_busy":
        return answer_busy(datasette)
    if opened.shown is None or opened.shown.kind not in ("page", "table"):
        raise NotFound(translator_of(datasette)("proof_not_shown"))
    images = await _read_images(datasette, viewed, opened.shown)
    page = framed_page(opened.shown.markup, images=images)
    return respond(page, "text/html; charset=utf-8", headers=FRAME_HEADERS)


async def viewer_picture(request: Request, datasette: Datasette) -> Response:
    """Return a page of a PDF as a picture.

    Raises:
        NotFound: There is no such page.
    """
    opened = await _open(datasette, await _find(request, datasette))
    number = int(request.url_vars["number"])
    if opened.why == "proof_busy":
        return answer_busy(datasette)
    if opened.shown and opened.shown.kind == "picture" and 0 < number <= MOST_PAGES:
        try:
            picture = await asyncio.to_thread(shared_box().draw, opened.body, number, ())
            return respond(picture, "image/png", headers=PICTURE_HEADERS)
        except RenderingBusy:
            return answer_busy(datasette)
        except CannotRender:
            pass
    raise NotFound(translator_of(datasette)("proof_not_shown"))


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


async def _open(datasette: Datasette, viewed: Viewed) -> _Opened:
    read_copy = site_of(datasette).read_copy
    if read_copy is None:
        return _Opened(why="proof_originals_elsewhere")
    try:
        body = await asyncio.to_thread(read_copy, viewed.original.snapshot)
    except (LookupError, OSError):
        return _Opened(why="proof_original_lost")
    try:
        shown = await asyncio.to_thread(show_viewed, shared_box(), viewed, body)
    except RenderingBusy:
        return _Opened(body=body, why="proof_busy")
    except CannotRender:
        return _Opened(body=body, why="proof_not_shown")
    return _Opened(shown, body, "proof_not_shown" if shown.kind == "none" else "")


async def _read_images(
    datasette: Datasette, viewed: Viewed, shown: ShownDocument
) -> Mapping[int, bytes]:
    """Return the kept images of a page by their number; those that cannot be read are left out."""
    read_copy = site_of(datasette).read_copy
    if read_copy is None or not shown.images:
        return {}
    kept = await query_archive(datasette, lambda conn: find_images(conn, viewed, shown.images))
    found: dict[int, bytes] = {}
    for number, snapshot in kept.items():
        try:
            found[number] = await asyncio.to_thread(read_copy, snapshot)
        except (LookupError, OSError):
            continue
    return found
