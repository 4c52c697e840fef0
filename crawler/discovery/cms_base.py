"""What a family of sites knows: how its lists go on, and what the address of an article looks like.

A family is a small class with no state. The generic one goes by words, dates and the common shapes
of addresses, and serves every site until its family is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.urls import is_document_name, is_document_url

NEXT_LINK = re.compile(r"(?:下一?[页頁]|后一?页|next(?:page)?)[>»›→]*|[>»›]", re.I)
LAST_LINK = re.compile(r"(?:尾|末|最后一?|最末)[页頁][>»›]*|last", re.I)
PAGE_NUMBER_LINK = re.compile(r"\d{1,3}|第\d{1,3}页")
NUMBER_IN_PATH = re.compile(r"(\d{1,3})(?=\.\w+$|/?$)")
NUMBER_IN_QUERY = re.compile(
    r"(?<=[?&])(?:p|pn|page\w*|cur\w*|[a-z]*page(?:no|num|index)?)=(\d{1,3})(?=&|$)", re.I
)
"""The number of a page in the address of a list's last page: at the end of the path, or by name."""

MAX_PAGES = 200


class Cms:
    """The generic family, and the base of the others."""

    name = "generic"

    article = re.compile(
        r"(?:^|[/_=-])(?:t?\d{8}_\d+|\d{4,}|[0-9a-f]{24,32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"
        r"(?:art|article)_?\w*\d\w*|(?:content|post|info|[ci]\d*)_?\d+)"
        r"(?:\.s?html?|\.jsp|\.aspx?)?$",
        re.I,
    )
    """How the last part of an article's path looks."""

    marks: re.Pattern[str] | None = None
    """What a page of the family has in its address or source; None for no way to tell."""

    attachment: re.Pattern[str] | None = None
    """Addresses of attached documents that do not end like one."""

    def recognises(self, page: WebPage) -> bool:
        """Tell whether a page comes from a site of this family."""
        if self.marks is None:
            return False
        return any(self.marks.search(text) for text in (page.address, page.text))

    def is_article(self, url: str) -> bool:
        """Tell whether an address looks like that of an article, of this family or any."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if self.article.search(path):
            return True
        return Cms.article.search(parts.path) is not None

    def is_document(self, link: Link) -> bool:
        """Tell whether a link leads to an attached document."""
        if is_document_url(link.url) or is_document_name(link.text):
            return True
        return self.attachment is not None and self.attachment.search(link.url) is not None

    def links(self, page: WebPage) -> Iterator[Link]:
        """Give the links of a page, those included that its scripts would have made."""
        yield from page.links

    def form(self, url: str) -> str:
        """Give what to send by POST where an address is not answered by GET; "" for nothing."""
        return ""

    def pages(self, page: WebPage) -> Iterator[str]:
        """Give the addresses of the other pages of a list, in order where they are known."""
        following = False
        for link in page.links:
            is_next = NEXT_LINK.fullmatch(link.text) is not None
            if is_next or (PAGE_NUMBER_LINK.fullmatch(link.text) and _is_list_page(page, link)):
                following = True
                yield link.url
        if not following:
            for link in page.links:
                if LAST_LINK.fullmatch(link.text) and link.url != page.url:
                    yield from _pages_up_to(link.url)


def highest_page_number(links: Iterable[Link], folder: str, pattern: re.Pattern[str]) -> int:
    """Give the highest number that `pattern` finds in the addresses of links right inside a folder.

    0 where there is none. The last page is linked from every page of most lists.
    """
    numbers = [
        int(found[1])
        for link in links
        if link.url.startswith(folder) and (found := pattern.fullmatch(link.url[len(folder) :]))
    ]
    return max(numbers, default=0)


def _pages_up_to(url: str) -> Iterator[str]:
    """Give the pages between the first and the last where only the last one is linked."""
    query = urlsplit(url).query
    number = NUMBER_IN_QUERY.search(f"?{query}") if query else NUMBER_IN_PATH.search(url)
    if number and 1 < int(number[1]) <= MAX_PAGES:
        at = number.start(1) + (len(url) - len(query) - 1 if query else 0)
        for wanted in range(2, int(number[1]) + 1):
            yield f"{url[:at]}{wanted}{url[at + len(number[1]) :]}"


def _is_list_page(page: WebPage, link: Link) -> bool:
    """Numbered links count as pages of a list only where they stay in its folder, or in one that
    has the name of the list.
    """
    here, there = urlsplit(page.url), urlsplit(link.url)
    folder, own = here.path.rpartition("/")[0], re.sub(r"\.\w+$", "", here.path)
    return there.netloc == here.netloc and there.path.rpartition("/")[0] in (folder, own)


def url_in_folder(page: WebPage, name: str) -> str:
    """Give the address of a name in the folder that a page lies in."""
    return urljoin(page.url, name)
