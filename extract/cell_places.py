"""Read a document so that each number of its report can be shown where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.html.mhtml import page_of_mhtml
from gongkai.extract.formats.html.page_markup import Picture, write_page
from gongkai.extract.formats.media_type import MHTML, ZIP, sniff
from gongkai.extract.model.cell_place import CellPlace
from gongkai.extract.model.document import Block, Document, Grid, GridCell
from gongkai.extract.model.report import Cell, Reading, Source
from gongkai.extract.report import READERS, build_reading
from gongkai.extract.zip_attachments import unpack_documents

__all__ = ["PlacedReading", "read_placed", "write_marked_page"]

CellKey = tuple[str, str, str]
PAGES = ("text/html", MHTML)


@dataclass(frozen=True, slots=True)
class PlacedReading:
    """A document with its reading. Every cell of `document` has a place, and so has what was read of it.

    `body` is the document itself: of a package, the member that is the report, with its name.
    """

    document: Document
    reading: Reading
    body: bytes
    member: str = ""

    def find(self, key: CellKey) -> Cell | None:
        """Return the cell of a report by its part, item and field, None if there is none."""
        report = self.reading.report
        part, item, field = key
        return report.tables.get(part, {}).get(item, {}).get(field) if report else None

    def row_of(self, place: CellPlace) -> tuple[GridCell, ...]:
        """Return the row of a table that has the cell at a place, () if there is none."""
        for row in (row for block in self.document.blocks if isinstance(block, Grid)
                    for row in block.rows):  # fmt: skip
            if any(cell.place == place for cell in row):
                return row
        return ()


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
    document = replace(document, blocks=tuple(_numbered(document.blocks)))
    return PlacedReading(document, build_reading(document, source), body, member)


def _numbered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield the blocks with a number as place for each cell whose format gives none."""
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
                cells.append(cell if cell.place else replace(cell, place=CellPlace(number)))
            rows.append(tuple(cells))
        yield replace(block, rows=tuple(rows))


def write_marked_page(
    body: bytes,
    media_type: str,
    marks: Mapping[int, str],
    picture: Picture = lambda address: "",
) -> str:
    """Return a web page as plain markup, with the cells of some numbers marked by a class.

    Raises:
        ExtractError: the page cannot be read, or exceeds a limit
    """
    if sniff(body, media_type) == MHTML:
        body, media_type = page_of_mhtml(body)
    return write_page(body, media_type, marks, picture)
