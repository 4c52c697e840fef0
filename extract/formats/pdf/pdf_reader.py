"""Read PDF files: characters and rules as drawn, tables from the rules, paragraphs around them."""

from __future__ import annotations

import struct
import zlib

from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.errors import Encrypted, ExtractError, TooLarge
from gongkai.extract.formats.pdf.interpreter import Interpreter
from gongkai.extract.formats.pdf.pdf_file import open_pdf, read_page
from gongkai.extract.layout.document_builder import build_document
from gongkai.extract.layout.page import DrawnPage, finalize_page
from gongkai.extract.layout.work_limits import MAX_BYTES, MAX_PAGES, WorkBudget
from gongkai.extract.model.document import Document

_FEW_PAGES = 40
_LOOKED_INTO = 8
"""The rest of a long file is read only if its first pages have words of a report."""


# Raised by pdfminer for malformed files, as tests with such files showed.
_MALFORMED = (
    PSException, PDFException, zlib.error, struct.error, ArithmeticError, AssertionError,
    AttributeError, EOFError, LookupError, RecursionError, TypeError, ValueError, OSError,
)  # fmt: skip


def read_pdf(body: bytes, media_type: str = "") -> Document:
    """Read a PDF. No other errors are raised.

    Raises:
        Encrypted: the file is encrypted
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    if len(body) > MAX_BYTES:
        raise TooLarge("pdf_too_large", size=len(body), most=MAX_BYTES)
    try:
        pages = _pages(body, repair=False)
    except (Encrypted, TooLarge):
        raise
    except ExtractError as problem:
        pages = _repaired(body, problem)
    except _MALFORMED as problem:
        pages = _repaired(body, problem)
    return build_document("application/pdf", pages)


def _repaired(body: bytes, problem: Exception) -> list[DrawnPage]:
    """Return the pages with the object table rebuilt; raise `problem` again if that does not help."""
    try:
        return _pages(body, repair=True)
    except (Encrypted, TooLarge):
        raise
    except (ExtractError, *_MALFORMED):
        if isinstance(problem, ExtractError):
            raise problem from None
        why = " ".join(f"{type(problem).__name__}: {problem}".split())[:180]
        raise ExtractError("pdf_damaged", why=why) from problem


def _pages(body: bytes, repair: bool) -> list[DrawnPage]:
    budget = WorkBudget()
    file = open_pdf(body, budget, repair)
    interpreter = Interpreter(budget, file.hidden_layers)
    nodes = file.pages()
    pages: list[DrawnPage] = []
    for number, node in enumerate(nodes, 1):
        if len(nodes) > _FEW_PAGES and number == _LOOKED_INTO + 1 and not _mentions_reports(pages):
            break
        if number > MAX_PAGES:
            raise TooLarge("pdf_too_many_pages", most=MAX_PAGES)
        pages.append(finalize_page(interpreter.draw(read_page(node), number)))
    return pages


def _mentions_reports(pages: list[DrawnPage]) -> bool:
    text = normalize_text("".join(char.text for page in pages for char in page.chars))
    return "信息公开" in text
