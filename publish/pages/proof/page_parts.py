"""Images and style sheets of a kept page, as they were when the page was seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from gongkai.publish.pages.report.originals import visit_columns
from gongkai.publish.rendering.rendering_box import RenderingBox
from gongkai.publish.rendering.shown_document import ShownDocument

IMAGE, STYLE = "image/*", "text/css"
"""Media types of what is taken: a pattern of SQLite."""

_NEAREST = """
SELECT id FROM snapshots WHERE url = ?1 AND status IN (200, 304) AND media_type GLOB ?2
ORDER BY seen_at > ?3, abs(julianday(min({last_seen}, max(seen_at, ?3))) - julianday(?3)) LIMIT 1
"""
"""SQL: the last fetch of an address up to a time, else the first after it."""

ReadCopy = Callable[[str], bytes]
"""Returns the bytes of a snapshot; raises LookupError or OSError where they cannot be had."""


@dataclass(frozen=True, slots=True)
class FoundParts:
    """The snapshots of the parts of a page: images by their number, style sheets in their order."""

    images: Mapping[int, str] = field(default_factory=dict)
    styles: tuple[str, ...] = ()

    @property
    def snapshots(self) -> tuple[str, ...]:
        """The ids of all, each once."""
        return tuple(dict.fromkeys((*self.styles, *self.images.values())))


@dataclass(frozen=True, slots=True)
class PageParts:
    """The parts of a page as a frame takes them."""

    images: Mapping[int, bytes] = field(default_factory=dict)
    styles: str = ""


def find_parts(
    conn: sqlite3.Connection, url: str, shown: ShownDocument, seen_at: str
) -> FoundParts:
    """Return which parts are kept of a page that stood at an address and was last seen at a time."""
    if shown.kind != "page":
        return FoundParts()
    base = _joined(url, shown.base) or url
    images = {
        number: found
        for number, address in enumerate(shown.images)
        if (found := _nearest(conn, _joined(base, address), IMAGE, seen_at))
    }
    styles = (_nearest(conn, _joined(base, each), STYLE, seen_at) for each in shown.styles)
    return FoundParts(images, tuple(filter(None, styles)))


def read_parts(
    read_copy: ReadCopy, box: RenderingBox, found: FoundParts, shown: ShownDocument
) -> PageParts:
    """Return the parts of a page; those that cannot be read are left out.

    Raises:
        RenderingBusy: too many others wait
    """
    images = {
        number: body for number, each in found.images.items() if (body := _read(read_copy, each))
    }
    sheets = tuple(filter(None, (_read(read_copy, each) for each in found.styles)))
    return PageParts(images, f"{box.clean_styles(sheets)}\n{shown.look}".strip())


def _nearest(conn: sqlite3.Connection, url: str, kind: str, seen_at: str) -> str:
    nearest = _NEAREST.format(last_seen=visit_columns(conn)[1])
    row = conn.execute(nearest, (url, kind, seen_at)).fetchone() if url else None
    return str(row[0]) if row else ""


def _joined(base: str, address: str) -> str:
    """Return an address of a page as it is kept, "" where it is none."""
    try:
        return urldefrag(urljoin(base, address.strip().replace("\\", "/"))).url if address else ""
    except ValueError:
        return ""


def _read(read_copy: ReadCopy, snapshot: str) -> bytes:
    try:
        return read_copy(snapshot)
    except (LookupError, OSError):
        return b""
