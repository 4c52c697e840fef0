"""The list of pages for search engines (sitemaps.org), in files of bounded size with an index.

Reports and agencies are listed in blocks of rows as they lie in the file, so that a block is read
without counting or skipping what stands before it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from gongkai.publish.http.paths import path_segment

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
BLOCK = 5000
"""Rows of a block. A file may have 50,000 addresses; this one is made in memory for each request."""

MOST_FILES = 50_000
"""Files that an index may name."""

PAGES = ("/", "/search", "/region", "/map", "/coverage", "/checks", "/changes", "/compare", "/table",
         "/data", "/data/dictionary", "/codebook", "/releases", "/status")  # fmt: skip
"""Pages that every archive has."""

LISTS = ("search", "table", "compare", "checks", "changes", "coverage")
"""Pages with more choices than there are reports. Pictures of charts of a comparison are below its path."""

_BLOCKS = """
WITH RECURSIVE blocks(number) AS (
    SELECT (min(rowid) - 1) / :block FROM {table}
    UNION ALL SELECT (SELECT (rowid - 1) / :block FROM {table}
                      WHERE rowid > (number + 1) * :block ORDER BY rowid LIMIT 1)
    FROM blocks WHERE number IS NOT NULL LIMIT :most)
SELECT number FROM blocks WHERE number IS NOT NULL
"""
"""The blocks that have rows, each found from the one before it: no row between them is read."""

_REPORTS = """
SELECT r.id AS key, CASE r.status WHEN 'removed' THEN '' ELSE max(
    coalesce((SELECT max(first_seen) FROM revisions v WHERE v.report_id = r.id), r.first_seen),
    coalesce((SELECT max(seen_at) FROM changes c WHERE c.report_id = r.id), '')) END AS changed
FROM reports r WHERE r.rowid > :first AND r.rowid <= :last ORDER BY r.rowid
"""
_AGENCIES = """
SELECT id AS key, '' AS changed FROM agencies WHERE rowid > :first AND rowid <= :last ORDER BY rowid
"""
_REGIONS = """
SELECT g.code AS key, '' AS changed FROM regions g
WHERE g.code > :after AND EXISTS (SELECT 1 FROM agencies a WHERE a.region_code = g.code)
ORDER BY g.code LIMIT :block
"""
_IN_BLOCKS = {"reports": ("report", _REPORTS), "agencies": ("agency", _AGENCIES)}
"""What is listed by blocks: the beginning of its addresses, and the query of a block."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: its path, and when what it shows changed last.

    `changed` is "" where that is not known: when a report was taken down is known to be after it
    was last seen, not when.
    """

    path: str
    changed: str = ""


def list_files(conn: sqlite3.Connection) -> list[str]:
    """Return the paths of the files of the sitemap."""
    found = ["/sitemap/pages.xml"]
    for table in _IN_BLOCKS:
        query = _BLOCKS.format(table=table)
        blocks = conn.execute(query, {"block": BLOCK, "most": MOST_FILES // 2 - 1})
        found += [f"/sitemap/{table}-{number}.xml" for (number,) in blocks]
    return found


def list_pages(conn: sqlite3.Connection) -> list[Entry]:
    """Return the pages that every archive has, and those of regions with agencies."""
    regions = conn.execute(_REGIONS, {"after": "", "block": MOST_FILES - len(PAGES)})
    return [*map(Entry, PAGES), *(Entry(f"/region/{path_segment(row['key'])}") for row in regions)]


def list_block(conn: sqlite3.Connection, table: str, number: int) -> list[Entry]:
    """Return the pages of a block of reports or agencies; none where there is no such block."""
    page, query = _IN_BLOCKS[table]
    rows = conn.execute(query, {"first": number * BLOCK, "last": (number + 1) * BLOCK})
    return [Entry(f"/{page}/{path_segment(row['key'])}", row["changed"] or "") for row in rows]


def index_xml(files: Iterable[str], absolute: Callable[[str], str]) -> bytes:
    """Return the index of a sitemap."""
    return _document("sitemapindex", "sitemap", map(Entry, files), absolute)


def pages_xml(pages: Iterable[Entry], absolute: Callable[[str], str]) -> bytes:
    """Return a file of a sitemap."""
    return _document("urlset", "url", pages, absolute)


def robots_txt(absolute: Callable[[str], str], path: Callable[[str], str], has_base: bool) -> str:
    """Return the rules for robots: every page may be read, lists narrowed in many ways may not.

    `path` gives a path of the site as it stands in an address, `absolute` the whole address. The
    place of the sitemap must be a whole address and is left out where the site knows none.
    """
    closed = (
        "/archive",
        "/kept/",
        "/proof/",  # a proof is read anew from its original
        "/edit/",
        "/viewer/",
        "/sql",
        "/map?",
        *(f"/{name}{end}" for name in LISTS for end in ("?", ".")),  # each choice, as a file too
    )
    lines = ["User-agent: *"]
    for lang in ("", "/en"):
        lines += [f"Disallow: {path(lang + each)}" for each in closed]
    if has_base:
        lines += [
            "",
            f"Sitemap: {absolute('/sitemap.xml')}",
            f"Sitemap: {absolute('/en/sitemap.xml')}",
        ]
    return "\n".join([*lines, ""])


def _document(
    root: str, item: str, entries: Iterable[Entry], absolute: Callable[[str], str]
) -> bytes:
    ElementTree.register_namespace("", SITEMAP)
    document = ElementTree.Element(f"{{{SITEMAP}}}{root}")
    for entry in entries:
        element = ElementTree.SubElement(document, f"{{{SITEMAP}}}{item}")
        ElementTree.SubElement(element, f"{{{SITEMAP}}}loc").text = absolute(entry.path)
        if entry.changed:
            ElementTree.SubElement(element, f"{{{SITEMAP}}}lastmod").text = entry.changed
    written: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return written
