"""Where the links of a page stand: below which heading, in which list.

A heading is what has the tag of one, and any short text or link without an address whose words mean
something to the crawler: `2020年以前`, 各部门, 政府信息公开年报. The link that opens a menu is the heading
of the entries below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from gongkai.crawler.discovery.bound_addresses import BOUND_ATTRIBUTES
from gongkai.crawler.discovery.words.link_words import (
    is_column_title,
    is_disclosure_title,
    is_short_column_title,
    is_unit_group,
    is_year,
    strip_whitespace,
)

HEADING_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption", "legend", "th"}
ROW_TAGS = {"li", "tr", "dd", "p"}
LIST_TAGS = {"ul", "ol", "dl", "table", "tbody"}
NO_HEADINGS = {"title", "option", "script", "style", "noscript", "textarea", "button"}
MENU_TAGS = LIST_TAGS | {"div"}
"""What opens below the entry of a menu."""

SCRIPT_ATTRIBUTES = ("onclick", "data-url", "data-href", "data-link", *BOUND_ATTRIBUTES)
"""Attributes from which a script takes the address of a link."""

MAX_HEADING_CHARS = 30
MAX_PIECE_CHARS = 200
MAX_HEADING_PIECES = 12
"""Pieces of text of a heading that are read: each piece stands in a tag of its own."""


class Element(Protocol):
    """What is used of an element of a parsed page."""

    tag: object
    text: str | None

    def iter(self) -> Iterator[Element]:
        """Yield the element and all below it, in order."""

    def itertext(self) -> Iterator[str]:
        """Yield the texts below the element, in order."""

    def getparent(self) -> Element | None:
        """Return the element that it stands in."""

    def getprevious(self) -> Element | None:
        """Return the element before it."""

    def getnext(self) -> Element | None:
        """Return the element behind it."""

    def get(self, key: str) -> str | None:
        """Return an attribute."""

    def __len__(self) -> int:
        """Return the number of elements directly below."""


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Where a link stands: the heading above it, "" for none, and the number of its list.

    Links of one list have the same number, from 1; it says nothing beyond the page.
    """

    heading: str = ""
    block: int = 0


@dataclass(slots=True)
class _Level:
    """An element that is being read: its current heading, and the links below it so far."""

    element: Element
    heading: str
    has_own_heading: bool = False
    links: int = 0
    last_link: str = ""
    in_link: bool = False


class PageOutline:
    """Reads the elements of a page once, in order."""

    def __init__(self, root: Element) -> None:
        self._headings: dict[Element, str] = {}
        self._links: dict[Element, int] = {}
        self._blocks: dict[Element, int] = {}
        self._read(root)

    def place_of(self, link: Element) -> LinkPlace:
        """Return where a link stands."""
        around = self._list_around(link)
        block = 0 if around is None else self._blocks.setdefault(around, len(self._blocks) + 1)
        return LinkPlace(self._headings.get(link, ""), block)

    def card_of(self, link: Element) -> Element | None:
        """Return the box of a link that stands beside boxes of the same kind, None for other links."""
        box = link
        while (above := box.getparent()) is not None and self._links.get(above, 0) == 1:
            box = above
        beside = (box.getprevious(), box.getnext())
        repeats = any(each is not None and each.tag == box.tag for each in beside)
        return box if repeats and box is not link else None

    def _read(self, root: Element) -> None:
        levels: list[_Level] = []
        for element in root.iter():
            if not isinstance(element.tag, str):  # a comment
                continue
            parent = element.getparent()
            while levels and levels[-1].element is not parent:
                self._leave(levels)
            around = levels[-1] if levels else None
            level = _Level(element, around.heading if around else "")
            if around is not None:
                level.in_link = around.in_link
                if _opens_below(element, around):
                    level.heading = around.last_link
            if _is_link(element):
                level.links, level.last_link = 1, _heading_text(element)
                level.in_link = True
                self._headings[element] = level.heading
            elif around is not None and not level.in_link:
                _take_heading(element, around)
            levels.append(level)
        while levels:
            self._leave(levels)

    def _leave(self, levels: list[_Level]) -> None:
        """End an element: a heading without links in its box is that of what follows the box."""
        level = levels.pop()
        if level.links:
            self._links[level.element] = level.links
        if not levels:
            return
        around = levels[-1]
        around.links += level.links
        if level.links:
            around.last_link = level.last_link
        elif level.has_own_heading:
            around.heading, around.has_own_heading = level.heading, True

    def _list_around(self, link: Element) -> Element | None:
        """Return the element whose parts repeat: the list of a row, the box of a card."""
        row: Element | None = link
        while row is not None:
            above = row.getparent()
            if row.tag in ROW_TAGS or above is None:
                return above
            if self._links.get(above, 0) > 1 and above.tag not in ROW_TAGS:
                return above
            row = above
        return None


def _is_link(element: Element) -> bool:
    """Return whether an element leads to a page: an anchor that only opens a menu does not."""
    if element.tag not in ("a", "area"):
        return False
    href = (element.get("href") or "").strip().lower()
    leads_nowhere = not href or href.startswith(("#", "javascript:"))
    return not leads_nowhere or any(element.get(name) for name in SCRIPT_ATTRIBUTES)


def _take_heading(element: Element, around: _Level) -> None:
    """Make the text of an element the heading of what follows it."""
    is_heading = element.tag in HEADING_TAGS
    if element.tag in NO_HEADINGS or not (is_heading or element.tag == "a" or len(element) == 0):
        return
    text = _heading_text(element)
    if text and (is_heading or _has_meaning(text)):
        around.heading, around.has_own_heading = text, True


def _opens_below(element: Element, around: _Level) -> bool:
    """Return whether an element is the box of entries below the only link before it."""
    if around.links != 1 or around.has_own_heading or element.tag not in MENU_TAGS:
        return False
    return around.element.tag in ROW_TAGS or (
        element.tag in LIST_TAGS and around.element.tag in ("div", "td")
    )


def _heading_text(element: Element) -> str:
    pieces = (piece[:MAX_PIECE_CHARS] for piece in islice(element.itertext(), MAX_HEADING_PIECES))
    text = strip_whitespace("".join(pieces))
    return text if 0 < len(text) <= MAX_HEADING_CHARS else ""


def _has_meaning(text: str) -> bool:
    return any(
        means(text)
        for means in (
            is_year,
            is_column_title,
            is_short_column_title,
            is_unit_group,
            is_disclosure_title,
        )
    )
