"""Hanweb jcms 大汉: records inside the page, the next group of them from dataproxy.jsp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.page import WebPage

NEXT_GROUP = re.compile(r"<nextgroup>.{0,500}?href=[\"']([^\"']+)[\"']", re.S | re.I)
TOTAL = re.compile(r"\btotalRecord[\"']?\s*:\s*[\"']?(\d{1,6})")
PER_PAGE = re.compile(r"\bperPage[\"']?\s*:\s*[\"']?(\d{1,3})")
PARAMETERS = (
    "col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype",
)  # fmt: skip
_PARAMETERS = {
    name: re.compile(rf"\b{name}[\"']?\s*:\s*[\"']?([^\"',}}\s]+)") for name in PARAMETERS
}
PROXY = re.compile(r"[\"']((?:https?://[^\"'/]+)?/[^\"'\s]{0,200}/jpage/dataproxy\.jsp)")
DEFAULT_PROXY = "/module/web/jpage/dataproxy.jsp"
GROUP = 3
"""Pages of a list that one answer holds."""


class Jcms(Cms):
    """The page contains the first records in a <datastore>; a script shows them in pages.

    The script sends its parameters by POST. Most servlets also read them from the address of a GET
    request, and then the address tells what was answered.
    """

    name = "jcms"
    article_address = re.compile(r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html$")
    signature = re.compile(
        r"""<datastore>|/jpage/dataproxy\.jsp|/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html|/col/col\d+/"""
    )
    attachment_address = re.compile(r"/module/download/down(?:file)?\.jsp\?|/attach/\d")

    def post_body(self, url: str) -> str:
        """Return the parameters of the column; the range of records stays in the address."""
        if not url.partition("?")[0].endswith(DEFAULT_PROXY.rpartition("/")[2]):
            return ""
        given = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        return urlencode([(name, value) for name, value in given if name in PARAMETERS])

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the next group that the records name, else all groups by the count of records."""
        if group := NEXT_GROUP.search(page.text):
            yield urljoin(page.base_url, group[1].replace("&amp;", "&"))
        elif not page.is_data:
            yield from self._by_count(page)
        yield from super().list_pages(page)

    def _by_count(self, page: WebPage) -> Iterator[str]:
        total, size = TOTAL.search(page.text), PER_PAGE.search(page.text)
        known = {name: value for name in PARAMETERS if (value := _parameter(page.text, name))}
        if not (total and size and int(size[1]) and "columnid" in known and "unitid" in known):
            return
        proxy = PROXY.search(page.text)
        step = GROUP * int(size[1])
        for start in range(1, int(total[1]) + 1, step):
            query = {
                "startrecord": start,
                "endrecord": min(start + step - 1, int(total[1])),
                "perpage": size[1],
            }
            yield (
                urljoin(page.base_url, proxy[1] if proxy else DEFAULT_PROXY)
                + "?"
                + urlencode(query | known)
            )


def _parameter(text: str, name: str) -> str:
    found = _PARAMETERS[name].search(text)
    return found[1] if found else ""
