"""Build the tree of a page without tags that only format text, which Word leaves in great numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import AttributeDict  # type: ignore[attr-defined]  # not in its stubs

UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_STRUCK_OR_RAISED = re.compile(r"through|(?<=:)\s*super", re.I)
TITLE_CLASS = re.compile("title|bt", re.I)

_FORMATTING_TAGS = frozenset(
    ("span", "font", "b", "strong", "i", "em", "u", "o:p", "big", "small", "st1:chsdate")
)
_KEPT_ATTRIBUTES = frozenset(
    ("class", "content", "colspan", "data", "data-href", "hidden", "href", "name", "onclick",
     "property", "rowspan", "src", "style")
)  # fmt: skip


def parse_html(text: str) -> BeautifulSoup:
    """Return the tree of a page, with the attributes that are read.

    A tag that only formats text is left out and its text stays, unless the tag is hidden, clickable
    or has a title class.
    """
    # classes stay strings, because splitting them takes a tenth of the time of parsing
    return BeautifulSoup(text, builder=_SlimBuilder(multi_valued_attributes=None))


class _SlimBuilder(LXMLTreeBuilder):
    """A tree builder of bs4 and lxml that is told of every tag and builds only those that matter."""

    attribute_dict_class = AttributeDict

    def initialize_soup(self, soup: BeautifulSoup) -> None:
        super().initialize_soup(soup)
        self._open: list[str] = []  # the names under which tags are built, "" for those left out

    def start(
        self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes], nsmap: object = None
    ) -> None:
        attributes = {
            str(k): v
            for k, v in attrib.items()
            if k in _KEPT_ATTRIBUTES and _is_relevant(str(k), str(v))
        }
        name = str(tag)
        if name in _FORMATTING_TAGS:
            name = _by_style(attrib) or (name if _is_needed(attributes) else "")
        self._open.append(name)
        if name:
            self.soup.handle_starttag(name, None, None, attributes)

    def end(self, tag: str | bytes) -> None:
        name = self._open.pop()
        if name:
            self.soup.endData()
            self.soup.handle_endtag(name, None)


def _by_style(attrib: Mapping[str | bytes, str | bytes]) -> str:
    """Return the tag that a style stands for: a span can be struck out, or raised like a note."""
    style = str(attrib.get("style", ""))
    found = _STRUCK_OR_RAISED.search(style) if style else None
    return "" if found is None else ("sup" if "super" in found[0].lower() else "s")


def _is_relevant(name: str, value: str) -> bool:
    """Return whether an attribute matters; of styles only those that hide an element do."""
    return name != "style" or UNSEEN.search(value) is not None


def _is_needed(attributes: Mapping[str, object]) -> bool:
    if not attributes:
        return False
    if "style" in attributes or "hidden" in attributes or "onclick" in attributes:
        return True
    return TITLE_CLASS.search(str(attributes.get("class", ""))) is not None
