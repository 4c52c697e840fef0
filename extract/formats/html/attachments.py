"""Find the attached documents of a page, however it links them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urljoin

from bs4.element import Tag

from gongkai.extract.formats.html.bounded_text import beginning_of_text
from gongkai.extract.formats.html.element_index import ElementIndex
from gongkai.extract.formats.suffixes import ATTACHMENT_SUFFIXES

DOCUMENT = re.compile(ATTACHMENT_SUFFIXES + r"(?=$|[?#&'\"\s])", re.I)
# the downloads of VSB, jcms, LonSun and jpaas, whose addresses need not name a file
_DOWNLOAD = re.compile(
    r"/(?:_content/)?down(?:load|file)?\.jsp\?|DownloadAttachUrl|/__local/"
    r"|/(?:file|attach|comp)\w*/download|/jpaas-\w{1,40}+-server/.{0,300}?(?:download|fileUrl)",
    re.I,
)
_QUOTED_DOCUMENT = re.compile(
    rf"""['"]([^'"<>\r\n]{{1,500}}{ATTACHMENT_SUFFIXES}(?:\?[^'"<>\s]{{0,200}})?)['"]""",
    re.I,
)
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
_MOST_SCRIPT = 200_000  # characters


def find_attachments(page: ElementIndex) -> tuple[str, ...]:
    """Return the addresses of attached documents as the page writes them, in order, each once.

    An address that only a script names counts if there is no other: it belongs to a viewer.
    """
    found = [clean_address(address) for address in _addresses(page)]
    found = found or [clean_address(address) for address in _scripted(page)]
    return tuple(dict.fromkeys(address for address in found if address))[:_MOST]


def count_links(page: ElementIndex) -> int:
    """Return the number of anchors with an address."""
    return len(page.linking("a", "href"))


def clean_address(address: str) -> str:
    """Return an address without the white space and line breaks that editors leave in it."""
    return re.sub(r"[\r\n\t]+", "", address).strip()


def _addresses(page: ElementIndex) -> Iterator[str]:
    for name, attribute in _SOURCES:
        for tag in page.linking(name, attribute):
            address = str(tag[attribute])
            documents = list(_documents(address))
            yield from documents
            if not documents and name == "a" and _is_download(address, tag):
                yield address
    for tag in page.clickable[:1000]:
        for quoted in _QUOTED.findall(str(tag["onclick"])):
            yield from _documents(quoted)


def _is_download(address: str, tag: Tag) -> bool:
    """Return whether an address without a suffix leads to a file, by its form or link text."""
    if address.lower().startswith(("javascript:", "data:", "mailto:")):
        return False
    if _DOWNLOAD.search(address):
        return True
    shown = beginning_of_text(tag)[:200] if "?" in address or "down" in address.lower() else ""
    return DOCUMENT.search(shown.strip().rstrip("】）)]")) is not None


def _scripted(page: ElementIndex) -> Iterator[str]:
    left = _MOST_SCRIPT
    for script in page.tags["script"]:
        text = script.get_text()[:left]
        left -= len(text)
        for address in _QUOTED_DOCUMENT.findall(text):
            yield from _documents(address.replace("\\/", "/"))


def _documents(address: str) -> Iterator[str]:
    if address.lower().startswith(("javascript:", "data:")):
        for quoted in _QUOTED.findall(address):
            yield from _documents(quoted) if not quoted.startswith(("javascript:", "data:")) else ()
        return
    viewer = _VIEWER.search(address)
    if viewer and DOCUMENT.search(shown := unquote(viewer[1])):
        yield urljoin(address, shown)
    elif DOCUMENT.search(address):
        yield address
