"""/edit/REPORT/TIME: what was changed in a report, on the page as people read it.

`/before` and `/after` are the two versions as they looked, with the changed cells marked, `.png` those of
PDF files. They are shown inside the page.
"""

from __future__ import annotations

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.pages.proof.change_page import (
    ChangeSheet,
    DrawnChange,
    draw_change,
    load_change_sheet,
    show_version,
)
from gongkai.publish.rendering.framed_page import AFTER, BEFORE
from gongkai.publish.rendering.rendering_box import shared_box
from gongkai.publish.site import site_of
from gongkai.publish.views.kept.kept_pages import (
    WITH_FRAME,
    NotShown,
    answer_picture,
    answer_shown,
    frame_document,
    read_original,
    rendered,
)
from gongkai.publish.views.responses import query_archive, render_page
from gongkai.publish.wording.translation import translator_of

PATTERN = r"^/edit/(?P<id>[^/.]+)/(?P<at>[0-9TZ:-]{10,30})"
"""A regular expression of the path of a change, without its end."""

VERSIONS = ("before", "after")


async def change(request: Request, datasette: Datasette) -> Response:
    """Return the page of a change."""
    sheet = await _find_sheet(request, datasette)
    drawn, why = None, ""
    try:
        drawn, _ = await _open(datasette, sheet)
    except NotShown as problem:
        why = problem.why
    context = {
        "sheet": sheet,
        "drawn": drawn,
        "why": why,
        "has_copies": site_of(datasette).read_copy is not None,
    }
    return await render_page(datasette, request, "change.html", context, headers=WITH_FRAME)


async def version_page(request: Request, datasette: Datasette) -> Response:
    """Return one version as it looked, with the changed cells marked.

    Raises:
        NotFound: It cannot be shown so.
    """
    sheet = await _find_sheet(request, datasette)
    number = VERSIONS.index(request.url_vars["version"])

    async def answer() -> Response:
        drawn, bodies = await _open(datasette, sheet)
        original, body = (sheet.before, sheet.after)[number], bodies[number]
        if original is None or drawn.kinds[number] not in ("page", "table"):
            raise NotShown("proof_not_shown")
        shown = await rendered(lambda: show_version(shared_box(), original, body))
        place = original.url, original.last_fetched
        marks = drawn.marks[number].numbers
        return await frame_document(datasette, shown, place, marks, (BEFORE, AFTER)[number])

    return await answer_shown(datasette, answer())


async def version_picture(request: Request, datasette: Datasette) -> Response:
    """Return the first page of a PDF with changed cells, with a box around each.

    Raises:
        NotFound: The version is no PDF, or no cell of it was changed.
    """
    sheet = await _find_sheet(request, datasette)
    number = VERSIONS.index(request.url_vars["version"])

    async def answer() -> Response:
        drawn, bodies = await _open(datasette, sheet)
        marks, body = drawn.marks[number], bodies[number]
        if not marks.boxes or drawn.kinds[number] != "picture":
            raise NotShown("proof_not_shown")
        return await answer_picture(
            lambda: shared_box().draw(body, marks.page, marks.boxes, marks.turn)
        )

    return await answer_shown(datasette, answer())


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


async def _open(
    datasette: Datasette, sheet: ChangeSheet
) -> tuple[DrawnChange, tuple[bytes, bytes]]:
    """Return the versions compared, and the bytes of both.

    Raises:
        NotShown: They cannot be shown.
    """
    if sheet.before is None or sheet.after is None:
        raise NotShown("proof_without_original")
    bodies = (
        await read_original(datasette, sheet.before.snapshot),
        await read_original(datasette, sheet.after.snapshot),
    )
    drawn = await rendered(lambda: draw_change(shared_box(), sheet, bodies))
    if drawn is None:
        raise NotShown("proof_not_shown")
    return drawn, bodies
