"""A document as every format is read: paragraphs and grids in reading order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.extract.model.cell_place import CellPlace
from gongkai.extract.model.report import Doubt, Finding


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `heading` is 1 to 6 if the format marks it as a heading, else 0."""

    text: str
    heading: int = 0


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell at its place, which covers `rows` × `columns` fields of the grid.

    `column` is the leftmost column that it covers, -1 if only the order of the cells in a row is
    known (plain text). `place` is where the document has it, if its format tells. `is_full` says that
    its last line has no room for another digit, so that a number in it may go on behind a page break.
    """

    text: str
    column: int = -1
    rows: int = 1
    columns: int = 1
    place: CellPlace | None = field(default=None, compare=False, repr=False)
    is_full: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. A row holds the cells that begin in it; fields covered from above are not repeated.

    `page` is the number of the page on which the table begins, 0 in documents without pages.
    """

    rows: tuple[tuple[GridCell, ...], ...]
    page: int = 0


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read. `meta` has lower-case names; `headline` has possible titles, best first.

    `images` counts the pictures that can hold tables or pages, `hidden` the invisible characters
    (the text layer of a scan). `findings` are about parts that the format's reader could not read,
    for instance a table whose columns cannot be told apart. `doubts` are reasons to read a PDF again.
    """

    media_type: str
    blocks: tuple[Block, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
    headline: tuple[str, ...] = ()
    breadcrumb: str = ""
    info: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    links: int = 0
    images: int = 0
    pages: int = 0
    hidden: int = 0
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def text(self) -> str:
        """All paragraphs and table rows as a reader would see them, one on a line."""
        return "\n".join(block_lines(self.blocks))


def block_lines(blocks: tuple[Block, ...]) -> list[str]:
    """Return the lines of text in `blocks`; a table row is one line with tabs between its cells."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        else:
            found.extend("\t".join(cell.text for cell in row) for row in block.rows)
    return found
