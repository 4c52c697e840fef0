"""Whose a file is, as far as it says so itself. Nobody can check it; it is shown as a claim."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gongkai.crawler.foreign.record_head import (
    VERSION_LINE,
    UnusableRecord,
    header_value,
    split_head,
)
from gongkai.crawler.imports.foreign_compose import one_line

COMMON_CRAWL = re.compile(r"CC-(?:MAIN|NEWS)-[0-9A-Z-]{4,20}")
WAYBACK_NAME = "Wayback Machine"
MAX_CHARS = 80
NAMING_FIELDS = ("publisher", "operator", "hostname")


@dataclass(frozen=True, slots=True)
class NamedCollection:
    """The collection that a record belongs to, and the program that fetched it; "" for unknown."""

    collection: str = ""
    crawler: str = ""


def named_collection(content: bytes, before: NamedCollection) -> NamedCollection:
    """Return what the record that opens a file says; `before` where it is another record.

    What is stated of the file already is kept.
    """
    try:
        fields, block = split_head(content, VERSION_LINE)
    except UnusableRecord:
        return before
    if header_value(fields, "WARC-Type").lower() != "warcinfo":
        return before
    lines = block[:100_000].decode("utf-8", "replace").splitlines()
    stated = {
        name.strip().lower(): short(value)
        for name, _, value in (line.partition(":") for line in lines)
    }
    claims = [stated.get(name, "") for name in NAMING_FIELDS]
    if COMMON_CRAWL.fullmatch(part := stated.get("ispartof", "")):
        claims = [f"Common Crawl {part}"]  # any other name might be one of ours
    collection = before.collection or next(filter(None, claims), "")
    return replace(
        before, collection=collection, crawler=before.crawler or stated.get("software", "")
    )


def short(text: str) -> str:
    """Return a text of others in one line of a bounded length."""
    return one_line(text)[:MAX_CHARS]
