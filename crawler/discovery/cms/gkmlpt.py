"""Guangdong's gkmlpt (政府信息公开目录平台): a tree of columns in the page, lists from an interface."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.page import Link, WebPage

ROOT = re.compile(r"^(.*?/gkmlpt)(?:/|$)")
LIST = re.compile(r"/gkmlpt/api/all/\d+$")
SITE = re.compile(r"""\b(?:SID|SITE_ID)["']?\s*:\s*["']?(\d+)""")
TREE = re.compile(r"""\bTREE["']?\s*:\s*""")
NODE_NUMBER = re.compile(r"""\bid["']?\s*+:\s*+["']?(\d++)""")
NODE_NAME = re.compile(r"""\bname["']?\s*+:\s*+["']([^"']++)["']""")
BRACKET = re.compile(r"[{}\[\]]")


class Gkmlpt(Cms):
    """A page contains little but window._CONFIG; every column is a number of the interface."""

    name = "gkmlpt"
    article_address = re.compile(r"/content/(?:\d+/\d+/)?m?post_\d+\.html$")
    signature = re.compile(
        r"window\._CONFIG\s*=(?s:(?!window\._CONFIG\s*=).){0,4000}?\b(?:SID|TREE)\b|/gkmlpt/(?:content|api|index)"
    )

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page and the columns of its tree."""
        yield from page.links
        root, site = ROOT.search(page.base_url), SITE.search(page.text)
        tree = TREE.search(page.text)
        if root and site and tree and not page.is_data:
            for number, name in _nodes(page.text, tree.end()):
                yield Link(_list(root[1], number, 1, site[1]), _plain(name))

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages of a column; its first answer tells how many articles there are."""
        parts = urlsplit(page.address)
        query = parse_qs(parts.query)
        if page.is_data and LIST.search(parts.path) and query.get("page") == ["1"]:
            total, shown = _counts(page.text)
            root, number = page.address.partition("/api/all/")[0], parts.path.rpartition("/")[2]
            last = -(-total // shown) if shown else 1
            for wanted in range(2, last + 1):
                yield _list(root, number, wanted, query.get("sid", [""])[0])
        yield from super().list_pages(page)


def _nodes(text: str, place: int) -> Iterator[tuple[str, str]]:
    """Yield number and name of each column from `place` on: an id, and a name in the same brackets.

    Two searches in place of one pattern: a pattern would look for a name again behind each id.
    """
    name = None
    while number := NODE_NUMBER.search(text, place):
        if name is None or name.start() < number.end():
            name = NODE_NAME.search(text, number.end())
        if name is None:
            return
        if bracket := BRACKET.search(text, number.end(), name.start()):
            place = bracket.end()
            continue
        yield number[1], name[1]
        place = name.end()


def _counts(answer: str) -> tuple[int, int]:
    """Return how many articles there are in all and in this answer; 0 where it does not tell."""
    try:
        data = json.loads(answer)
        return int(data["total"]), len(data["articles"])
    except (ValueError, TypeError, KeyError):
        return 0, 0


def _list(root: str, number: str, page: int, site: str) -> str:
    return f"{root}/api/all/{number}?" + urlencode({"page": page, "sid": site})


def _plain(name: str) -> str:
    """Return a name without the escapes that the source of a page may have."""
    try:
        return str(json.loads(f'"{name}"'))
    except ValueError:
        return name
