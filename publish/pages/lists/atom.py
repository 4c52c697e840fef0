"""A page of a feed as Atom (RFC 4287), linked to the pages before and after it (RFC 5005, 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from gongkai.catalogue import Language
from gongkai.publish.pages.lists.feeds import FeedEntry, FeedPage

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot contain."""

_NEVER = "1970-01-01T00:00:00Z"
_TYPES = {"atom": "application/atom+xml", "html": "text/html"}


def to_atom(feed: FeedPage, lang: Language, site: str, absolute: Callable[[str], str]) -> bytes:
    """Return a page of a feed as Atom.

    `absolute` turns a path into an address. Where the site does not know its base addresses begin at
    its root, and readers complete them. The id of the feed is made of its path alone: it stays when
    the site moves to another host or path (RFC 4287, 4.2.6), and is the same on all its pages.
    """
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed", {XML_LANG: "en" if lang == "en" else "zh-CN"})
    updated = max((entry.updated for entry in feed.entries), default=_NEVER)
    _add_text(root, "id", _urn(f"/en{feed.path}" if lang == "en" else feed.path))
    _add_text(root, "title", f"{site} · {feed.title}")
    _add_text(root, "updated", updated)
    _add_link(root, "self", "atom", absolute(_page_path(feed.path, feed.page)))
    _add_link(root, "alternate", "html", absolute(feed.about))
    _add_link(root, "first", "atom", absolute(feed.path))
    if feed.page > 1:
        _add_link(root, "previous", "atom", absolute(_page_path(feed.path, feed.page - 1)))
    if feed.has_next:
        _add_link(root, "next", "atom", absolute(_page_path(feed.path, feed.page + 1)))
    for entry in feed.entries:
        _add_entry(root, entry, absolute)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _page_path(path: str, page: int) -> str:
    if page == 1:
        return path
    return f"{path}{'&' if '?' in path else '?'}page={page}"


def _add_entry(root: ElementTree.Element, entry: FeedEntry, absolute: Callable[[str], str]) -> None:
    element = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    _add_text(element, "id", _urn(entry.key))
    _add_text(element, "title", entry.title)
    _add_text(element, "updated", entry.updated)
    author = ElementTree.SubElement(element, f"{{{ATOM}}}author")
    _add_text(author, "name", entry.author)
    _add_link(element, "alternate", "html", absolute(entry.path))
    _add_text(element, "summary", entry.summary)


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _add_text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = _NOT_XML.sub("\ufffd", text)


def _add_link(parent: ElementTree.Element, relation: str, kind: str, address: str) -> None:
    attributes = {"rel": relation, "type": _TYPES[kind], "href": _NOT_XML.sub("\ufffd", address)}
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", attributes)
