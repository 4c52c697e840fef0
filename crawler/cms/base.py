"""What a family of sites knows: how its lists go on, and what the address of an article looks like.

A family is a small class with no state. The generic one goes by words and by the common shapes of
addresses, and serves every site until its family is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.page import Link, Page

NEXT = re.compile(r"(?:下一?页|后一?页|下页)[>»›]*|[>»›]|next", re.I)
NUMBER = re.compile(r"\d{1,3}")


class Cms:
    """The generic family, and the base of the others."""

    name = "generic"

    article = re.compile(
        r"(?:^|[/_=-])(?:t?\d{8}_\d+|\d{4,}|[0-9a-f]{24,32}|art_\w+|(?:content|post|info|[ci]\d*)_?\d+)"
        r"(?:\.s?html?|\.jsp|\.aspx?)?$",
        re.I,
    )
    """How the last part of an article's path looks."""

    marks: re.Pattern[str] | None = None
    """What a page of the family has in its source; None for no way to tell."""

    def recognises(self, page: Page) -> bool:
        """Tell whether a page comes from a site of this family."""
        return self.marks is not None and self.marks.search(page.text) is not None

    def is_article(self, url: str) -> bool:
        """Tell whether an address looks like that of an article."""
        return self.article.search(urlsplit(url).path) is not None

    def pages(self, page: Page) -> Iterator[str]:
        """Give the addresses of the other pages of a list, in order where they are known."""
        for link in page.links:
            if NEXT.fullmatch(link.text) or (NUMBER.fullmatch(link.text) and _beside(page, link)):
                yield link.url


def _beside(page: Page, link: Link) -> bool:
    """Numbered links count as pages of a list only where they stay in its folder."""
    here, there = urlsplit(page.url), urlsplit(link.url)
    folder = here.path.rpartition("/")[0]
    return there.netloc == here.netloc and there.path.rpartition("/")[0] == folder
