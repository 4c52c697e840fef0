"""TRS WCM (海云): articles tYYYYMMDD_ID, lists index.html, index_1.html … made by a script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, url_in_folder
from gongkai.crawler.discovery.page import WebPage

PAGER = re.compile(
    r"""createPageHTML\w{0,40}+\(\s*(\d{1,4})\s*,\s*\d+\s*,\s*['"]([\w.-]+)['"]\s*,\s*['"](\w+)['"]""",
    re.I,
)
COUNT = re.compile(r"var\s+countPage\s*=\s*(\d{1,4})\b")


class Trs(Cms):
    """The platform of the Ningxia portals, and the most common one in the country."""

    name = "trs"
    article_address = re.compile(r"/t\d{8}_\d+(?:_wap)?\.s?html?$", re.I)
    signature = re.compile(
        r"""createPageHTML\w{0,40}+\(\s*\d|TRS_Editor|TRS_UEDITOR|href=["']?\s*[^"'\s>:]{0,300}/t20\d{6}_\d{5,}\.s?html?""",
        re.I,
    )

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield index_1 and so on; the script of every page tells how many there are."""
        if call := PAGER.search(page.text):
            count, stem, suffix = int(call[1]), call[2], call[3]
        elif found := COUNT.search(page.text):
            count, stem, suffix = int(found[1]), "index", "html"
        else:
            count, stem, suffix = 0, "", ""
        # index_1 is the second page; with other names, list_2 is (宁夏 www.nx.gov.cn)
        last = count - 1 if stem == "index" else count
        for number in range(1, last + 1 if count > 1 else 1):
            yield url_in_folder(page, f"{stem}_{number}.{suffix}")
        yield from super().list_pages(page)
