"""What the views of kept documents share: opening an original, showing it in a frame, saying why not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Response
from gongkai.publish.http.security import HEADERS
from gongkai.publish.pages.proof.page_parts import FoundParts, PageParts, find_parts, read_parts
from gongkai.publish.rendering.framed_page import FRAME_HEADERS, MARK, framed_page
from gongkai.publish.rendering.rendering_box import CannotRender, RenderingBusy, shared_box
from gongkai.publish.rendering.shown_document import ShownDocument
from gongkai.publish.site import site_of
from gongkai.publish.views.responses import CACHE_HEADERS, query_archive, respond
from gongkai.publish.wording.translation import translator_of

WITH_FRAME = {
    **CACHE_HEADERS,
    "content-security-policy": HEADERS[b"content-security-policy"].decode() + "; frame-src 'self'",
}
"""Headers of a page of ours that shows a kept page in a frame."""

PICTURE_HEADERS = {"cache-control": "max-age=300"}
RETRY_SECONDS = "20"

Made = TypeVar("Made")


class NotShown(Exception):
    """A document that cannot be shown; `why` is the key of the text that says why.

    `body` has its bytes as far as they could be read.
    """

    def __init__(self, why: str, body: bytes = b"") -> None:
        super().__init__(why)
        self.why = why
        self.body = body


async def read_original(datasette: Datasette, snapshot: str) -> bytes:
    """Return the bytes of an original.

    Raises:
        NotShown: They cannot be had.
    """
    read_copy = site_of(datasette).read_copy
    if read_copy is None:
        raise NotShown("proof_originals_elsewhere")
    try:
        return await asyncio.to_thread(read_copy, snapshot)
    except (LookupError, OSError) as problem:
        raise NotShown("proof_original_lost") from problem


async def rendered(render: Callable[[], Made], body: bytes = b"") -> Made:
    """Return what the sandbox made of a document.

    Raises:
        NotShown: It made nothing.
    """
    try:
        return await asyncio.to_thread(render)
    except RenderingBusy as problem:
        raise NotShown("proof_busy", body) from problem
    except CannotRender as problem:
        raise NotShown("proof_not_shown", body) from problem


async def answer_shown(datasette: Datasette, answer: Awaitable[Response]) -> Response:
    """Return an answer that is to be shown inside a page.

    Raises:
        NotFound: The document cannot be shown.
    """
    try:
        return await answer
    except NotShown as problem:
        if problem.why == "proof_busy":
            return answer_busy(datasette)
        raise NotFound(translator_of(datasette)("proof_not_shown")) from problem


def answer_busy(datasette: Datasette) -> Response:
    """Return the answer where too many originals are being opened."""
    headers = {"retry-after": RETRY_SECONDS, "cache-control": "no-store"}
    text = translator_of(datasette)("proof_busy")
    return respond(text, "text/plain; charset=utf-8", headers=headers, status=503)


async def frame_document(
    datasette: Datasette,
    shown: ShownDocument,
    place: tuple[str, str] | None,
    marks: Iterable[int] = (),
    look: str = MARK,
) -> Response:
    """Return a document as markup that does nothing, with some of its cells marked.

    `place` are the address of the page and the time when it was last seen there: its images and styles
    are then shown as far as they are kept.

    Raises:
        NotShown: It is no page, and has no tables.
    """
    if shown.kind not in ("page", "table"):
        raise NotShown("proof_not_shown")
    parts = await _parts(datasette, shown, *place) if place else PageParts()
    page = framed_page(shown.markup, marks, look, parts.images, parts.styles)
    return respond(page, "text/html; charset=utf-8", headers=FRAME_HEADERS)


async def find_kept_parts(
    datasette: Datasette, shown: ShownDocument, url: str, seen_at: str
) -> FoundParts:
    """Return which images and styles of a page are kept."""
    return await query_archive(datasette, lambda conn: find_parts(conn, url, shown, seen_at))


async def _parts(datasette: Datasette, shown: ShownDocument, url: str, seen_at: str) -> PageParts:
    read_copy = site_of(datasette).read_copy
    if read_copy is None:
        return PageParts()
    found = await find_kept_parts(datasette, shown, url, seen_at)
    return await rendered(lambda: read_parts(read_copy, shared_box(), found, shown))


async def answer_picture(draw: Callable[[], bytes]) -> Response:
    """Return a drawn page of a document.

    Raises:
        NotShown: It cannot be drawn.
    """
    return respond(await rendered(draw), "image/png", headers=PICTURE_HEADERS)
