"""Read outline level and list of a paragraph from its style and properties."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gongkai.extract.formats.docx.docx_numbering import Numbering
from gongkai.extract.formats.docx.docx_parts import W, WordParts, bounded_number, child_value
from gongkai.extract.formats.xml_parts import Element

_HEADING = re.compile(r"^(?:heading|标题)\s*([1-6])$", re.I)
_BASED_ON = 12  # steps from style to style; a hostile file may have a loop


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    parent: str
    outline: int  # 0 to 8, 9 for body text, -1 where the style does not say
    list_id: str | None
    level: int
    vanish: str | None  # the switch as the style has it, None where it has none


class Styles:
    """Headings and numbers of the paragraphs of a document.

    Numbers must be asked for in the order of the document.
    """

    def __init__(self, parts: WordParts) -> None:
        self._numbering = Numbering(parts.numbering)
        self._styles: dict[str, _Style] = {}
        for style in parts.styles.findall(W + "style") if parts.styles is not None else ():
            looks = style.find(W + "pPr")
            self._styles[style.get(W + "styleId", "")] = _Style(
                child_value(style, "name") or "",
                child_value(style, "basedOn") or "",
                bounded_number(child_value(looks, "outlineLvl"), -1),
                *_list(looks),
                child_value(style.find(W + "rPr"), "vanish"),
            )

    @property
    def hidden(self) -> frozenset[str]:
        """The styles, of paragraphs and of characters, whose text Word hides."""
        return frozenset(name for name in self._styles if self._hides(name))

    def _hides(self, name: str) -> bool:
        for _ in range(_BASED_ON):
            style = self._styles.get(name)
            if style is None:
                return False
            if style.vanish is not None:
                return style.vanish not in ("0", "false", "off")
            name = style.parent
        return False

    def heading(self, paragraph: Element) -> int:
        """Return 1 to 6 for a heading, by its own outline level or that of its style, else 0."""
        looks = paragraph.find(W + "pPr")
        own = bounded_number(child_value(looks, "outlineLvl"), -1)
        if own >= 0:
            return own + 1 if own < 6 else 0
        for style in self._chain(looks):
            if named := _HEADING.match(style.name):
                return int(named[1])
            if style.outline >= 0:
                return style.outline + 1 if style.outline < 6 else 0
        return 0

    def label(self, paragraph: Element) -> str:
        """Return the automatic number of a paragraph, "" if it has none, and count on."""
        looks = paragraph.find(W + "pPr")
        list_id, level = _list(looks)
        if list_id is None:
            styles = [style for style in self._chain(looks) if style.list_id is not None]
            if not styles:
                return ""
            list_id, level = styles[0].list_id or "0", styles[0].level
        return "" if list_id == "0" else self._numbering.label(list_id, level)

    def _chain(self, looks: Element | None) -> list[_Style]:
        """Return the style of a paragraph and the styles it is based on."""
        found: list[_Style] = []
        name = child_value(looks, "pStyle") or ""
        while name in self._styles and len(found) < _BASED_ON:
            found.append(self._styles[name])
            name = found[-1].parent
        return found


def _list(looks: Element | None) -> tuple[str | None, int]:
    marks = None if looks is None else looks.find(W + "numPr")
    return child_value(marks, "numId"), bounded_number(child_value(marks, "ilvl"), 0, 0, 8)


def numbered(label: str, text: str) -> str:
    """Return the text of a paragraph with its automatic number in front."""
    return f"{label} {text}" if label[-1:].isalnum() and text[:1].isalnum() else label + text
