"""/proof/REPORT/PART/ITEM/FIELD: one number where it stands in the original.

`.json` is the same as data. `/page` is the page as it looked, and `/page.png` a picture of it: both have
the cell marked, and are shown inside the sheet. `.zip` has the records, and how to check them without us.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.paths import NO_ITEM
from gongkai.publish.pages.proof.check_commands import check_commands
from gongkai.publish.pages.proof.evidence import Evidence, PacksProofs, find_evidence
from gongkai.publish.pages.proof.proof_export import proof_record
from gongkai.publish.pages.proof.proof_sheet import ProofSheet, load_sheet
from gongkai.publish.pages.proof.shown_cell import CellView, draw_cell, view_cell
from gongkai.publish.rendering.rendering_box import RenderingBusy, shared_box
from gongkai.publish.site import archive_of, site_of
from gongkai.publish.views.kept.kept_pages import (
    WITH_FRAME,
    NotShown,
    answer_picture,
    answer_shown,
    frame_document,
    read_original,
    rendered,
)
from gongkai.publish.views.responses import json_response, query_archive, render_page, respond
from gongkai.publish.wording.translation import translator_of

PATTERN = r"^/proof/(?P<id>[^/.]+)/(?P<part>[a-z0-9_]{1,40})/(?P<item>[a-z0-9_]{1,60}|-)/(?P<field>[a-z0-9_]{1,60})"
"""A regular expression of the path of a sheet, without its end."""


_packing = threading.BoundedSemaphore(1)  # a package takes a second of the processor


@dataclass(frozen=True, slots=True)
class _Opened:
    """The document of a sheet, as far as it could be opened.

    `why` is the key of the text that says why it is not shown, "" if it is.
    """

    view: CellView | None = None
    body: bytes = b""
    why: str = ""


async def proof(request: Request, datasette: Datasette) -> Response:
    """Return the sheet of a number."""
    sheet = await _find_sheet(request, datasette)
    opened = await _open(datasette, sheet)
    evidence = await _find_evidence(datasette, sheet)
    context = {
        "sheet": sheet,
        "view": opened.view,
        "why": opened.why,
        "is_plain": bool(request.args.get("plain")),
        "evidence": evidence,
        "commands": check_commands(sheet.original, evidence) if sheet.original else (),
        "has_copies": site_of(datasette).read_copy is not None,
        "has_package": isinstance(site_of(datasette).read_copy, PacksProofs),
    }
    return await render_page(datasette, request, "proof.html", context, headers=WITH_FRAME)


async def proof_json(request: Request, datasette: Datasette) -> Response:
    """Return everything that the sheet says, as data."""
    sheet = await _find_sheet(request, datasette)
    opened = await _open(datasette, sheet)
    return json_response(proof_record(sheet, opened.view, await _find_evidence(datasette, sheet)))


async def proof_page(request: Request, datasette: Datasette) -> Response:
    """Return the document of a sheet as markup that does nothing, with the cell marked.

    Raises:
        NotFound: It cannot be shown so.
    """
    sheet = await _find_sheet(request, datasette)
    place = None
    if sheet.original and not request.args.get("plain"):
        place = sheet.original.url, sheet.sightings.last

    async def answer() -> Response:
        view = _shown(await _open(datasette, sheet), "page", "table")
        marks = view.cell.numbers if view.cell else ()
        return await frame_document(datasette, view.document, place, marks)

    return await answer_shown(datasette, answer())


async def proof_picture(request: Request, datasette: Datasette) -> Response:
    """Return the page of a PDF with a box around the cell.

    Raises:
        NotFound: The document is no PDF, or the page cannot be drawn.
    """
    sheet = await _find_sheet(request, datasette)

    async def answer() -> Response:
        opened = await _open(datasette, sheet)
        view = _shown(opened, "picture")
        return await answer_picture(lambda: draw_cell(shared_box(), view, opened.body))

    return await answer_shown(datasette, answer())


async def proof_package(request: Request, datasette: Datasette) -> Response:
    """Return the proof as a ZIP file, as `gongkai proof` writes it.

    Raises:
        NotFound: The originals are not here, or too large for a package.
    """
    sheet = await _find_sheet(request, datasette)
    archive, packer = archive_of(datasette), site_of(datasette).read_copy
    if sheet.original is None or not isinstance(packer, PacksProofs):
        raise NotFound(translator_of(datasette)("proof_originals_elsewhere"))

    def pack() -> bytes:
        if not _packing.acquire(blocking=False):
            raise RenderingBusy
        try:
            key = sheet.cell.key
            return packer.package(archive.path, sheet.report_id, key, archive.site.lang)
        finally:
            _packing.release()

    async def answer() -> Response:
        try:
            body = await rendered(pack)
        except LookupError as problem:
            raise NotFound(translator_of(datasette)("proof_not_packed")) from problem
        headers = {
            "cache-control": "max-age=300",
            "content-disposition": f'attachment; filename="{sheet.package_name}.zip"',
        }
        return respond(body, "application/zip", headers=headers)

    return await answer_shown(datasette, answer())


def _shown(opened: _Opened, *frames: str) -> CellView:
    """Return how a cell is shown.

    Raises:
        NotShown: It is shown in no such frame.
    """
    if opened.view is None or opened.view.frame not in frames:
        raise NotShown(opened.why or "proof_not_shown")
    return opened.view


async def _find_sheet(request: Request, datasette: Datasette) -> ProofSheet:
    """Return the sheet that an address names.

    Raises:
        NotFound: There is no such report, or its form has no such cell.
    """
    names = request.url_vars
    item = "" if names["item"] == NO_ITEM else names["item"]
    key = (names["part"], item, names["field"])
    reviews = site_of(datasette).reviews
    found = await query_archive(datasette, lambda conn: load_sheet(conn, names["id"], key, reviews))
    if found is None:
        raise NotFound(translator_of(datasette)("proof_unknown"))
    return found


async def _open(datasette: Datasette, sheet: ProofSheet) -> _Opened:
    """Return the document of a sheet and how its cell is shown."""
    if sheet.original is None:
        return _Opened(why="proof_without_original")
    try:
        body = await read_original(datasette, sheet.original.snapshot)
        view = await rendered(lambda: view_cell(shared_box(), sheet, body), body)
    except NotShown as problem:
        return _Opened(body=problem.body, why=problem.why)
    if view.frame:
        return _Opened(view, body)
    why = "proof_recognised" if sheet.cell.note == "ocr" else "proof_not_shown"
    return _Opened(view, body, why)


async def _find_evidence(datasette: Datasette, sheet: ProofSheet) -> Evidence | None:
    if sheet.original is None:
        return None
    read_copy = site_of(datasette).read_copy
    return await asyncio.to_thread(find_evidence, read_copy, sheet.original.snapshot)
