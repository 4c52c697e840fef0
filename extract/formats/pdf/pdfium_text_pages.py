"""Read the text of all objects of a page, also of those that PDFium takes for copies.

A text object that looks like a recent one and overlaps it is left out of PDFium's text, as bold
print by drawing twice would be. The second digit of a narrow 11 looks the same. Objects without
text are therefore read again, after those that have been read are taken off the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.font_fallback import FontFallback
from gongkai.extract.formats.pdf.pdfium_groups import TEXT, ObjectGroup, bounds_of
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.formats.pdf.pdfium_text import PageText
from gongkai.extract.layout.work_limits import WorkBudget

_MOST_READINGS = 6
_NARROW = 0.01  # points: text objects without a width draw nothing


class TextPages:
    """The text pages of one page of PDFium, and the objects that were taken off it."""

    def __init__(
        self,
        page: Handle,
        fallback: FontFallback,
        replacements: Mapping[Handle, str],
        budget: WorkBudget,
    ) -> None:
        self._page = page
        self._replacements = replacements
        self._budget = budget
        self._fallback = fallback
        self._texts: list[Handle] = []
        self._removed: list[Handle] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for text in self._texts:
            lib.close_text(text)
        for owner in self._removed:
            lib.destroy_object(owner)

    def read(self, page: ObjectGroup) -> list[PageText]:
        """Return the text of a page; that of copies comes in further readings."""
        found = [self._read_once()]
        seen = found[0].has_text()
        owners = {each: group.owner for group in page.all_groups() for each in group.of_kind(TEXT)}
        for _ in range(_MOST_READINGS):
            left = {owner: form for owner, form in owners.items() if owner not in seen}
            if not any(_has_width(owner) for owner in left):
                break
            for owner, form in owners.items():
                if owner in seen:
                    self._remove(owner, form)
            owners = left
            more = self._read_once()
            if not (new := more.has_text()):
                break
            found.append(more)
            seen |= new
        return found

    def _read_once(self) -> PageText:
        text = lib.load_text(self._page)
        if not text:
            raise ExtractError("pdf_damaged", why="PDFium: no text page")
        self._texts.append(text)
        return PageText(text, self._fallback, self._replacements, self._budget)

    def _remove(self, owner: Handle, form: Handle) -> None:
        """Take an object off its page or form; it is destroyed when the page has been drawn."""
        if lib.remove_form_object(form, owner) if form else lib.remove_object(self._page, owner):
            self._removed.append(owner)


def _has_width(owner: Handle) -> bool:
    x0, _, x1, _ = bounds_of(owner)
    return x1 - x0 > _NARROW
