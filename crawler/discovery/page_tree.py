"""The tree of a page for the crawler: parsed with a bound on its depth, and read in bounded pieces.

Elements of a hostile page nest thousands deep, and each may hold the text of the whole page. What is
asked about one link must not cost as much as the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree
from parsel import Selector

from gongkai.crawler.discovery.words.link_words import strip_whitespace
from gongkai.extract.formats.html.element_limits import is_too_deep

REFUSED_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MAX_CHARS = 4_000
"""Characters of an element that are read: titles, rows and links have some tens."""

MAX_PIECES = 400
"""Pieces of text inside an element that are looked at: two for each element in it."""

_NOT_SHOWN = ("script", "style")


class PageTooDeep(Exception):
    """The elements of a page nest so deep that the parser leaves out the rest."""


def parse_html(text: str) -> Selector:
    """Return the tree of HTML, without the characters that lxml refuses in names of attributes.

    Raises:
        PageTooDeep: The elements nest too deeply.
    """
    selector = Selector(text=REFUSED_CHARACTERS.sub("", text), type="html")
    if isinstance(selector.root, etree._Element) and is_too_deep(selector.root):
        raise PageTooDeep
    return selector


def attribute(tag: Selector, name: str) -> str:
    """Return the value of an attribute, "" where the element does not have it."""
    return str(tag.root.get(name, ""))


def attributes_of(tag: Selector) -> dict[str, str]:
    """Return the attributes of an element by name.

    parsel looks each one up by its name, and lxml refuses names that pages have, such as `{{a}}b`.
    """
    return dict(tag.root.attrib.items())


def text_of(tag: Selector) -> str:
    """Return the beginning of the text of an element, without white space."""
    return strip_whitespace(beginning_of_text(tag.root))


def beginning_of_text(element: etree._Element) -> str:
    """Return the text of an element, cut off behind `MAX_CHARS`."""
    return _joined(islice(_texts(element), MAX_PIECES), MAX_CHARS)


def shown_text(selector: Selector, most: int) -> str:
    """Return the text of a page without its scripts and styles, cut off behind `most` characters.

    With XPath, libxml2 would sort the texts by walking along all of their neighbours.
    """
    return strip_whitespace(_joined(_texts(selector.root), most))


def _joined(texts: Iterable[str], most: int) -> str:
    pieces: list[str] = []
    for text in texts:
        pieces.append(text[:most])
        most -= len(text)
        if most <= 0:
            break
    return "".join(pieces)


def _texts(top: etree._Element) -> Iterator[str]:
    """Yield the texts inside an element in order, "" for what has none; scripts and styles are left out.

    `iterwalk` would tell of the ends of elements, but walks along all neighbours of each comment.
    """
    open_nodes: list[etree._Element] = []
    for node in top.iter():
        parent = node.getparent()
        while open_nodes and open_nodes[-1] is not parent:
            yield open_nodes.pop().tail or ""
        open_nodes.append(node)
        is_shown = isinstance(node.tag, str) and node.tag not in _NOT_SHOWN
        yield (node.text or "") if is_shown else ""
    while len(open_nodes) > 1:
        yield open_nodes.pop().tail or ""
