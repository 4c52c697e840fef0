"""The platform of Shaanxi: articles with a number of 19 digits or 24 hex digits beside their list."""

from __future__ import annotations

import re

from gongkai.crawler.discovery.cms_base import Cms


class Shaanxi(Cms):
    """Lists have ordinary links to their pages; an article is in the folder of its column."""

    name = "shaanxi"
    article_address = re.compile(r"/(?:\d{19}|[0-9a-f]{24})\.html$")
    signature = re.compile(r"""href=["']?[^"'\s>]{0,300}/(?:\d{19}|[0-9a-f]{24})\.html""")
