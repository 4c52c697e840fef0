"""Addresses that a framework of the page fills in: `ms-attr-href="/zwgk/{{paths[5]}}/zfxxgknb/"`.

What they are made of is the page's own address, taken apart at its slashes. Anything else in such an
attribute is known only to the scripts, and gives no address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

BOUND_ATTRIBUTES = ("ms-attr-href", "ms-href", ":href", "v-bind:href", "ng-href", "data-ng-href")
"""Attributes of avalon.js (TRS 海云 in Fujian), Vue and AngularJS."""

BOUND_LINKS = " or ".join(f"@*[name()='{name}']" for name in BOUND_ATTRIBUTES)
"""The condition of XPath for elements that have one of them."""

MAX_EXPRESSION_CHARS = 600
PLACEHOLDER = re.compile(r"\{\{([^{}]{1,80})\}\}")
PART_OF_ADDRESS = re.compile(r"([\w$]{1,40}+)\s?\[\s?(\d{1,2})\s?\]")
LITERAL = re.compile(r"""'([^'\\]{0,300})'|"([^"\\]{0,300})"|`([^`\\]{0,300})`""")
SPLIT_ADDRESS = re.compile(
    r"\b([\w$]{1,40}+)\s?=\s?(?:(?:window|document|self|top)\.)?location\.(href|pathname)\."
    r"""split\(\s?['"]/['"]\s?\)"""
)
FRAMEWORK_NAME = "paths"
"""What the scripts of TRS 海云 call the parts; they stand in a file of their own."""


def bound_addresses(
    attributes: Mapping[str, str], page_address: str, scripts: str
) -> Iterator[str]:
    """Yield the addresses that the bound attributes of an element stand for.

    `scripts` are those of the page: they can name the parts of its address.

    >>> list(bound_addresses({"ms-attr-href": "/a/{{paths[4]}}/nb/"}, "http://x.gov.cn/zw/jyj/", ""))
    ['/a/jyj/nb/']
    >>> list(bound_addresses({":href": "'/a/' + paths[4] + '/nb/'"}, "http://x.gov.cn/zw/jyj/", ""))
    ['/a/jyj/nb/']
    >>> list(bound_addresses({":href": "item.url"}, "http://x.gov.cn/zw/jyj/", ""))
    []
    """
    for name in BOUND_ATTRIBUTES:
        text = attributes.get(name, "")[:MAX_EXPRESSION_CHARS]
        if not text:
            continue
        parts = _parts_by_name(page_address, scripts)
        found = _filled(text, parts) if "{{" in text or ":" not in name else _sum(text, parts)
        if found:
            yield found


@lru_cache(maxsize=1)  # the scripts of a page are asked for each of its links
def _parts_by_name(page_address: str, scripts: str) -> Mapping[str, list[str]]:
    known = {FRAMEWORK_NAME: page_address.split("/")}
    for name, of in SPLIT_ADDRESS.findall(scripts):
        whole = page_address if of == "href" else urlsplit(page_address).path
        known[name] = whole.split("/")
    return known


def _filled(text: str, parts: Mapping[str, list[str]]) -> str:
    """Return a text with its placeholders filled in, "" where one is unknown."""
    for expression in PLACEHOLDER.findall(text):
        value = _value(expression, parts)
        if not value:
            return ""
        text = text.replace("{{" + expression + "}}", value)
    return "" if "{{" in text else text


def _sum(text: str, parts: Mapping[str, list[str]]) -> str:
    """Return a sum of literals and parts of the address as one text, "" where one is unknown."""
    pieces: list[str] = []
    for term in text.split("+"):
        literal = LITERAL.fullmatch(term.strip())
        piece = literal[1] or literal[2] or literal[3] or "" if literal else _value(term, parts)
        if not literal and not piece:
            return ""
        pieces.append(piece)
    return "".join(pieces)


def _value(expression: str, parts: Mapping[str, list[str]]) -> str:
    """Return the part of the address that `paths[5]` names, "" for any other expression."""
    found = PART_OF_ADDRESS.fullmatch(expression.strip())
    if not found or found[1] not in parts:
        return ""
    known = parts[found[1]]
    return known[int(found[2])] if int(found[2]) < len(known) else ""
