"""Tell the tables that only place other tables from those of the form, in one walk over a page."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.forms.header_words import FORM_WORDS


@dataclass(slots=True)
class _Nested:
    """A table, its stretch of the texts of the page, and the table around it."""

    table: Tag
    around: _Nested | None
    first: int
    end: int = 0
    has_tables: bool = False
    has_form_inside: bool = False


def find_layout_tables(soup: BeautifulSoup) -> set[int]:
    """Return the ids of the tables that only place other tables.

    Their cells are separate blocks. A table of the form with a small table inside one cell, as Word
    makes it, is not a layout table. Tables nest thousands deep on hostile pages, so that the text of the
    page is read once and not once for each table.
    """
    tables, texts = _tables(soup)
    if not any(nested.has_tables for nested in tables):
        return set()
    places = [0]
    pieces = [normalize_text(text) for text in texts]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    words = _Words("".join(pieces))
    found: set[int] = set()
    for nested in tables:  # the inner ones first
        has_words = words.are_within(places[nested.first], places[nested.end])
        if nested.around is not None:
            nested.around.has_form_inside |= has_words or nested.has_form_inside
        if nested.has_tables and (nested.has_form_inside or not has_words):
            found.add(id(nested.table))
    return found


def _tables(soup: BeautifulSoup) -> tuple[list[_Nested], list[str]]:
    """Return all tables, each behind those inside it, and the texts inside tables."""
    tables: list[_Nested] = []
    texts: list[str] = []
    stack: list[PageElement | _Nested] = [soup]
    inside: _Nested | None = None
    while stack:
        node = stack.pop()
        if isinstance(node, _Nested):
            node.end = len(texts)
            tables.append(node)
            inside = node.around
        elif isinstance(node, Tag):
            if node.name == "table":
                if inside is not None:
                    inside.has_tables = True
                inside = _Nested(node, inside, len(texts))
                stack.append(inside)
            stack.extend(reversed(node.contents))
        elif inside is not None and type(node) in (NavigableString, CData):
            texts.append(str(node))
    return tables, texts


class _Words:
    """Where words of the form stand in a text."""

    def __init__(self, text: str) -> None:
        found = sorted(
            (place, place + len(word)) for word in FORM_WORDS for place in _places(word, text)
        )
        self._starts = [start for start, _ in found]
        self._next_ends = [end for _, end in found]
        for number in reversed(range(len(found) - 1)):
            self._next_ends[number] = min(self._next_ends[number : number + 2])

    def are_within(self, start: int, end: int) -> bool:
        """Return whether a word of the form lies between two places of the text."""
        number = bisect_left(self._starts, start)
        return number < len(self._starts) and self._next_ends[number] <= end


def _places(word: str, text: str) -> list[int]:
    places = []
    place = text.find(word)
    while place >= 0:
        places.append(place)
        place = text.find(word, place + 1)
    return places
