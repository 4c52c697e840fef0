"""What a page says it is itself: its headings, the selected entry of its menu, the links to its own address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from parsel import Selector

from gongkai.crawler.discovery.page_tree import attribute, text_of
from gongkai.crawler.discovery.urls import canonical_url_key

SELECTED = re.compile(
    r"(?:^|[\s_-])(?:on|cur|curr|current|active|select|selected|sel|hover|now)(?:$|[\s_-])", re.I
)
"""Part of the class of the entry of a menu that is shown as open."""

MAX_TITLES = 200
MAX_TITLE_CHARS = 60


def own_entries(selector: Selector, url_of: Callable[[str], str], address: str) -> Iterator[str]:
    """Yield the texts of the links of a page to its own address.

    A place within the page (`#a`) is another entry of it, and not the page itself.
    """
    own = canonical_url_key(address)
    for anchor in selector.xpath("//a[@href and not(contains(@href, '#'))]")[:5_000]:
        url = url_of(attribute(anchor, "href"))
        if url and canonical_url_key(url) == own:
            yield text_of(anchor)[:MAX_TITLE_CHARS]


def shown_titles(selector: Selector, url_of: Callable[[str], str], address: str) -> Iterator[str]:
    """Yield the headings of a page, and the selected entries of its menus; what leads elsewhere is none."""
    headings = selector.xpath("//*[self::h1 or self::h2 or self::h3]")[:MAX_TITLES]
    entries = selector.xpath("//*[self::li or self::a or self::dd][@class]")[:5_000]
    selected = [each for each in entries if SELECTED.search(attribute(each, "class"))][:MAX_TITLES]
    own = canonical_url_key(address)
    for each in (*headings, *selected):
        anchors = (anchor for anchor in each.root.iter("a") if "href" in anchor.attrib)
        targets = [url_of(anchor.get("href")) for anchor in islice(anchors, 3)]
        if all(not url or canonical_url_key(url) == own for url in targets):
            yield text_of(each)[:MAX_TITLE_CHARS]
