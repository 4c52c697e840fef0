"""Which style sheets a page links to, and what its addresses are relative to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

_ELEMENT = re.compile(r"<(link|base)\b([^<>]{1,2000}+)>", re.I)
_ATTRIBUTE = re.compile(
    r"""\b(rel|href|media)\s{0,10}+=\s{0,10}+(?:"([^"]{0,1500}+)"|'([^']{0,1500}+)'|([^\s"'>]{1,1500}+))""",
    re.I,
)
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*+(?:-->)?")
_MOST_STYLES = 8


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The addresses of the style sheets of a page as it writes them, and its base, "" for its own."""

    styles: tuple[str, ...] = ()
    base: str = ""


def find_page_links(text: str) -> PageLinks:
    """Return the style sheets for screens that a page links to, as many as are shown, and its base."""
    styles: dict[str, None] = {}
    base = ""
    for element in _ELEMENT.finditer(_COMMENT.sub("", text)):
        given = {
            name.lower(): unescape(double or single or bare).strip()
            for name, double, single, bare in _ATTRIBUTE.findall(element[2])
        }
        href = given.get("href", "")
        if element[1].lower() == "base":
            base = base or href
        elif href and _is_style(given) and len(styles) < _MOST_STYLES:
            styles[href] = None
    return PageLinks(tuple(styles), base)


def _is_style(given: dict[str, str]) -> bool:
    rel, media = given.get("rel", "").lower().split(), given.get("media", "").lower()
    is_for_screens = not media or "screen" in media or "all" in media
    return "stylesheet" in rel and "alternate" not in rel and is_for_screens
