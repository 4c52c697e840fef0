"""Build the tree of a page without tags that only format text, which Word leaves in great numbers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import AttributeDict, Tag  # type: ignore[attr-defined]  # not in its stubs

from gongkai.extract.formats.html.element_limits import check_elements, parse_elements
from gongkai.extract.formats.html.style_rules import Element, StyleRules, find_style_sheets
from gongkai.extract.formats.html.visibility import (
    TextLook,
    hides_element,
    inherit_look,
    takes_no_place,
)

TITLE_CLASS = re.compile("title|bt", re.I)
KEEPS_PLACE = "keeps-place"
"""The value of `hidden` for an element that is not seen, but keeps its field of a table."""

_FORMATTING_TAGS = frozenset(
    ("span", "font", "b", "strong", "i", "em", "u", "o:p", "big", "small", "st1:chsdate")
)
_KEPT_ATTRIBUTES = frozenset(
    ("class", "content", "colspan", "data", "data-href", "hidden", "href", "name", "onclick",
     "property", "rowspan", "selected", "src", "type", "value")
)  # fmt: skip
LOOK_ATTRIBUTES = frozenset(
    ("align", "alt", "data-original", "data-src", "height", "id", "style", "valign", "width")
)
"""What a tree for showing a page keeps besides. Nothing of it acts."""
_LONGEST_CLASSES = 1_000
_NOTHING: Mapping[str, str] = {}
_PLAIN = Element("", "", frozenset(), 0)
_STYLED = frozenset(("style", "color", "bgcolor"))
_CELLS = frozenset(("td", "th"))
_TELLING = re.compile(
    r"none|hidden|collapse|opacity|font|position|indent|clip|visib|overflow|color|ground|through|super",
    re.I,
)
"""Words of styles that can matter, because most styles of a page pasted from Word do not."""


def parse_html(text: str, with_look: bool = False) -> BeautifulSoup:
    """Return the tree of a page, with the attributes that are read.

    A tag that only formats text is left out and its text stays, unless the tag is hidden, clickable
    or has a title class. An element that the page hides, by its own style or a rule of its style
    sheets, has the attribute `hidden`. Text in cells that is invisible or struck out, and text
    without a size anywhere, is left out.

    A tree `with_look` is for showing the page: it also has the formatting tags, and the attributes
    that say how an element looks. Its cells are the same.

    Raises:
        TooLarge: the page has too many elements, or they nest too deeply
    """
    check_elements(parse_elements(text))
    rules = StyleRules(find_style_sheets(text))
    # classes stay strings, because splitting them takes a tenth of the time of parsing
    builder = _SlimBuilder(rules, with_look, multi_valued_attributes=None)
    with warnings.catch_warnings():  # a page may consist of an address or the name of a file
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return _GrowingSoup(text, builder=builder)


class _GrowingSoup(BeautifulSoup):
    """A tree that only grows at its end."""

    def _linkage_fixer(self, el: Tag) -> None:
        """Do nothing, because no element behind the new one has to be linked again.

        bs4 looks for one among all elements around each text.
        """


@dataclass(slots=True)
class _Open:
    """An open element: the name under which it is built ("" if it is left out), and its look."""

    name: str
    element: Element
    look: TextLook
    in_cell: bool
    children: int = 0


class _SlimBuilder(LXMLTreeBuilder):
    """A tree builder of bs4 and lxml that is told of every tag and builds only those that matter."""

    attribute_dict_class = AttributeDict

    def __init__(self, rules: StyleRules, with_look: bool, **options: object) -> None:
        super().__init__(**options)
        self._rules = rules
        self._has_rules = bool(rules)
        self._with_look = with_look
        self._kept = _KEPT_ATTRIBUTES | LOOK_ATTRIBUTES if with_look else _KEPT_ATTRIBUTES

    def initialize_soup(self, soup: BeautifulSoup) -> None:
        super().initialize_soup(soup)
        self._open: list[_Open] = []
        self._around: list[Element] = []  # the same elements, as selectors see them

    def start(
        self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes], nsmap: object = None
    ) -> None:
        name = str(tag)
        attributes = {str(k): v for k, v in attrib.items() if k in self._kept}
        above = self._open[-1] if self._open else None
        if "hidden" in attributes:
            attributes["hidden"] = ""
        look = above.look if above else TextLook()
        element, declared = _PLAIN, _NOTHING
        if self._has_rules:
            element = self._element(name, attrib, above)
        if self._has_rules or not _STYLED.isdisjoint(attrib):
            declared = self._declared(element, attrib)
        if declared:
            look = inherit_look(look, declared)
            if hides_element(declared) and attributes.get("hidden") != "":
                attributes["hidden"] = "" if takes_no_place(declared) else KEEPS_PLACE
        if name in _FORMATTING_TAGS:
            raised = declared.get("vertical-align") == "super"
            name = "sup" if raised else (name if self._with_look or _is_needed(attributes) else "")
        in_cell = name in _CELLS or (above is not None and above.in_cell and name != "table")
        self._open.append(_Open(name, element, look, in_cell))
        if self._has_rules:
            self._around.append(element)
        if name:
            self.soup.handle_starttag(name, None, None, attributes)

    def _element(
        self, name: str, attrib: Mapping[str | bytes, str | bytes], above: _Open | None
    ) -> Element:
        place = 1
        if above is not None:
            above.children += 1
            place = above.children
        classes = str(attrib.get("class", ""))[:_LONGEST_CLASSES].split()
        return Element(name, str(attrib.get("id", ""))[:80], frozenset(classes), place)

    def _declared(
        self, element: Element, attrib: Mapping[str | bytes, str | bytes]
    ) -> Mapping[str, str]:
        """Return the properties of an element that can matter."""
        style = str(attrib.get("style", ""))
        if style and not _TELLING.search(style):
            style = ""
        given = {
            name: str(attrib[key]).strip().lower()
            for key, name in (("color", "color"), ("bgcolor", "background-color"))
            if key in attrib
        }
        if not style and not given and not self._has_rules:
            return _NOTHING
        found = self._rules.declared(element, self._around, style)
        return {**given, **found} if given else found

    def data(self, content: str | bytes) -> None:
        if self._open:
            last = self._open[-1]
            if last.look.sizeless or (last.in_cell and last.look.is_unseen):
                return
        super().data(content)

    def end(self, tag: str | bytes) -> None:
        name = self._open.pop().name
        if self._has_rules:
            self._around.pop()
        if name:
            self.soup.endData()
            self.soup.handle_endtag(name, None)


def _is_needed(attributes: Mapping[str, object]) -> bool:
    if not attributes:
        return False
    if "hidden" in attributes or "onclick" in attributes:
        return True
    return TITLE_CLASS.search(str(attributes.get("class", ""))) is not None
