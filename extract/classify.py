"""Classify a page for the crawler, which must know it before it goes on."""

from __future__ import annotations

from gongkai.extract.block_pages import block_signature
from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.formats.media_type import ZIP, sniff
from gongkai.extract.model.report import Outcome, Source
from gongkai.extract.report import READERS, read

__all__ = ["block_signature", "classify", "is_readable", "sniff"]

_SUBJECT = "信息公开"
_MOST_BYTES = 200_000


def classify(body: bytes, media_type: str = "", url: str = "") -> Outcome | None:
    """Return the outcome of an HTML page by its content, None for a document that the build reads.

    Pages are cheap to read and say where to go on. Documents in other formats are read by the build
    in a sandbox, and never in the process of the crawler.
    """
    if sniff(body, media_type) != "text/html":
        return None if body else "error"
    return read(body, Source(url=url, media_type=media_type)).outcome


def is_readable(body: bytes, media_type: str = "") -> bool:
    """Return whether a document is of a kind that the build reads, by its first bytes.

    Anything may be plain text: it counts where it speaks of disclosure.
    """
    kind = sniff(body, media_type)
    if kind == "text/plain":
        return _SUBJECT in "".join(decode_text(body[:_MOST_BYTES], media_type).split())
    return kind in READERS or kind == ZIP or kind.startswith("image/")
