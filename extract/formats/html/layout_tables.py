"""Tell the tables that only place text or other tables from those of the form, in walks over a page."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag

from gongkai.extract.chinese.headings import parse_heading
from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.forms.header_words import FORM_WORDS

_FEWEST_HEADINGS = 3
"""Section headings in one cell: no cell of the form has them, so that the cell holds an article."""
_LONGEST_HEADING = 80
_CELLS = frozenset(("td", "th"))
_LINE_ENDS = frozenset(
    ("address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3",
     "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul")
)  # fmt: skip


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
    """Return the ids of the tables that only place other tables, or the text of an article.

    Their cells are separate blocks. A table of the form with a small table inside one cell, as Word
    makes it, is not a layout table. A table with several section headings in one cell is one, with
    and without tables inside: pages without a style sheet place a whole article so. Tables nest thousands deep on hostile pages, so that the text of the
    page is read once and not once for each table.
    """
    tables, texts = _tables(soup)
    found = _tables_with_articles(soup) if tables else set()
    if not any(nested.has_tables for nested in tables):
        return found
    places = [0]
    pieces = [normalize_text(text) for text in texts]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    words = _Words("".join(pieces))
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


@dataclass(slots=True)
class _OpenCell:
    """A cell that is being read: its table, and the numbers of the sections whose headings it has."""

    table: int
    sections: set[int] = field(default_factory=set)


def _tables_with_articles(soup: BeautifulSoup) -> set[int]:
    """Return the ids of the tables that have the headings of several sections in one cell."""
    found: set[int] = set()
    tables: list[int] = []
    cells: list[_OpenCell] = []
    line: list[str] = []
    stack: list[tuple[bool, PageElement]] = [(False, soup)]
    while stack:
        leaving, node = stack.pop()
        if not isinstance(node, Tag):
            if cells and type(node) in (NavigableString, CData):
                line.append(str(node))
            continue
        if node.name in _LINE_ENDS:
            if cells and line and _is_of_article(cells[-1], "".join(line)):
                found.add(cells[-1].table)
            line.clear()
        if leaving:
            if node.name == "table":
                tables.pop()
            elif node.name in _CELLS:
                cells.pop()
            continue
        if node.name == "table":
            tables.append(id(node))
        elif node.name in _CELLS:
            cells.append(_OpenCell(tables[-1] if tables else 0))
        stack.append((True, node))
        stack.extend((False, child) for child in reversed(node.contents))
    return found


def _is_of_article(cell: _OpenCell, line: str) -> bool:
    """Return whether a cell holds an article, now that `line` was read in it."""
    if len(line) > 4 * _LONGEST_HEADING:
        return False
    heading = parse_heading(" ".join(line.split())[:_LONGEST_HEADING])
    if heading is not None and heading.style in ("han", "part"):
        cell.sections.add(heading.number)
    return len(cell.sections) >= _FEWEST_HEADINGS


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
