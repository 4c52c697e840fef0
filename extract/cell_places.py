"""Read a document so that each number of its report can be shown where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gongkai.extract.chinese.normalize import strip_numbering
from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.html.html_reader import page_text
from gongkai.extract.formats.html.mhtml import page_of_mhtml
from gongkai.extract.formats.html.page_links import PageLinks, find_page_links
from gongkai.extract.formats.html.page_markup import Picture, write_page
from gongkai.extract.formats.html.style_rules import find_style_sheets
from gongkai.extract.formats.media_type import MHTML, ZIP, sniff
from gongkai.extract.forms import FORM_2019, FORM_2021
from gongkai.extract.model.cell_place import CellPlace
from gongkai.extract.model.document import Block, Document, Grid, GridCell
from gongkai.extract.model.report import Cell, Reading, Source
from gongkai.extract.report import READERS, build_reading
from gongkai.extract.tables.row_labels import find_item
from gongkai.extract.tables.row_recognition import FormRow, assign_rows
from gongkai.extract.zip_attachments import unpack_documents

__all__ = [
    "CellKey",
    "PageLook",
    "PlacedReading",
    "read_page_look",
    "read_placed",
    "write_safe_page",
]

CellKey = tuple[str, str, str]
"""Part, item and field of a cell in the public data contract."""

_LITIGATION_VALUES = 5


@dataclass(frozen=True, slots=True)
class PlacedReading:
    """A document with its reading. Each cell of `document` has a place, and what was read of it too.

    `body` is the document itself, of a package the member that is the report, with its name.
    """

    document: Document
    reading: Reading
    body: bytes
    member: str = ""

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The tables of the document."""
        return tuple(block for block in self.document.blocks if isinstance(block, Grid))

    def cells(self) -> Iterator[tuple[CellKey, Cell]]:
        """Yield the cells of the report with their keys."""
        report = self.reading.report
        for part, table in report.tables.items() if report else ():
            for item, row in table.items():
                for field, cell in row.items():
                    yield (part, item, field), cell

    def unread_rows(self) -> Iterator[tuple[str, str, tuple[GridCell, ...]]]:
        """Yield the rows that name something of the form: (part, item or field, cells).

        A row whose shape was wrong gave no cells, and still it is where they should stand. In section
        two a row stands for each of its fields, in section four a row of figures for all of them ("").
        """
        report = self.reading.report
        form = FORM_2019 if report and report.form == "2019" else FORM_2021
        for kind, row in (each for grid in assign_rows(self.grids) for each in grid):
            if not row.stated:
                continue
            label = strip_numbering(row.label)
            if kind == "requests" and (item := find_item(row.label, form)):
                yield "requests", item.key, row.cells
            elif kind == "disclosure":
                for line in form.disclosures:
                    if label and any(word in label for word in line.words):
                        yield from ((form.part, c.key, row.cells) for c in line.columns)
            elif kind == "litigation" and _has_figures(row):
                yield "review_litigation", "", row.cells


def _has_figures(row: FormRow) -> bool:
    figures = sum(any(char.isdigit() for char in cell.text) for cell in row.values)
    return figures >= _LITIGATION_VALUES


def read_placed(
    body: bytes, source: Source, converted: Mapping[str, bytes] | None = None
) -> PlacedReading | None:
    """Read a document with the places of its cells, None if it cannot be read.

    `converted` has the old Word files of a package as .docx, by name. Of a package, the first member
    with tables of a report is returned.
    """
    media_type = sniff(body, source.media_type)
    if media_type != ZIP:
        return _read_one(body, source, media_type)
    known = replace(source, media_type="")
    for name, content in _members(body, converted or {}):
        found = _read_one(content, replace(known, filename=name), sniff(content), name)
        if found and found.reading.report and found.reading.report.tables:
            return found
    return None


def _members(body: bytes, converted: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        members = unpack_documents(body)
    except ExtractError:
        return
    for member in members:
        yield member.name, converted.get(member.name, member.body)


def _read_one(
    body: bytes, source: Source, media_type: str, member: str = ""
) -> PlacedReading | None:
    reader = READERS.get(media_type)
    if reader is None:
        return None
    try:
        document = reader(body, source.media_type)
    except ExtractError:
        return None
    is_drawn = document.media_type == "application/pdf"
    document = replace(document, blocks=tuple(_numbered(document.blocks, is_drawn)))
    return PlacedReading(document, build_reading(document, source), body, member)


def _numbered(blocks: tuple[Block, ...], is_drawn: bool) -> Iterator[Block]:
    """Yield the blocks with a number as place for each cell whose format gives none.

    A cell of a drawn document is found by its box, any other by its number: OFD has boxes, and is
    shown as tables.
    """
    number = 0
    for block in blocks:
        if not isinstance(block, Grid):
            yield block
            continue
        rows = []
        for row in block.rows:
            cells = []
            for cell in row:
                number += 1
                known = cell.place and (is_drawn or cell.place.number)
                cells.append(cell if known else replace(cell, place=CellPlace(number)))
            rows.append(tuple(cells))
        yield replace(block, rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class PageLook:
    """What says how a page looks: the style sheets that it links to, and those within it."""

    links: PageLinks
    sheets: list[str]


def read_page_look(body: bytes, media_type: str) -> PageLook:
    """Return what says how a web page looks.

    Raises:
        ExtractError: the page cannot be read, or exceeds a limit
    """
    if sniff(body, media_type) == MHTML:
        body, media_type = page_of_mhtml(body)
    text = page_text(body, media_type)
    return PageLook(find_page_links(text), find_style_sheets(text))


def write_safe_page(body: bytes, media_type: str, picture: Picture = lambda address: "") -> str:
    """Return a web page as plain markup, in which each cell has the id `c` and its number.

    Raises:
        ExtractError: the page cannot be read, or exceeds a limit
    """
    if sniff(body, media_type) == MHTML:
        body, media_type = page_of_mhtml(body)
    return write_page(body, media_type, picture)
