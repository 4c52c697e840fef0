"""Links near the words of disclosure that a crawl does not follow: the next word to learn is among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.link_roles import Role, role_of
from gongkai.crawler.discovery.page import Link
from gongkai.crawler.discovery.words.link_words import is_navigation, is_other_report, plain_title
from gongkai.crawler.discovery.words.vocabulary import word_group

DOORS = (Role.DISCLOSURE, Role.COLUMN)
MIN_CHARS, MAX_CHARS = 2, 20
WORD = re.compile(r"[\u3400-\u9fff]")


def unfollowed_links(links: Iterable[Link], role: Role, page_url: str, cms: Cms) -> Iterator[Link]:
    """Yield the links that stand in one list with doors of disclosure and have no role themselves.

    Rows with a date and known words of navigation (指南, 申请) are left out.
    """
    roles = {
        link: role_of(link, role, page_url, cms)
        for link in links
        if link.block and not link.embedded
    }
    blocks = {link.block for link, found in roles.items() if found in DOORS}
    for link, found in roles.items():
        if found is None and link.block in blocks and _may_be_a_door(link):
            yield link


def _may_be_a_door(link: Link) -> bool:
    text = plain_title(link.text)
    return (
        MIN_CHARS <= len(text) <= MAX_CHARS
        and WORD.search(text) is not None
        and not (link.dated or is_navigation(text) or is_other_report(text))
        and not (word_group("elsewhere").ends(text) or text.startswith("走进"))
    )
