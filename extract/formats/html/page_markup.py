"""Write a page as plain markup that shows it and does nothing, with an id for each cell.

The markup comes from our own tree of the page, as the reader saw it: what is hidden is left out. Only
tags, attributes and properties of style that are named here are written. Whoever sends the markup
to a browser cleans it once more with another program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape

from bs4.element import CData, NavigableString, PageElement, Tag

from gongkai.extract.errors import TooLarge
from gongkai.extract.formats.html.html_reader import page_text, read_tables
from gongkai.extract.formats.html.html_tables import CONTROLS, PLACE, entered_text
from gongkai.extract.formats.html.html_tree import KEEPS_PLACE, parse_html

LONGEST = 2_000_000
"""Characters of markup. Longer pages are not shown."""

DEEPEST = 200
"""Elements inside each other. Deeper ones are left out, and their text stays."""

TAGS = frozenset(
    ("article", "aside", "b", "big", "blockquote", "br", "caption", "center", "col", "colgroup", "dd", "del",
     "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "li",
     "main", "nav", "ol", "p", "pre", "s", "section", "small", "span", "strike", "strong", "sub", "sup",
     "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul")
)  # fmt: skip
_GONE = frozenset(
    ("applet", "audio", "base", "canvas", "embed", "frame", "frameset", "head", "iframe", "link",
     "math", "meta", "noembed", "noframes", "noscript", "object", "param", "script", "source",
     "style", "svg", "template", "title", "track", "video", "xmp", "plaintext")
)  # fmt: skip
"""Elements that are left out with all that is in them."""
_EMPTY = frozenset(("br", "col", "hr", "img"))
_SPANS = ("colspan", "rowspan")
_MOST_SPAN = 1000
_ALIGN = frozenset(("left", "right", "center", "justify", "top", "middle", "bottom", "baseline"))
_LENGTH = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?(?:%|px|pt)?", re.ASCII)
STYLES = frozenset(
    ("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
     "border-right", "border-style", "border-top", "border-width", "color", "font-size", "font-style",
     "font-weight", "line-height", "padding", "padding-bottom", "padding-left", "padding-right",
     "padding-top", "text-align", "text-decoration", "text-indent", "vertical-align", "white-space",
     "width")
)  # fmt: skip
"""Properties of style that are written: none of them places an element over others or fetches."""
_VALUE = re.compile(r"[A-Za-z0-9#%., ()-]{1,80}", re.ASCII)
_COLOUR = re.compile(r"rgba?\([0-9., %]{5,30}\)", re.ASCII)
_MOST_DECLARATIONS = 40
_LONGEST_STYLE = 4_000

ID_CLASS = "id-"
"""Before the id of an element that is written as a class: ids are those of cells."""
LINK_CLASS = "tag-a"
"""The class of what was a link: it leads nowhere, and looks like one."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,60}", re.ASCII)
_MOST_CLASSES = 12
_IMAGE_SOURCES = ("data-original", "data-src", "src")
"""Where a script loads an image later, `src` is a placeholder."""

Picture = Callable[[str], str]
"""Returns what an image is shown from, by the address that the page writes; "" to leave it out."""


def write_page(
    body: bytes,
    media_type: str,
    picture: Picture = lambda address: "",
) -> str:
    """Return what is inside the body of a page as markup.

    A cell of a table has the id `c` and the number of its place.

    Raises:
        TooLarge: the page exceeds a limit
    """
    soup = parse_html(page_text(body, media_type), with_look=True)
    read_tables(soup)
    writer = _Writer(picture)
    root = soup.find("body")
    writer.write(root if isinstance(root, Tag) else soup)
    return "".join(writer.parts)


@dataclass(slots=True)
class _Writer:
    """One walk over a tree without recursion, because hostile pages nest tens of thousands deep."""

    picture: Picture
    parts: list[str] = field(default_factory=list)
    length: int = 0
    depth: int = 0

    def write(self, root: Tag) -> None:
        """Write what is inside an element."""
        waiting: list[PageElement | str] = [*root.contents[::-1]]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Tag):
                self._enter(node, waiting)
            elif type(node) is NavigableString or isinstance(node, CData):
                self._put(escape(node))
            elif type(node) is str:  # the end of an element
                self._put(node)
                self.depth -= 1

    def _enter(self, tag: Tag, waiting: list[PageElement | str]) -> None:
        """Write the beginning of an element, and put off its content and its end."""
        name, hidden = tag.name, tag.attrs.get("hidden")
        if name in _GONE or (hidden is not None and hidden != KEEPS_PLACE):
            return
        if name in CONTROLS:
            self._put(escape(entered_text(tag)))
            return
        if name == "img":
            self._put(_image(tag, self.picture))
            return
        name = "span" if name == "a" else name
        if name not in TAGS or (self.depth >= DEEPEST and name not in _EMPTY):
            waiting += tag.contents[::-1]
            return
        self._put(f"<{name}{self._attributes(tag)}>")
        if name in _EMPTY:
            return
        self.depth += 1
        waiting.append(f"</{name}>")
        if hidden is None:
            waiting += tag.contents[::-1]

    def _attributes(self, tag: Tag) -> str:
        """Return the attributes of an element as written, each behind a space."""
        found = {name: span for name in _SPANS if (span := _span(tag.attrs.get(name)))}
        for name in ("align", "valign"):
            if (value := str(tag.attrs.get(name, "")).strip().lower()) in _ALIGN:
                found[name] = value
        width = str(tag.attrs.get("width", "")).strip()
        if _LENGTH.fullmatch(width):
            found["width"] = width
        if classes := " ".join(_classes(tag)):
            found["class"] = classes
        if style := _clean_style(str(tag.attrs.get("style", ""))):
            found["style"] = style
        number = str(tag.attrs.get(PLACE, ""))
        if number.isdecimal():
            found["id"] = f"c{number}"
        return "".join(f' {name}="{escape(value)}"' for name, value in found.items())

    def _put(self, text: str) -> None:
        self.length += len(text)
        if self.length > LONGEST:
            raise TooLarge("html_too_large", size=self.length, most=LONGEST)
        self.parts.append(text)


def _classes(tag: Tag) -> Iterator[str]:
    """Yield the classes of an element, and its id and the name of a link as such: style sheets know it so."""
    if tag.name == "a":
        yield LINK_CLASS
    for name in str(tag.attrs.get("class", ""))[:_LONGEST_STYLE].split()[:_MOST_CLASSES]:
        if _NAME.fullmatch(name) and not name.startswith((ID_CLASS, LINK_CLASS)):
            yield name
    if _NAME.fullmatch(name := str(tag.attrs.get("id", ""))):
        yield ID_CLASS + name


def _span(given: object) -> str:
    text = str(given or "").strip()[:6]
    return text if text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_SPAN else ""


def _image(tag: Tag, picture: Picture) -> str:
    """Return an image, or what the page says instead of it."""
    given = next(filter(None, (str(tag.attrs.get(name, "")) for name in _IMAGE_SOURCES)), "")
    source = picture(given[:4_000])
    words = " ".join(str(tag.attrs.get("alt", ""))[:200].split())
    if not source:
        return f"<span>{escape(words)}</span>" if words else ""
    classes = " ".join(_classes(tag))
    named = f' class="{escape(classes)}"' if classes else ""
    return f'<img src="{escape(source)}" alt="{escape(words)}"{named}>'


def _clean_style(style: str) -> str:
    """Return the declarations of a style that only say how text and lines look."""
    kept: list[str] = []
    for declaration in style[:_LONGEST_STYLE].split(";")[:_MOST_DECLARATIONS]:
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name not in STYLES or not colon or not _VALUE.fullmatch(value):
            continue
        if "(" in _COLOUR.sub("", value) or "--" in value:
            continue  # url(), var(), expression()
        kept.append(f"{name}:{value}")
    return ";".join(kept)
