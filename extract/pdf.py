"""PDF files: pdfminer.six reads characters and rules, the rest is ours."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator

from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from extract.document import Block, Document, Encrypted, ExtractError, Paragraph, TooLarge
from extract.pdf_lines import Line, to_lines, to_paragraphs, without_edges
from extract.pdf_page import Page, PageDevice
from extract.ruled import Table, find_tables

MAX_BYTES = 64 * 1024 * 1024
MAX_PAGES = 200

# What pdfminer raises on malformed files, found by feeding it such files.
_MALFORMED = (
    PSException, PDFException, zlib.error, struct.error, ArithmeticError, AssertionError,
    AttributeError, EOFError, LookupError, RecursionError, TypeError, ValueError, OSError,
)  # fmt: skip

logging.getLogger("pdfminer").setLevel(logging.ERROR)


def read_pdf(body: bytes, media_type: str = "") -> Document:
    """Read a PDF. Raises Encrypted, TooLarge or ExtractError with the reason; nothing else."""
    if len(body) > MAX_BYTES:
        raise TooLarge(f"PDF of {len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        pages = list(_pages(body))
    except PDFPasswordIncorrect as problem:
        raise Encrypted("PDF 需要密码 the PDF asks for a password") from problem
    except _MALFORMED as problem:
        raise ExtractError(
            f"PDF 损坏 damaged PDF: {type(problem).__name__}: {problem}"[:200]
        ) from problem
    return Document(
        media_type="application/pdf",
        blocks=tuple(_blocks(pages)),
        images=sum(page.images for page in pages),
        pages=len(pages),
    )


def _pages(body: bytes) -> Iterator[Page]:
    document = PDFDocument(PDFParser(io.BytesIO(body)), password="")
    manager = PDFResourceManager(caching=True)
    device = PageDevice(manager)
    interpreter = PDFPageInterpreter(manager, device)
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > MAX_PAGES:
            raise TooLarge(f"PDF of more than {MAX_PAGES} pages")
        interpreter.process_page(page)
        yield device.page


def _blocks(pages: list[Page]) -> Iterator[Block]:
    """Paragraphs and tables of all pages, each page from top to bottom."""
    tables = [find_tables(page) for page in pages]
    outside = without_edges([_outside(page, own) for page, own in zip(pages, tables, strict=True)])
    pending: list[Line] = []
    for lines, own in zip(outside, tables, strict=True):
        for piece in _in_order(lines, own):
            if isinstance(piece, Line):
                pending.append(piece)
                continue
            yield from _paragraphs(pending)
            pending = []
            yield piece.grid
    yield from _paragraphs(pending)


def _outside(page: Page, tables: list[Table]) -> list[Line]:
    chars = [c for c in page.chars if not any(table.holds(c) for table in tables)]
    return to_lines(chars, page.number)


def _in_order(lines: list[Line], tables: list[Table]) -> list[Line | Table]:
    pieces: list[Line | Table] = [*lines, *tables]
    return sorted(pieces, key=lambda piece: -(piece.y if isinstance(piece, Line) else piece.y1))


def _paragraphs(lines: list[Line]) -> Iterator[Paragraph]:
    for text in to_paragraphs(lines):
        yield Paragraph(text)
