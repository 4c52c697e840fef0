"""Hanweb's pages of annual reports: xxgkAnnualReport.jsp?area=<organ>&fbtime=<year>."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.page import Link, WebPage

MODULE = re.compile(r"/xxgkAnnualReport\.jsp$", re.I)
YEAR = re.compile(
    r"""<(?:option|li|a)\b[^>]{0,300}\b(?:value|data-year|data-value)=["']?((?:19|20)\d\d)\b""",
    re.I,
)


class HanwebAnnual(Cms):
    """One address shows every report: `area` is the organ's code, `fbtime` the year."""

    name = "hanweb-annual"
    article_address = re.compile(
        r"/xxgkAnnualReport\.jsp\?(?=.{0,400}?\barea=\w)(?=.{0,400}?\bfbtime=\d{4})", re.I
    )
    signature = re.compile(r"xxgkAnnualReport\.jsp", re.I)
    attachment_address = re.compile(r"/module/download/down(?:file)?\.jsp\?")

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page and its years, which stand in a list without addresses."""
        yield from page.links
        parts = urlsplit(page.base_url)
        area = parse_qs(parts.query).get("area")
        if MODULE.search(parts.path) and area:
            for year in dict.fromkeys(YEAR.findall(page.text)):
                query = urlencode({"area": area[0], "fbtime": year})
                yield Link(parts._replace(query=query, fragment="").geturl(), f"{year}年")
