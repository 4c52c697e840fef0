"""Classify a page for the crawler, which must know it before it goes on."""

from __future__ import annotations

from gongkai.extract.block_pages import block_signature
from gongkai.extract.formats.media_type import sniff
from gongkai.extract.model.report import Outcome, Source
from gongkai.extract.report import read

__all__ = ["block_signature", "classify", "sniff"]


def classify(body: bytes, media_type: str = "", url: str = "") -> Outcome | None:
    """Return the outcome of an HTML page by its content, None for a document that the build reads.

    Pages are cheap to read and say where to go on. Documents in other formats are read by the build
    in a sandbox, and never in the process of the crawler.
    """
    if sniff(body, media_type) != "text/html":
        return None if body else "error"
    return read(body, Source(url=url, media_type=media_type)).outcome
