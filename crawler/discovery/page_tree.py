"""The tree of a page for the crawler: parsed with a bound on its depth, and read in bounded pieces.

Elements of a hostile page nest thousands deep, and each may hold the text of the whole page. What is
asked about one link must not cost as much as the page.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree
from parsel import Selector

from gongkai.crawler.discovery.words.link_words import strip_whitespace
from gongkai.extract.formats.html.element_limits import is_too_deep

REFUSED_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MAX_CHARS = 4_000
"""Characters of an element that are read: titles, rows and links have some tens."""

MAX_EVENTS = 400
"""Beginnings and ends of the elements inside an element that are looked at."""

_IN_ORDER = ("start", "end", "comment", "pi")
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
    pieces: list[str] = []
    left = MAX_CHARS
    for event, node in islice(etree.iterwalk(element, events=_IN_ORDER), MAX_EVENTS):
        if event == "end" and node is element:
            break
        piece = node.text if event == "start" else node.tail
        if piece:
            pieces.append(piece[:left])
            left -= len(piece)
            if left <= 0:
                break
    return "".join(pieces)


def shown_text(selector: Selector, most: int) -> str:
    """Return the text of a page without its scripts and styles, cut off behind `most` characters.

    With XPath, libxml2 would sort the texts by walking along all of their neighbours.
    """
    pieces: list[str] = []
    left = most
    for event, node in etree.iterwalk(selector.root, events=_IN_ORDER):
        piece = node.text if event == "start" else node.tail
        if piece and not (event == "start" and node.tag in _NOT_SHOWN):
            pieces.append(piece[:left])
            left -= len(piece)
            if left <= 0:
                break
    return strip_whitespace("".join(pieces))
