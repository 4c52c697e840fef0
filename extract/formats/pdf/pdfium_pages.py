"""Read the pages of a PDF with PDFium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import addressof, c_float

from gongkai.extract.errors import Encrypted, ExtractError, TooLarge
from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.field_values import FieldText, place_value
from gongkai.extract.formats.pdf.font_fallback import FontFallback
from gongkai.extract.formats.pdf.pdfium_annotations import show_annotations
from gongkai.extract.formats.pdf.pdfium_groups import IDENTITY, TEXT, group_page
from gongkai.extract.formats.pdf.pdfium_library import Handle, start_library
from gongkai.extract.formats.pdf.pdfium_marks import Marks
from gongkai.extract.formats.pdf.pdfium_objects import Frame, PageArtist, Sheet
from gongkai.extract.formats.pdf.pdfium_text import FontHeights
from gongkai.extract.formats.pdf.pdfium_text_pages import TextPages
from gongkai.extract.formats.pdf.stream_sweep import SweptFile
from gongkai.extract.layout.drawn_paths import Matrix
from gongkai.extract.layout.page import DrawnPage
from gongkai.extract.layout.work_limits import MAX_LISTED_PAGES, WorkBudget
from gongkai.extract.model.report import Doubt

_PASSWORD, _SECURITY = 4, 5  # errors
_MARGIN = 5.0  # points beyond the page that are still drawn


class PdfiumFile:
    """A PDF that is open in PDFium."""

    def __init__(self, body: bytes, document: Handle, budget: WorkBudget, swept: SweptFile) -> None:
        self.document = document
        self.budget = budget
        self.swept = swept
        self.fallback = FontFallback(body)
        is_lossy = swept.has_lost_streams or swept.has_lost_objects
        is_whole = lib.has_valid_table(document) and not is_lossy
        self._doubts: set[Doubt] = set() if is_whole else {"repaired"}

    @property
    def doubts(self) -> set[Doubt]:
        """What speaks against the pages that were read so far."""
        return self._doubts | ({"codes"} if self.fallback.was_asked else set())

    def __len__(self) -> int:
        return lib.count_pages(self.document)

    def pages(self) -> Iterator[DrawnPage]:
        """Yield the pages in order."""
        for index in range(len(self)):
            yield self.page(index)

    def page(self, index: int) -> DrawnPage:
        """Return a page with everything it draws.

        Raises:
            TooLarge: the page exceeds a limit
            ExtractError: the page is damaged
        """
        page = self._load(index)
        try:
            changed, values = show_annotations(page)
            if not changed:
                return self._draw(page, index + 1, values)
        finally:
            lib.close_page(page)
        page = self._load(index)  # anew, with the annotations as objects
        try:
            return self._draw(page, index + 1, values)
        finally:
            lib.close_page(page)

    def _load(self, index: int) -> Handle:
        page = lib.load_page(self.document, index)
        if not page:
            raise ExtractError("pdf_page_damaged", n=index + 1)
        return page

    def _draw(self, page: Handle, number: int, values: Sequence[FieldText]) -> DrawnPage:
        box = (c_float * 4)()
        lib.page_box(page, addressof(box))
        x0, y1, x1, y0 = box[:]
        base, width, height = _upright(lib.page_rotation(page), (x0, y0, x1, y1))
        objects = group_page(page)
        marks = Marks(self.swept.has_watermarks)
        for group in objects.all_groups() if self.swept.has_replacements else ():
            marks.remove_replacements(group.of_kind(TEXT))
        shift, outer = (x0, y0), base
        if lib.page_rotation(page):
            _turn(objects.objects, base)
            shift, outer = (0.0, 0.0), IDENTITY
        drawn = DrawnPage(number, width, height)
        clip = (-_MARGIN, -_MARGIN, width + _MARGIN, height + _MARGIN)
        sheet = Sheet(self.document, page, shift, "repaired" in self._doubts)
        artist = PageArtist(drawn, sheet, FontHeights(), marks, self.budget)
        with TextPages(page, self.fallback, marks.replacements, self.budget) as texts:
            artist.draw(objects, Frame(outer, base, clip), texts.read(objects))
            artist.add_grounds()
        for value in values:
            drawn.chars += place_value(value, shift)
        if artist.covers_text:
            self._doubts.add("picture_over_text")
        return drawn


def _upright(turn: int, box: tuple[float, float, float, float]) -> tuple[Matrix, float, float]:
    """Return the matrix that puts a page upright with its corner at 0, 0; its width and height."""
    x0, y0, x1, y1 = box
    wide, high = x1 - x0, y1 - y0
    return (
        ((1.0, 0.0, 0.0, 1.0, -x0, -y0), wide, high),
        ((0.0, -1.0, 1.0, 0.0, -y0, x1), high, wide),
        ((-1.0, 0.0, 0.0, -1.0, x1, y1), wide, high),
        ((0.0, 1.0, -1.0, 0.0, y1, -x0), high, wide),
    )[turn & 3]


def _turn(objects: Sequence[Handle], matrix: Matrix) -> None:
    """Turn the objects of a page, so that its text runs to the right."""
    sides = (c_float * 6)(*matrix)
    for owner in objects:
        lib.transform_object(owner, addressof(sides))


@contextmanager
def open_with_pdfium(body: bytes, budget: WorkBudget, swept: SweptFile) -> Iterator[PdfiumFile]:
    """Open a PDF without a password.

    Raises:
        Encrypted: the file is encrypted
        TooLarge: the file has too many pages
        ExtractError: the file is damaged
    """
    start_library()
    document = lib.load_document(body, len(body), None)
    if not document:
        raise _refusal(lib.last_error())
    try:
        count = lib.count_pages(document)
        if count > MAX_LISTED_PAGES:
            raise TooLarge("pdf_too_many_pages", most=MAX_LISTED_PAGES)
        if count <= 0:
            raise ExtractError("pdf_without_pages")
        yield PdfiumFile(body, document, budget, swept)
    finally:
        lib.close_document(document)


def _refusal(error: int) -> ExtractError:
    if error == _PASSWORD:
        return Encrypted("pdf_locked")
    if error == _SECURITY:
        return Encrypted("pdf_encryption_unsupported")
    return ExtractError("pdf_damaged", why="PDFium: no document")
