"""Sitemaps that robots.txt names: which of their addresses lead to annual reports.

The protocol (sitemaps.org) knows XML, plain text with an address a line, and both packed with gzip. A
sitemap has no titles as a rule, so the words are those of the address.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from gongkai.crawler.discovery.urls import absolute_url
from gongkai.crawler.discovery.words.link_words import REPORT_TITLE
from gongkai.extract.chinese.charset import decode_text

GZIP_MAGIC = b"\x1f\x8b"
MAX_BYTES = 10 << 20
"""Of one sitemap, without its packing. The protocol allows five times as much."""

MAX_PAGES = 2_000
MAX_FURTHER = 10
LOCATION = re.compile(r"<(?:\w{1,20}:)?loc>\s*+([^<>\s]{1,2083})\s*+<", re.I)
TITLE = re.compile(r"<(?:\w{1,20}:)?title>([^<>]{1,300})<", re.I)
REPORT_PATH = re.compile(
    # 政府信息公开年报, 信息公开年度报告, 公开年报 in pinyin, as folders and files have them
    r"(?<![a-z])(?:zf|zw|bm|xz)?x?xgk(?:gz)?n(?:db|b|dbg|bg)(?![a-z])|(?<![a-z])gk(?:gz)?nd?bg?(?![a-z])"
    r"|nianbao|annual_?report|信息公开\w{0,10}年度?报",
    re.I,
)
ENTRY_END = re.compile(r"</(?:url|item|entry)>", re.I)
ROOTS = ("<urlset", "<sitemapindex", "<rss", "<feed")
SITEMAP_INDEX = "<sitemapindex"


@dataclass(frozen=True, slots=True)
class SitemapLink:
    """An address of a sitemap, and the title that it may have."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap leads to: pages that read like reports or their columns, and further sitemaps."""

    pages: tuple[SitemapLink, ...] = ()
    further: tuple[str, ...] = ()


def read_sitemap(address: str, body: bytes, media_type: str = "") -> Sitemap | None:
    """Return what a sitemap leads to, None for an answer that is none."""
    text = decode_text(_unpacked(body), media_type)
    start = text[:2_000].lower()
    if SITEMAP_INDEX in start:
        found = [absolute_url(address, unescape(url)) for url in LOCATION.findall(text)]
        return Sitemap(further=tuple(dict.fromkeys(filter(None, found)))[:MAX_FURTHER])
    if not any(root in start for root in ROOTS) and not start.lstrip().startswith("http"):
        return None
    links = _entries(text) if "<" in start else _lines(text)
    named = (SitemapLink(absolute_url(address, link.url), link.title) for link in links)
    pages = dict.fromkeys(link for link in named if link.url and is_of_reports(link))
    return Sitemap(pages=tuple(pages)[:MAX_PAGES])


def is_of_reports(link: SitemapLink) -> bool:
    """Return whether an entry reads like a report, or a column of reports.

    >>> is_of_reports(SitemapLink("http://x.gov.cn/zwgk/zfxxgknb/202401/t20240120_1.html"))
    True
    >>> is_of_reports(SitemapLink("http://x.gov.cn/zwgk/zfxxgkzn/"))
    False
    """
    if link.title:
        return REPORT_TITLE.search(link.title) is not None
    return REPORT_PATH.search(unquote(urlsplit(link.url).path)) is not None


def _entries(text: str) -> Iterator[SitemapLink]:
    """Yield the entries of XML, also where it is not well-formed."""
    for entry in ENTRY_END.split(text):
        if location := LOCATION.search(entry):
            title = TITLE.search(entry)
            yield SitemapLink(unescape(location[1]), unescape(title[1]).strip() if title else "")


def _lines(text: str) -> Iterator[SitemapLink]:
    for line in text.splitlines():
        if line.strip().startswith("http"):
            yield SitemapLink(line.strip())


def _unpacked(body: bytes) -> bytes:
    """Return a sitemap without its packing: the beginning of one that is too long or damaged."""
    if not body.startswith(GZIP_MAGIC):
        return body[:MAX_BYTES]
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, MAX_BYTES)
    except zlib.error:
        return b""
