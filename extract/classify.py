"""What a page is, for a crawl that must know before it goes on."""

from __future__ import annotations

from gongkai.extract.block_pages import block_signature
from gongkai.extract.formats.media_type import sniff
from gongkai.extract.model.report import Outcome, Source
from gongkai.extract.report import read

__all__ = ["block_signature", "classify"]


def classify(body: bytes, media_type: str = "", url: str = "") -> Outcome | None:
    """The outcome of an HTML page by its content; None for a document that the build will read.

    Pages are cheap and tell where to go on. Other formats are read in a box with limits, by the
    build, and never in the process that crawls.
    """
    if sniff(body, media_type) != "text/html":
        return None if body else "error"
    return read(body, Source(url=url, media_type=media_type)).outcome
