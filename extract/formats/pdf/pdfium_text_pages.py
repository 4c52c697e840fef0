"""Read the text of all objects of a page, also of those that PDFium takes for copies.

A text object that looks like a recent one and overlaps it is left out of PDFium's text, as bold
print by drawing twice would be. The second digit of a narrow 11 looks the same. Objects without
text are therefore read again, after those that have been read are taken off the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.font_fallback import FontFallback
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.formats.pdf.pdfium_objects import bounds_of, form_objects, is_form, is_text
from gongkai.extract.formats.pdf.pdfium_text import TextRun, read_runs

_MOST_READINGS = 6
_DEEPEST = 12
_NARROW = 0.01  # points: text objects without a width draw nothing


class TextPages:
    """The text pages of one page of PDFium, and the objects that were taken off it."""

    def __init__(self, page: Handle, fallback: FontFallback) -> None:
        self._page = page
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

    def read(self, objects: Sequence[Handle]) -> dict[Handle, TextRun]:
        """Return the runs of text objects, those in nested drawings included."""
        runs = self._read_once()
        owners = dict(_text_objects(objects, 0))
        for _ in range(_MOST_READINGS):
            left = [owner for owner in owners if owner not in runs]
            if not any(bounds_of(owner)[2] - bounds_of(owner)[0] > _NARROW for owner in left):
                break
            for owner, form in owners.items():
                if owner in runs:
                    self._remove(owner, form)
            owners = {owner: form for owner, form in owners.items() if owner not in runs}
            more = self._read_once()
            if not more:
                break
            runs |= more
        return runs

    def _read_once(self) -> dict[Handle, TextRun]:
        text = lib.load_text(self._page)
        if not text:
            raise ExtractError("pdf_damaged", why="PDFium: no text page")
        self._texts.append(text)
        return read_runs(text, self._fallback)

    def _remove(self, owner: Handle, form: Handle) -> None:
        """Take an object off its page or form; it is destroyed when the page has been drawn."""
        if lib.remove_form_object(form, owner) if form else lib.remove_object(self._page, owner):
            self._removed.append(owner)


def _text_objects(
    objects: Sequence[Handle], form: Handle, depth: int = 0
) -> Iterator[tuple[Handle, Handle]]:
    """Yield each text object with the form that holds it, 0 for the page itself."""
    for owner in objects:
        if is_text(owner):
            yield owner, form
        elif depth < _DEEPEST and is_form(owner):
            yield from _text_objects(form_objects(owner), owner, depth + 1)
