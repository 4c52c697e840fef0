"""Hanweb jcms 大汉: records inside the page, the next group of them from dataproxy.jsp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.list_request import ListRequest
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
PROXY = re.compile(
    r"""\bproxyUrl[\"']?\s*+:\s*+[\"']([^\"'\s?]{1,300}\.jsp)|[\"']((?:https?://[^\"'/\s]{1,100})?/[^\"'\s]{0,200}dataproxy\.jsp)""",
    re.I,
)
DEFAULT_PROXY = "/module/web/jpage/dataproxy.jsp"
GROUP = 3
"""Pages of a list that one answer holds."""

RECORD = re.compile(r"<record\b", re.I)
PAGE_PARAMETER = re.compile(r"(?<=[?&]page=)\d{1,4}")
MAX_GROUPS = 200


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
        if not url.partition("?")[0].endswith("dataproxy.jsp"):
            return ""
        given = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        return urlencode([(name, value) for name, value in given if name in PARAMETERS])

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the requests of other scripts; the parts of a datastore are pages with addresses."""
        if page.request or not page.is_data:
            yield from super().list_requests(page)

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the groups behind the records of a page: as these name them, or by their number."""
        if group := NEXT_GROUP.search(page.text):
            url = urljoin(page.base_url, group[1].replace("&amp;", "&"))
            yield url
            yield from _later_groups(page, url)
        elif page.is_data:
            yield from _rest_of_group(page)
        else:
            yield from self._by_count(page)
        yield from super().list_pages(page)

    def _by_count(self, page: WebPage) -> Iterator[str]:
        """Yield the parts of a list by its count of records: one group, or else page by page.

        Their addresses tell each part in both ways, since some servers honour only `page`. They give
        one page of a group, so that the numbers of groups would be those of other pages.
        """
        total, size = _number(TOTAL, page.text), _number(PER_PAGE, page.text)
        known = {name: value for name in PARAMETERS if (value := _parameter(page.text, name))}
        if not (total and size and "columnid" in known and "unitid" in known):
            return
        named = PROXY.search(page.text)
        proxy = urljoin(page.base_url, (named[1] or named[2]) if named else DEFAULT_PROXY)
        step = GROUP * size if total <= GROUP * size else size
        for number, start in enumerate(range(1, total + 1, step), 1):
            if number > MAX_GROUPS:
                return
            yield f"{proxy}?{urlencode(_range(number, start, step, size, total) | known)}"


def _later_groups(page: WebPage, url: str) -> Iterator[str]:
    """Yield the groups behind the next one, where a page counts its records.

    Not every answer names the group that follows it.
    """
    total, shown = _number(TOTAL, page.text), len(RECORD.findall(page.text))
    if page.is_data or not shown or not PAGE_PARAMETER.search(url):
        return
    for number in range(2, min(-(-total // shown), MAX_GROUPS)):
        yield PAGE_PARAMETER.sub(str(number), url)


def _rest_of_group(page: WebPage) -> Iterator[str]:
    """Yield the parts of a group that its answer left out, each of the length of that answer.

    A server that honours only `page` answers a later group with the wrong rows: all of it is asked
    for again, by the number that each part has as a page.
    """
    parts = urlsplit(page.address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    start, end = (
        int(query[name]) if query.get(name, "").isdigit() else 0
        for name in ("startrecord", "endrecord")
    )
    shown = len(RECORD.findall(page.text))
    if not 0 < shown <= end - start or not start:
        return
    first = start + shown if start == 1 else start
    for record in range(first, end + 1, shown):
        part = _range((record - 1) // shown + 1, record, shown, shown, end)
        yield parts._replace(query=urlencode(query | part)).geturl()


def _range(number: int, start: int, step: int, size: int, total: int) -> dict[str, str]:
    """Return the parameters of some records, by their own numbers and as a page."""
    return {
        "page": str(number),
        "startrecord": str(start),
        "endrecord": str(min(start + step - 1, total)),
        "perpage": str(size),
    }


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def _parameter(text: str, name: str) -> str:
    found = _PARAMETERS[name].search(text)
    return found[1] if found else ""
