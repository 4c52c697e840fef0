"""Attached documents of a page, however it links them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.html_index import Index

DOCUMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|rtf|ofd|zip|rar)(?=$|[?#&'\"\s])", re.I)
_QUOTED = re.compile(r"""['"]([^'"]{3,500})['"]""")
_SOURCES = (
    ("a", "href"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("a", "data-href"),
)
_VIEWER = re.compile(r"[?&](?:file|url|src)=([^&#]+)", re.I)
_MOST = 50


def attachments(page: Index) -> tuple[str, ...]:
    """Addresses of attached documents as the page writes them, in order, each once."""
    found = (clean(address) for address in _addresses(page))
    return tuple(dict.fromkeys(address for address in found if address))[:_MOST]


def link_count(page: Index) -> int:
    """How many anchors with an address the page has."""
    return len(page.linking("a", "href"))


def clean(address: str) -> str:
    """An address without the white space and line breaks that editors leave inside."""
    return re.sub(r"[\r\n\t]+", "", address).strip()


def _addresses(page: Index) -> Iterator[str]:
    for name, attribute in _SOURCES:
        for tag in page.linking(name, attribute):
            yield from _documents(str(tag[attribute]))
    for tag in page.clickable[:1000]:
        for quoted in _QUOTED.findall(str(tag["onclick"])):
            yield from _documents(quoted)


def _documents(address: str) -> Iterator[str]:
    if address.lower().startswith(("javascript:", "data:")):
        for quoted in _QUOTED.findall(address):
            yield from _documents(quoted) if not quoted.startswith(("javascript:", "data:")) else ()
        return
    viewer = _VIEWER.search(address)
    if viewer and DOCUMENT.search(viewer[1]):
        yield viewer[1]
    elif DOCUMENT.search(address):
        yield address
