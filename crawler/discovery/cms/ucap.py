"""Kaipu 开普 UCAP: columns /cNNNNNN/xxgk_list.shtml, articles /YYYYMM/<32 hex>.shtml."""

from __future__ import annotations

import re

from gongkai.crawler.discovery.cms_base import Cms


class Ucap(Cms):
    """The first argument of the pager's script is where it writes to; pages are numbered from 1."""

    name = "ucap"
    article_address = re.compile(r"/(?:[0-9a-f]{32}|(?:c\d+_)?\d{4,})\.shtml$")
    signature = re.compile(
        r"""UCAP-CONTENT|createPageHTML\w{0,40}+\(\s*['"]|/c\d{5,6}/\d{6}/[0-9a-f]{32}\.shtml|xxgk_(?:list|navs)\w{0,40}+\.shtml"""
    )
