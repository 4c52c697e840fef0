"""Read Word files (.docx): paragraphs and tables in the order of the text.

The text is read as the page shows it once all tracked changes are accepted. Headers, footers, notes
and comments are in other parts and left out. Macros are never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.docx.docx_parts import W, WordParts, bounded_number, open_parts
from gongkai.extract.formats.docx.docx_styles import Styles, numbered
from gongkai.extract.formats.docx.docx_tables import (
    children,
    is_layout,
    read_rows,
    row_cells,
    table_rows,
)
from gongkai.extract.formats.docx.docx_text import (
    OBJECT,
    Surroundings,
    continues_below,
    is_white,
    paragraph_text,
    text_boxes,
)
from gongkai.extract.formats.media_type import DOCX
from gongkai.extract.formats.xml_parts import Element, local_name
from gongkai.extract.formats.zip_archive import DAMAGED
from gongkai.extract.model.document import Block, Document, Grid, Paragraph

MAX_CELLS = 60_000
MAX_CHARACTERS = 4_000_000
MAX_PARAGRAPHS = 60_000
_WIDE = 2_500_000  # EMU: 7 cm
_POINT = 12_700  # EMU
_POINTS = re.compile(r"(?<![\w-])width:\s*(\d{1,5}(?:\.\d+)?)pt")

# Raised by malformed trees: nesting beyond the stack of Python.
_MALFORMED = (*DAMAGED, etree.LxmlError, RecursionError, TypeError, AttributeError)


def read_docx(body: bytes, media_type: str = "") -> Document:
    """Read a Word file. No other errors are raised.

    Raises:
        Encrypted: the file is protected by a password
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged or has no text
    """
    try:
        parts = open_parts(body)
        blocks = tuple(_DocumentWalk(parts).blocks())
    except _MALFORMED as problem:
        raise ExtractError("word_damaged", why=type(problem).__name__) from problem
    return Document(DOCX, blocks, images=_large_pictures(parts.document))


def _large_pictures(document: Element) -> int:
    """Return the number of pictures that are large enough for a table, unlike seals and logos."""
    count = 0
    for frame in document.iter("{*}inline", "{*}anchor"):
        extent = frame.find("{*}extent")
        wide = bounded_number(None if extent is None else extent.get("cx"), _WIDE, 0, 10**9)
        count += wide >= _WIDE and next(frame.iter("{*}blip"), None) is not None
    for shape in document.iter("{*}shape"):
        width = _POINTS.search(shape.get("style") or "")
        wide = round(float(width[1]) * _POINT) if width else _WIDE
        count += wide >= _WIDE and shape.find("{*}imagedata") is not None
    return count


@dataclass(slots=True)
class _DocumentWalk:
    """One pass over the document, which counts numbers and observes the limits."""

    parts: WordParts
    styles: Styles = field(init=False)
    cells: int = MAX_CELLS
    characters: int = MAX_CHARACTERS
    paragraphs: int = MAX_PARAGRAPHS
    around: Surroundings = field(init=False)
    carried: str = ""  # text of a paragraph whose end is deleted

    def __post_init__(self) -> None:
        self.styles = Styles(self.parts)
        self.around = Surroundings(self.styles.hidden)

    def blocks(self) -> Iterator[Block]:
        body = self.parts.document.find(W + "body")
        if body is None:
            raise ExtractError("word_without_text")
        yield from self._inside(body)

    def _inside(self, container: Element) -> Iterator[Block]:
        for child in children(container):
            if local_name(child) == "p":
                yield from self._paragraph(child)
            elif local_name(child) == "tbl":
                yield from self._table(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        text = self._text(paragraph)
        heading = self.styles.heading(paragraph)
        if text is not None:
            for line in text.replace(OBJECT, "").split("\n"):
                if words := " ".join(line.split()):
                    yield Paragraph(words, heading)
        for box in text_boxes(paragraph):
            yield from self._inside(box)

    def _text(self, paragraph: Element) -> str | None:
        """Return the text with its automatic number, None if the next paragraph continues it."""
        text = self.carried + paragraph_text(paragraph, self.around)
        self._spend(len(text))
        if continues_below(paragraph):
            self.carried = text
            return None
        self.carried = ""
        return numbered(self.styles.label(paragraph), text)

    def _table(self, table: Element) -> Iterator[Block]:
        if is_layout(table):
            for row in table_rows(table):
                for cell in row_cells(row):
                    yield from self._inside(cell)
        else:
            yield Grid(read_rows(table, self._cell, self._count))

    def _cell(self, cell: Element) -> str:
        """Return the text of a cell, one line for each paragraph, including small tables inside it."""
        found = []
        outside, self.around = self.around, replace(self.around, on_white=is_white(cell))
        for block in children(cell):
            if local_name(block) == "p":
                found.append(self._text(block))
                found += [self._cell(box) for box in text_boxes(block)]
            elif local_name(block) == "tbl":
                found += [
                    self._cell(inner) for row in table_rows(block) for inner in row_cells(row)
                ]
        self.around = outside
        self.carried = ""  # no paragraph continues in the next cell
        return "\n".join(text for text in found if text)

    def _count(self, cells: int) -> None:
        self.cells -= cells
        if self.cells < 0:
            raise TooLarge("cells_too_many", most=MAX_CELLS)

    def _spend(self, characters: int) -> None:
        self.characters -= characters
        self.paragraphs -= 1
        if self.characters < 0 or self.paragraphs < 0:
            raise TooLarge(
                "word_text_too_long", characters=MAX_CHARACTERS, paragraphs=MAX_PARAGRAPHS
            )
