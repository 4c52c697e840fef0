"""Style sheets of kept pages: what says how text, lines and columns look, and nothing else.

A style sheet may fetch, hide what the page says, write words of its own, and put one thing over another.
None of that is kept. Ids are those of our cells; a rule for an id of the page becomes one for a class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.extract.formats.html.html_reader import page_text
from gongkai.extract.formats.html.page_markup import ID_CLASS, LINK_CLASS, STYLES

MOST_CHARACTERS = 600_000
"""Of the style sheets of a page together."""

MOST_RULES = 6_000
_SIDES = ("top", "right", "bottom", "left")
_PROPERTIES = STYLES | frozenset(
    ("align-items", "align-self", "background", "border-radius", "border-spacing", "box-sizing",
     "clear", "display", "flex", "flex-basis", "flex-direction", "flex-grow", "flex-shrink",
     "flex-wrap", "float", "font", "font-family", "gap", "height", "justify-content",
     "letter-spacing", "list-style", "list-style-type", "margin", "max-width", "min-height",
     "min-width", "overflow-wrap", "table-layout", "text-transform", "word-break", "word-wrap",
     *(f"margin-{side}" for side in _SIDES),
     *(f"border-{side}-{part}" for side in _SIDES for part in ("color", "style", "width")))
)  # fmt: skip
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?|<!--|-->")
_BLOCK = re.compile(r"[{}]")
_SELECTOR = re.compile(r"[A-Za-z0-9_.#:*>+~,\s()-]{1,2000}", re.ASCII)
_ID = re.compile(r"#(?=[A-Za-z_])")
_LINK = re.compile(r"(?<![A-Za-z0-9_.#:-])a(?![A-Za-z0-9_-])", re.ASCII)
_MEDIA = re.compile(r"@media[\sA-Za-z0-9():,.-]{1,200}", re.ASCII)
_VALUE = re.compile(r"[\w#%.,()\s'\"!/+*-]{1,300}")
_COLOUR = re.compile(r"(?:rgb|hsl)a?\([0-9.,%\s/deg]{3,40}\)", re.I | re.ASCII)
_IMAGE = re.compile(r"url\((?:[^)'\"]{0,900}+|'[^']{0,900}+'|\"[^\"]{0,900}+\")\)", re.I)
_NEGATIVE = re.compile(r"(?:\A|[\s,(])-[\s.]{0,2}[0-9]", re.ASCII)
_NO_SIZE = re.compile(
    r"(?:\A|\s)(?:0|[0-5](?:\.[0-9]{1,4})?(?:px|pt)|0?\.[0-5][0-9]{0,4}(?:r?em|ex|ch)"
    r"|[0-4]?[0-9](?:\.[0-9]{0,4})?%)(?![0-9])",
    re.ASCII,
)
_STRING = re.compile(r"'[^'\"]{0,300}'|\"[^'\"]{0,300}\"")
_SEEN_THROUGH = re.compile(
    r"transparent|(?:(?:rgb|hsl)a\([^)]{0,40},|/)\s{0,2}(?:0|0?\.[0-2][0-9]{0,3}|[0-2]?[0-9]%)\s{0,2}\)"
    r"|#(?:[0-9a-f]{3}[0-3]|[0-9a-f]{6}[0-3][0-9a-f])(?![0-9a-f])",
    re.I | re.ASCII,
)
_EXPONENT = re.compile(r"[0-9]e[+-]?[0-9]", re.I | re.ASCII)


def read_styles(sheets: tuple[bytes, ...]) -> str:
    """Return the style sheets of a page as one that does nothing. Runs in the sandbox."""
    return clean_styles([page_text(sheet[:MOST_CHARACTERS], "text/css") for sheet in sheets])


def clean_styles(sheets: list[str]) -> str:
    """Return style sheets as one that only says how a page looks."""
    left = MOST_CHARACTERS
    found: list[str] = []
    for sheet in sheets:
        found += _rules(_COMMENT.sub(" ", sheet[:left]))
        left -= min(left, len(sheet))
    return "\n".join(found[:MOST_RULES])


def _rules(text: str) -> Iterator[str]:
    """Yield the rules of a style sheet, those for a kind of screen with their condition."""
    start, condition, skipped, head = 0, "", 0, ""
    for brace in _BLOCK.finditer(text):
        piece, start = text[start : brace.start()].strip(), brace.end()
        if brace[0] == "{":
            if skipped:
                skipped += 1
                continue
            name = piece.rpartition(";")[2].strip()  # behind @import and @charset
            if not name.startswith("@"):
                head = name
            elif not condition and _is_for_screens(name):
                condition = name
            else:
                skipped = 1
        elif skipped:
            skipped -= 1
        elif head:
            rule = _rule(head, piece)
            head = ""
            if rule:
                yield f"{condition}{{{rule}}}" if condition else rule
        else:
            condition = ""


def _is_for_screens(condition: str) -> bool:
    is_known = _MEDIA.fullmatch(condition) is not None and _is_balanced(condition)
    return is_known and "print" not in condition.lower()


def _is_balanced(text: str) -> bool:
    """Return whether each parenthesis is closed: one that is not takes the rules behind it with it."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _rule(selectors: str, body: str) -> str:
    if not _SELECTOR.fullmatch(selectors) or not _is_balanced(selectors):
        return ""
    declared = ";".join(_declarations(body))
    named = _LINK.sub(f".{LINK_CLASS}", _ID.sub(f".{ID_CLASS}", " ".join(selectors.split())))
    return f"{named}{{{declared}}}" if declared else ""


def _declarations(body: str) -> Iterator[str]:
    for declaration in _IMAGE.sub("", body[:20_000]).split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), " ".join(value.split())
        if name in _PROPERTIES and value and _is_plain(name, value):
            yield f"{name}:{value}"


def _is_plain(name: str, value: str) -> bool:
    """Return whether a value only says how something looks, and leaves it where it can be seen."""
    if not _VALUE.fullmatch(value) or "(" in _COLOUR.sub("", value) or "--" in value:
        return False
    bare = _STRING.sub("", value)
    if "'" in bare or '"' in bare or _EXPONENT.search(bare):
        return False  # a quote that is not closed takes the rules behind it with it
    if name == "color" and _SEEN_THROUGH.search(value):
        return False
    if name in ("font", "font-size") and _NO_SIZE.search(value):
        return False
    return not _NEGATIVE.search(value)
