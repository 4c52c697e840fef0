"""How a proof shows its cell: the page as it looked, a picture of it, or a table as read."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.extract.model.cell_place import parse_place
from gongkai.extract.model.report import Source
from gongkai.publish.pages.proof.proof_sheet import ProofSheet
from gongkai.publish.pages.report.originals import Original
from gongkai.publish.pages.report.report_page import FormCell
from gongkai.publish.rendering.rendering_box import CannotRender, RenderingBox
from gongkai.publish.rendering.shown_document import ShownCell, ShownDocument, is_picture
from gongkai.publish.wording.rules import CellKey


@dataclass(frozen=True, slots=True)
class CellView:
    """A document with one of its cells.

    `row` has the texts of its printed row, `at` is the number of the cell among them, -1 for all.
    `is_same` says whether the document is read today as when the archive was built. A cell that
    `is_recognised` has its box in shares of a picture: recognition takes minutes, and is not done again.
    """

    document: ShownDocument
    cell: ShownCell | None
    row: tuple[str, ...] = ()
    at: int = -1
    is_same: bool = True
    is_recognised: bool = False

    @property
    def frame(self) -> str:
        """What shows the cell: "page", "picture", "table", or "" where nothing can."""
        kind = self.document.kind
        if kind == "picture":
            return kind if self.cell and self.cell.boxes else ""
        return kind if kind in ("page", "table") else ""

    @property
    def anchor(self) -> str:
        """The id of the cell in the markup, "" where there is none."""
        return f"c{self.cell.numbers[0]}" if self.cell and self.cell.numbers else ""


def source_of(sheet: ProofSheet) -> Source:
    """Return what is known of the document of a sheet besides its bytes."""
    media_type = sheet.original.media_type if sheet.original else ""
    return Source(url=str(sheet.report["url"]), media_type=media_type, second_reading="off")


def view_cell(box: RenderingBox, sheet: ProofSheet, body: bytes) -> CellView:
    """Return how the cell of a sheet is shown in its document.

    Raises:
        CannotRender: the document cannot be shown
    """
    if recognised := _view_recognised(sheet, body):
        return recognised
    document = box.show(body, source_of(sheet))
    cell = document.find(sheet.cell.key)
    if cell is None:
        return CellView(document, None, is_same=sheet.cell.value is None)
    text = "".join((sheet.cell.raw or sheet.cell.text).split())
    is_same = (
        cell.column < 0 or not text or text == "".join(cell.raw.split()) or _equal(sheet, cell)
    )
    return CellView(document, cell, document.row_of(cell), cell.column, is_same)


def _view_recognised(sheet: ProofSheet, body: bytes) -> CellView | None:
    """Return the picture with a cell that was recognised in it, None for other cells."""
    place = parse_place(sheet.cell.box)
    if place is None or place.shares is None:
        return None
    if not is_picture(body, source_of(sheet).media_type):
        return None
    cell = ShownCell(
        sheet.cell.raw,
        sheet.cell.value,
        sheet.cell.note,
        page=place.page,
        boxes=(place.shares,),
    )
    return CellView(ShownDocument("picture"), cell, is_recognised=True)


def read_cells(box: RenderingBox, original: Original, body: bytes) -> dict[CellKey, FormCell]:
    """Return the cells of a report as they stand in an original.

    Raises:
        CannotRender: the document cannot be read
    """
    source = Source(url=original.url, media_type=original.media_type, second_reading="off")
    return {
        key: FormCell(
            key,
            cell.value,
            cell.raw if cell.note else "",
            cell.note or ("missing" if cell.value is None else ""),
        )
        for key, cell in box.show(body, source).cells.items()
        if key[0] and key[2]  # others are rows that were not read
    }


def _equal(sheet: ProofSheet, cell: ShownCell) -> bool:
    """Return whether a cell has the number of the archive; plain numbers have no text of their own."""
    return sheet.cell.value is not None and cell.value == sheet.cell.value


def draw_cell(box: RenderingBox, view: CellView, body: bytes) -> bytes:
    """Return the page of a PDF, or the picture, with the cell of a view, as a PNG file.

    Raises:
        CannotRender: the page cannot be drawn
    """
    if view.cell is None or not view.cell.boxes:
        raise CannotRender
    if view.is_recognised:
        return box.draw_shares(body, view.cell.page, view.cell.boxes)
    return box.draw(body, view.cell.page, view.cell.boxes, view.cell.turn)
