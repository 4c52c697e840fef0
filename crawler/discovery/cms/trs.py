"""TRS WCM (海云): articles tYYYYMMDD_ID, lists index.html, index_1.html … made by a script."""

from __future__ import annotations

import re

from gongkai.crawler.discovery.cms_base import Cms


class Trs(Cms):
    """The platform of the Ningxia portals, and the most common one in the country."""

    name = "trs"
    article_address = re.compile(r"/t\d{8}_\d+(?:_wap)?\.s?html?$", re.I)
    signature = re.compile(
        r"""createPageHTML\w{0,40}+\(\s*\d|TRS_Editor|TRS_UEDITOR|href=["']?\s*[^"'\s>:]{0,300}/t20\d{6}_\d{5,}\.s?html?""",
        re.I,
    )
