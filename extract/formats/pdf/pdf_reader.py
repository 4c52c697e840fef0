"""Read PDF files: characters and rules as drawn, tables from the rules, paragraphs around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.pdf.miner_pages import has_hidden_layers, read_with_pdfminer
from gongkai.extract.formats.pdf.pdfium_pages import open_with_pdfium
from gongkai.extract.formats.pdf.stream_sweep import sweep_streams
from gongkai.extract.layout.document_builder import build_document
from gongkai.extract.layout.page import UNREADABLE, DrawnPage, finalize_page
from gongkai.extract.layout.work_limits import MAX_BYTES, MAX_PAGES, WorkBudget
from gongkai.extract.model.document import Document
from gongkai.extract.model.report import Doubt

_FEW_PAGES = 40
_LOOKED_INTO = 8
_SCANNED = 0.5  # of a page
_FEW_SHAPES = 30  # of a page: a seal, not letters
"""The rest of a long file is read only if its first pages have words of a report."""


def read_pdf(body: bytes, media_type: str = "") -> Document:
    """Read a PDF. No other errors are raised.

    Raises:
        Encrypted: the file is encrypted
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    if len(body) > MAX_BYTES:
        raise TooLarge("pdf_too_large", size=len(body), most=MAX_BYTES)
    pages, doubts = _read_pages(body)
    return replace(build_document("application/pdf", pages), doubts=doubts)


def read_pdf_again(body: bytes) -> Document:
    """Read a PDF with pdfminer, whatever PDFium makes of it.

    Raises:
        Encrypted: the file is encrypted
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    return build_document(
        "application/pdf", _looked_through(read_with_pdfminer(body, WorkBudget()))
    )


def read_pages(body: bytes) -> list[DrawnPage]:
    """Return the pages of a PDF as a reader sees them."""
    return _read_pages(body)[0]


def _read_pages(body: bytes) -> tuple[list[DrawnPage], tuple[Doubt, ...]]:
    """Return the pages of a PDF, and the reasons to read it a second time.

    PDFium draws layers that are switched off, and cannot name the drawings that Acrobat adds as
    watermarks. Such files are read with pdfminer.
    """
    budget = WorkBudget()
    swept = sweep_streams(body, budget)
    if (swept.may_have_layers and has_hidden_layers(body)) or swept.has_watermark_forms:
        pages = _looked_through(read_with_pdfminer(body, budget))
        _refuse_empty(pages, repaired=False)
        return pages, ("layers",)
    with open_with_pdfium(body, budget, swept) as file:
        pages = _looked_through(file.pages(), len(file))
        doubts = set(file.doubts)
    if swept.has_watermarks:
        doubts.add("watermarks")
    if any(UNREADABLE in char.text for page in pages for char in page.chars):
        doubts.add("unreadable")
    _refuse_empty(pages, "repaired" in doubts)
    return pages, tuple(sorted(doubts))


def _refuse_empty(pages: Sequence[DrawnPage], repaired: bool) -> None:
    """Raise ExtractError for pages without text and pictures: they are no scan for OCR.

    A damaged file may have lost its text. It is a scan only if a picture fills each page.
    """
    if any(page.chars or page.hidden for page in pages):
        return
    drawn = all if repaired else any
    if not drawn(_fills_page(page) if repaired else _draws(page) for page in pages):
        raise ExtractError("pdf_draws_nothing")


def _draws(page: DrawnPage) -> bool:
    """Return whether a page has pictures, or letters drawn as paths."""
    return bool(page.pictures) or page.shapes > _FEW_SHAPES


def _fills_page(page: DrawnPage) -> bool:
    """Return whether pictures cover most of a page, alone or as strips."""
    areas = ((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in {fill.box for fill in page.pictures})
    return sum(areas) > _SCANNED * page.width * page.height


def _looked_through(drawn: Iterator[DrawnPage], count: int = 0) -> list[DrawnPage]:
    """Return finished pages; of a long file only the first ones if they have no words of a report."""
    pages: list[DrawnPage] = []
    for page in drawn:
        if count > _FEW_PAGES and len(pages) == _LOOKED_INTO and not _mentions_reports(pages):
            break
        if len(pages) == MAX_PAGES:
            raise TooLarge("pdf_too_many_pages", most=MAX_PAGES)
        pages.append(finalize_page(page))
    return pages


def _mentions_reports(pages: list[DrawnPage]) -> bool:
    text = normalize_text("".join(char.text for page in pages for char in page.chars))
    return "信息公开" in text
