"""The last wall before a browser: a sanitiser that knows nothing of our own writer of markup."""

from __future__ import annotations

import re

import nh3

from gongkai.extract.formats.html.page_markup import STYLES, TAGS

_CELL_ID = re.compile(r"c\d{1,6}", re.ASCII)
_CLASSES = re.compile(r"[A-Za-z0-9_ -]{1,1000}", re.ASCII)
_SPAN = re.compile(r"\d{1,4}", re.ASCII)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,", re.ASCII)
_WITH_CONTENT = {"script", "style", "title", "iframe", "noscript", "template", "textarea"}
# not object, svg or form: where such an element has no end, it would take the table with it

_ATTRIBUTES = {
    "*": {"align", "class", "style", "valign"},
    "img": {"alt", "src"},
    "col": {"span", "width"},
    "table": {"width"},
    "td": {"colspan", "id", "rowspan", "width"},
    "th": {"colspan", "id", "rowspan", "width"},
}


def clean_page(markup: str) -> str:
    """Return markup that shows text, tables and embedded pictures, and does nothing.

    Time grows with the square of the depth: `extract.formats.html.page_markup` bounds it.
    """
    return nh3.clean(
        markup,
        tags=set(TAGS),
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        filter_style_properties=set(STYLES),
        strip_comments=True,
        link_rel=None,
        generic_attribute_prefixes=set(),
        url_schemes={"data"},
    )


def _filter(tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute, None to leave it out."""
    if name == "id":
        return value if _CELL_ID.fullmatch(value) else None
    if name == "class":
        return value if _CLASSES.fullmatch(value) else None
    if name in ("colspan", "rowspan"):
        return value if _SPAN.fullmatch(value) and 0 < int(value) <= 1000 else None
    if name == "src":
        return value if _PICTURE.match(value) else None
    return value
