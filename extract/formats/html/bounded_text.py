"""Read the beginning of an element, because elements of a hostile page nest without end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bs4.element import NavigableString, PageElement, Tag

_MOST_INSIDE = 500
"""Elements and texts of an element that are looked at: titles, links and rows have some tens."""

_MOST_CHARACTERS = 4_000


def first_inside(tag: Tag) -> Iterator[PageElement]:
    """Yield what stands inside an element in document order, some hundreds at most."""
    return islice(_inside(tag), _MOST_INSIDE)


def beginning_of_text(tag: Tag, separator: str = "") -> str:
    """Return the text of an element, cut off behind some thousand characters."""
    pieces: list[str] = []
    left = _MOST_CHARACTERS
    for node in first_inside(tag):
        if type(node) is NavigableString and left > 0:
            pieces.append(node[:left])
            left -= len(node)
    return separator.join(pieces)


def _inside(tag: Tag) -> Iterator[PageElement]:
    open_elements = [iter(tag.contents)]
    while open_elements:
        node = next(open_elements[-1], None)
        if node is None:
            open_elements.pop()
            continue
        yield node
        if isinstance(node, Tag):
            open_elements.append(iter(node.contents))
