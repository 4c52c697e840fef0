"""The links of a list's pager: the next page, pages by their numbers, the last one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from gongkai.crawler.discovery.page import Link

NEXT_LINK = re.compile(r"(?:下一?[页頁]|后一?页|next(?:page)?)[>»›→]*|[>»›]", re.I)
LAST_LINK = re.compile(r"(?:尾|末|最后一?|最末)[页頁][>»›]*|last", re.I)
PAGE_NUMBER_LINK = re.compile(r"\d{1,3}|第\d{1,3}页")
NUMBER_IN_PATH = re.compile(r"(\d{1,3})(?=\.\w+$|/?$)")
NUMBER_IN_QUERY = re.compile(
    r"(?<=[?&])(?:p|pn|page\w*|cur\w*|[a-z]*page(?:no|num|index)?)=(\d{1,3})(?=&|$)", re.I
)
"""The number in the address of a list's last page: a parameter; above: the end of its path."""

MAX_PAGES = 200


def linked_pages(links: Sequence[Link], base_url: str) -> Iterator[str]:
    """Yield the pages of a list to which the links of one of its pages lead, in their order."""
    has_numbers = False
    for link in links:
        is_next = NEXT_LINK.fullmatch(link.text) is not None
        if is_next or (PAGE_NUMBER_LINK.fullmatch(link.text) and _is_list_page(base_url, link)):
            has_numbers = True
            yield link.url
    if not has_numbers:
        for link in links:
            if LAST_LINK.fullmatch(link.text) and link.url != base_url:
                yield from _pages_up_to(link.url)


def highest_page_link(links: Sequence[Link], base_url: str) -> int:
    """Return the highest number of a link to a page of the list, 0 where there is none.

    A list has as many pages at least.
    """
    numbers = [
        int(link.text.strip("第页"))
        for link in links
        if PAGE_NUMBER_LINK.fullmatch(link.text) and _is_list_page(base_url, link)
    ]
    return max((number for number in numbers if 1 < number <= MAX_PAGES), default=0)


def _pages_up_to(url: str) -> Iterator[str]:
    """Yield the pages from the second to the last one, by the address of the last one."""
    query = urlsplit(url).query
    number = NUMBER_IN_QUERY.search(f"?{query}") if query else NUMBER_IN_PATH.search(url)
    if number and 1 < int(number[1]) <= MAX_PAGES:
        at = number.start(1) + (len(url) - len(query) - 1 if query else 0)
        for wanted in range(2, int(number[1]) + 1):
            yield f"{url[:at]}{wanted}{url[at + len(number[1]) :]}"


def _is_list_page(base_url: str, link: Link) -> bool:
    """Return whether a numbered link leads to a page of the same list.

    It does where it stays in the folder of the list, or in a folder with the name of the list.
    """
    here, there = urlsplit(base_url), urlsplit(link.url)
    folder, own = here.path.rpartition("/")[0], re.sub(r"\.\w+$", "", here.path)
    return there.netloc == here.netloc and there.path.rpartition("/")[0] in (folder, own)
