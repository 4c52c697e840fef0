"""TRS WCM (海云): articles tYYYYMMDD_ID, lists index.html, index_1.html … made by a script."""

from __future__ import annotations

import re
from itertools import islice

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.sites.registry import netloc

ABSOLUTE_ARTICLE = re.compile(
    r"""href=["']?\s{0,5}+https?://([^/"'\s<>:]{3,100}+(?::\d{1,5}+)?)/[^"'\s<>]{0,300}?/t20\d{6}_\d{5,12}+\.s?html?""",
    re.I,
)
DOMAIN_LABELS = 3
MAX_LINKS = 200
"""Of the links to articles, on a page that leads to other portals."""


class Trs(Cms):
    """The platform of the Ningxia portals, and the most common one in the country."""

    name = "trs"
    article_address = re.compile(r"/t\d{8}_\d+(?:_wap)?\.s?html?$", re.I)
    signature = re.compile(
        r"""createPageHTML\w{0,40}+\(\s*\d|TRS_Editor|TRS_UEDITOR|href=["']?\s*[^"'\s>:]{0,300}/t20\d{6}_\d{5,}\.s?html?""",
        re.I,
    )

    whole_addresses: re.Pattern[str] | None = ABSOLUTE_ARTICLE
    """Links to articles with their host, which show the family within the place's own domain."""

    def recognises(self, page: WebPage) -> bool:
        """Return whether a page is of this family, also by whole addresses within the place's domain."""
        if super().recognises(page):
            return True
        if self.whole_addresses is None:
            return False
        own = _domain(page.address)
        links = islice(self.whole_addresses.finditer(page.text), MAX_LINKS)
        return any(_domain(f"http://{link[1]}/") == own for link in links)


def _domain(url: str) -> str:
    """Return the domain of a place: hebu.gov.cn of xxgk.hebu.gov.cn, "" where there is no host."""
    try:
        return ".".join(netloc(url).split(".")[-DOMAIN_LABELS:])
    except ValueError:
        return ""
