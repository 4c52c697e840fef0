"""Find the elements of lxml's tree that a page hides, by the rules for what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from gongkai.extract.formats.html.style_rules import (
    Declared,
    Element,
    StyleRules,
    find_style_sheets,
)
from gongkai.extract.formats.html.visibility import (
    TextLook,
    hides_element,
    inherit_look,
    takes_no_place,
)

_LONGEST = 1_000
_COLOURS = (("color", "color"), ("bgcolor", "background-color"))


@dataclass(slots=True)
class _Around:
    """An open element as its children inherit from it."""

    look: TextLook
    covered: bool = False
    children: int = 0


class ShownElements:
    """What a page shows of its elements: which are not there, and of which no text is seen."""

    def __init__(self, root: etree._Element, text: str) -> None:
        self._rules = StyleRules(find_style_sheets(text))
        self._gone: set[etree._Element] = set()
        self._unseen: set[etree._Element] = set()
        self._raised: set[etree._Element] = set()
        path = [_Around(TextLook())]
        selected: list[Element] = []
        for event, node in etree.iterwalk(root, events=("start", "end")):
            if event == "end":
                path.pop()
                selected.pop()
                continue
            path[-1].children += 1
            selected.append(_as_selected(node, path[-1].children))
            path.append(self._enter(node, path[-1], selected))

    def is_gone(self, node: etree._Element) -> bool:
        """Return whether an element takes no place on the page."""
        return node in self._gone

    def is_unseen(self, node: etree._Element) -> bool:
        """Return whether the text directly inside an element is not seen."""
        return node in self._unseen

    def is_raised(self, node: etree._Element) -> bool:
        """Return whether an element is set above the line, by its tag or its style."""
        return node in self._raised

    def is_visible(self, node: etree._Element) -> bool:
        """Return whether neither an element nor one around it is hidden."""
        around: etree._Element | None = node
        while around is not None and around not in self._gone:
            around = around.getparent()
        return around is None

    def _enter(self, node: etree._Element, above: _Around, selected: list[Element]) -> _Around:
        declared = self._declared(node, selected)
        hidden = hides_element(declared)
        if "hidden" in node.attrib or (hidden and takes_no_place(declared)):
            self._gone.add(node)
        here = _Around(inherit_look(above.look, declared), above.covered or hidden)
        if here.covered or here.look.is_unseen:
            self._unseen.add(node)
        if node.tag == "sup" or declared.get("vertical-align") == "super":
            self._raised.add(node)
        return here

    def _declared(self, node: etree._Element, selected: list[Element]) -> Declared:
        given = {
            name: str(node.attrib[key]).strip().lower()
            for key, name in _COLOURS
            if key in node.attrib
        }
        style = node.get("style", "")
        return {**given, **self._rules.declared(selected[-1], selected[:-1], style)}


def _as_selected(node: etree._Element, place: int) -> Element:
    """Return an element as the selectors of style sheets ask for it."""
    classes = frozenset(node.get("class", "")[:_LONGEST].split())
    return Element(str(node.tag), node.get("id", "")[:80], classes, place)
