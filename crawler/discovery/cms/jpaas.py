"""Hanweb jpaas: pages filled from build/unit, which answers JSON with a piece of HTML inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.page import Link, WebPage

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
TAG = re.compile(
    r"<(?:script|div|ul)\b[^<>]{0,500}\burl=[\"']([^\"']{0,300}build/unit)[\"'][^>]{0,3000}>", re.I
)
QUERY_DATA = re.compile(r"queryData=(?:\"([^\"]*)\"|'([^']*)')", re.I)
PAIR = re.compile(r"[\"']?(?<!\w)(\w++)[\"']?\s*+:\s*+[\"']?([^\"',{}]*+)")
UNIT_ADDRESS = re.compile(r"[\"']([^\"'\s]{0,200}/front/page/build/unit)\b")
NAMED = {
    name: re.compile(rf"\b{name}[\"']?\s*+[:=]\s*+[\"']([^\"'<>\s]{{1,80}})[\"']")
    for name in ("webId", "pageId", "tplSetId", "pageType", "parseType")
}
TAG_ID = re.compile(r"\btagId[\"']?\s*+[:=]\s*+[\"']([^\"'<>]{1,80})[\"']")
NEEDED = ("webId", "pageId", "tplSetId")
DEFAULTS = {"parseType": "bulidstatic", "pageType": "column"}
"""Values of all portals met, `bulidstatic` as the product writes it."""

ROWS, COUNT, NUMBER = (
    re.compile(rf"\b{name}[\"']?\s*[:=]\s*[\\\\]?[\"']?(\d+)", re.I)
    for name in ("rows", "count", "pageNo")
)


class Jpaas(Cms):
    """The page of a column names its parts; the answer of a part tells how many rows there are."""

    name = "jpaas"
    article_address = re.compile(r"/art/\d{4}/art_[0-9a-f]{32}\.html$")
    signature = re.compile(r"jpaas-publish-server|/art/\d{4}/art_[0-9a-f]{32}\.html")
    attachment_address = re.compile(r"/jpaas-\w{1,40}+-server/.{0,300}?(?:download|fileUrl)", re.I)

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page and its parts, which are shown inside it."""
        yield from page.links
        if not page.is_data:
            for url in dict.fromkeys(_parts(page) or _unnamed_parts(page)):
                yield Link(url, "", embedded=True)

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages of a part; its first answer tells how many there are."""
        if page.is_data and UNIT in page.address:
            rows, count, number = (
                find.search(page.embedded_html) for find in (ROWS, COUNT, NUMBER)
            )
            if rows and count and int(rows[1]) and (not number or int(number[1]) == 1):
                last = -(-int(count[1]) // int(rows[1]))
                for page_number in range(2, last + 1):
                    yield _page(page.address, page_number, int(rows[1]))
        yield from super().list_pages(page)


def _unnamed_parts(page: WebPage) -> list[str]:
    """Return the parts of a page whose values stand in an ordinary script, one for each tagId."""
    text = page.scripts.text
    known = {name: found[1] for name, pattern in NAMED.items() if (found := pattern.search(text))}
    if not all(name in known for name in NEEDED):
        return []
    unit = UNIT_ADDRESS.search(text)
    url = urljoin(page.base_url, unit[1] if unit else UNIT)
    tags = dict.fromkeys(TAG_ID.findall(text))
    return [f"{url}?{urlencode(DEFAULTS | known | {'tagId': tag})}" for tag in tags]


def _parts(page: WebPage) -> list[str]:
    """Return the parts that a page names in the attributes of its tags."""
    found = []
    for tag in TAG.finditer(page.text):
        data = QUERY_DATA.search(tag[0])
        if data:
            query = dict(PAIR.findall(unescape(data[1] or data[2])))
            found.append(urljoin(page.base_url, tag[1]) + "?" + urlencode(query))
    return found


def _page(url: str, number: int, rows: int) -> str:
    """Return the address of a page of the same part."""
    parts = urlsplit(url)
    query = {name: value for name, value in parse_qsl(parts.query) if name != "paramJson"}
    wanted = json.dumps({"pageNo": number, "pageSize": rows}, separators=(",", ":"))
    return parts._replace(query=urlencode(query | {"paramJson": wanted})).geturl()
