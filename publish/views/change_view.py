"""/edit/REPORT/TIME: what was changed in a report, on the page as people read it.

`/before` and `/after` are the two versions as they looked, with the changed cells marked, `.png` those of
PDF files. They are shown inside the page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.pages.proof.change_page import (
    ChangeSheet,
    DrawnChange,
    draw_change,
    load_change_sheet,
    show_version,
)
from gongkai.publish.pages.report.originals import Original
from gongkai.publish.rendering.framed_page import AFTER, BEFORE, FRAME_HEADERS, framed_page
from gongkai.publish.rendering.rendering_box import CannotRender, RenderingBusy, shared_box
from gongkai.publish.site import site_of
from gongkai.publish.views.proof_view import PICTURE_HEADERS, WITH_FRAME, answer_busy
from gongkai.publish.views.responses import query_archive, render_page, respond
from gongkai.publish.wording.translation import translator_of

PATTERN = r"^/edit/(?P<id>[^/.]+)/(?P<at>[0-9TZ:-]{10,30})"
"""A regular expression of the path of a change, without its end."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """The versions of a sheet. `why` is the key of the text that says why they are not shown, or ""."""

    drawn: DrawnChange | None = None
    bodies: tuple[bytes, bytes] = (b"", b"")
    why: str = ""


async def change(request: Request, datasette: Datasette) -> Response:
    """Return the page of a change."""
    sheet = await _find_sheet(request, datasette)
    opened = await _open(datasette, sheet)
    context = {
        "sheet": sheet,
        "drawn": opened.drawn,
        "why": opened.why,
        "has_copies": site_of(datasette).read_copy is not None,
    }
    return await render_page(datasette, request, "change.html", context, headers=WITH_FRAME)


async def version_page(request: Request, datasette: Datasette) -> Response:
    """Return one version as it looked, with the changed cells marked.

    Raises:
        NotFound: It cannot be shown so.
    """
    sheet = await _find_sheet(request, datasette)
    opened = await _open(datasette, sheet)
    if opened.why == "proof_busy":
        return answer_busy(datasette)
    number = _number(request)
    if opened.drawn is None or opened.drawn.kinds[number] not in ("page", "table"):
        raise NotFound(translator_of(datasette)("proof_not_shown"))
    original, body = (sheet.before, sheet.after)[number], opened.bodies[number]
    try:
        shown = await asyncio.to_thread(show_version, shared_box(), original, body)
    except RenderingBusy:
        return answer_busy(datasette)
    marks = (opened.drawn.compared.old, opened.drawn.compared.new)[number]
    page = framed_page(shown.markup, marks.numbers, (BEFORE, AFTER)[number])
    return respond(page, "text/html; charset=utf-8", headers=FRAME_HEADERS)


async def version_picture(request: Request, datasette: Datasette) -> Response:
    """Return the first page of a PDF with changed cells, with a box around each.

    Raises:
        NotFound: The version is no PDF, or no cell of it was changed.
    """
    opened = await _open(datasette, await _find_sheet(request, datasette))
    if opened.why == "proof_busy":
        return answer_busy(datasette)
    number = _number(request)
    if opened.drawn is not None:
        marks = (opened.drawn.compared.old, opened.drawn.compared.new)[number]
        body = opened.bodies[number]
        if marks.boxes and opened.drawn.kinds[number] == "picture":
            try:
                picture = await asyncio.to_thread(
                    shared_box().draw, body, marks.page, marks.boxes, marks.turn
                )
                return respond(picture, "image/png", headers=PICTURE_HEADERS)
            except RenderingBusy:
                return answer_busy(datasette)
            except CannotRender:
                pass
    raise NotFound(translator_of(datasette)("proof_not_shown"))


def _number(request: Request) -> int:
    return ("before", "after").index(request.url_vars["version"])


async def _find_sheet(request: Request, datasette: Datasette) -> ChangeSheet:
    """Return the change that an address names.

    Raises:
        NotFound: There is none.
    """
    report_id, at = request.url_vars["id"], request.url_vars["at"]
    found = await query_archive(datasette, lambda conn: load_change_sheet(conn, report_id, at))
    if found is None:
        raise NotFound(translator_of(datasette)("change_unknown"))
    return found


async def _open(datasette: Datasette, sheet: ChangeSheet) -> _Opened:
    if sheet.before is None or sheet.after is None:
        return _Opened(why="proof_without_original")
    if site_of(datasette).read_copy is None:
        return _Opened(why="proof_originals_elsewhere")
    try:
        bodies = (
            await _read(datasette, sheet.before),
            await _read(datasette, sheet.after),
        )
    except (LookupError, OSError):
        return _Opened(why="proof_original_lost")
    try:
        drawn = await asyncio.to_thread(draw_change, shared_box(), sheet, bodies)
    except RenderingBusy:
        return _Opened(bodies=bodies, why="proof_busy")
    except CannotRender:
        return _Opened(bodies=bodies, why="proof_not_shown")
    return _Opened(drawn, bodies, "" if drawn else "proof_not_shown")


async def _read(datasette: Datasette, original: Original) -> bytes:
    read_copy = site_of(datasette).read_copy
    if read_copy is None:
        raise LookupError(original.snapshot)
    return await asyncio.to_thread(read_copy, original.snapshot)
