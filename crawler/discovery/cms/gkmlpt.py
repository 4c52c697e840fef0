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
NODE = re.compile(
    r"""["']?\bid["']?\s*:\s*["']?(\d+)["']?[^{}\[\]]*?["']?\bname["']?\s*:\s*["']([^"']+)["']"""
)


class Gkmlpt(Cms):
    """The page is empty but for window._CONFIG; every column is a number of the interface."""

    name = "gkmlpt"
    article = re.compile(r"/content/(?:\d+/\d+/)?m?post_\d+\.html$")
    marks = re.compile(
        r"window\._CONFIG\s*=(?s:.{0,4000})\b(?:SID|TREE)\b|/gkmlpt/(?:content|api|index)"
    )

    def links(self, page: WebPage) -> Iterator[Link]:
        """The columns of the tree, by their names."""
        yield from page.links
        root, site = ROOT.search(page.url), SITE.search(page.text)
        tree = TREE.search(page.text)
        if root and site and tree and not page.is_data:
            for number, name in NODE.findall(page.text, tree.end()):
                yield Link(_list(root[1], number, 1, site[1]), _plain(name))

    def pages(self, page: WebPage) -> Iterator[str]:
        """The first answer says how many articles there are."""
        parts = urlsplit(page.address)
        query = parse_qs(parts.query)
        if page.is_data and LIST.search(parts.path) and query.get("page") == ["1"]:
            total, shown = _counts(page.text)
            root, number = page.address.partition("/api/all/")[0], parts.path.rpartition("/")[2]
            last = -(-total // shown) if shown else 1
            for wanted in range(2, last + 1):
                yield _list(root, number, wanted, query.get("sid", [""])[0])
        yield from super().pages(page)


def _counts(answer: str) -> tuple[int, int]:
    """How many articles there are in all, and in the first answer (100 or fewer); 0 if unsaid."""
    try:
        data = json.loads(answer)
        return int(data["total"]), len(data["articles"])
    except (ValueError, TypeError, KeyError):
        return 0, 0


def _list(root: str, number: str, page: int, site: str) -> str:
    return f"{root}/api/all/{number}?" + urlencode({"page": page, "sid": site})


def _plain(name: str) -> str:
    """Names in the page's source may be written with escapes."""
    try:
        return str(json.loads(f'"{name}"'))
    except ValueError:
        return name
