"""Epoint 新点: lists from …/rest/lightfrontaction/getgovinfolist, rows opened by linkToNew(id, category)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import parse_qs, urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.list_continuation import first_pages, further_pages
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.numbered_request import NumberedRequest
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.script_requests import read_requests
from gongkai.crawler.discovery.words.link_words import strip_whitespace

LIST = "rest/lightfrontaction/getgovinfolist"
PROJECT = re.compile(r"""["']?\bproject_?name["']?\s*+[:=]\s*+["']/?([\w-]{1,60})["']""", re.I)
SITE_GUID = re.compile(r"""["']?\bsite_?guid["']?\s*+[:=]\s*+["']([\w-]{1,60})["']""", re.I)
DEFAULT_PROJECT = "EWB-FRONT"
DEFAULT_GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
"""Those of most portals, where a page does not name its own (xuzhou, xuchang)."""

NAMED_COLUMN = re.compile(
    r"""(?<![\w.])(deptcode|categorynum)["']?\s{0,5}+[:=]\s{0,5}+["'](\w{1,40}+)["']""", re.I
)
"""Department and category of a page that is shown inside another one: its scripts set them."""

PAGE_ROWS = 20
DEPARTMENT = re.compile(r"/govxxgk/(\w{1,20})/", re.I)
DETAIL = re.compile(
    r"linkToNew\(\s*+['\"]([0-9a-f-]{32,36})['\"]\s*+,\s*+['\"](\w{1,40})['\"]\s*+\)", re.I
)
OPENER = "function linkToNew"
ROW_START, ROW_END = ("<tr", "<li"), ("</tr", "</li")
ROW_TITLE = re.compile(r"""\btitle\s*+=\s*+["']([^"'<>]{2,200})["']""", re.I)
TAG = re.compile(r"<[^<>]{0,500}+>")
ROW_DATE = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")
MAX_ROW_CHARS = 1_500
MAX_ROWS = 2_000


class Epoint(Cms):
    """Department (`deptcode`) and category (`categorynum`) stand in the address of a column.

    Project and site stand in a script file of the site, which pages name: its answer is read as a part
    of the page that asked for it.
    """

    name = "epoint"
    article_address = re.compile(
        r"/\d{4}-?\d\d-?\d\d/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.html$|"
        r"openDetailDynamic\.html\?(?=.{0,200}?\binfoid=)",
        re.I,
    )
    signature = re.compile(
        r"webBuilderCommon\.js|/lightfrontaction/|/govInfoPub\.html\?|linkToNew\("
    )
    attachment_address = re.compile(r"/getAttach\?|[?&]attachGuid=", re.I)

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page, and the rows that a function of its script files opens."""
        yield from page.links
        if OPENER not in page.scripts.text:  # else its calls are links already
            yield from _rows(page)

    def needs_script_files(self, page: WebPage) -> bool:
        """Return whether the project and the site of the interface stand in webBuilderCommon.js."""
        is_list = _column_request(page) is not None
        return is_list and SITE_GUID.search(page.scripts.text) is None

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the list of a column, and the further pages that an answer counts."""
        if page.request:
            yield from further_pages(page)
            return
        # its pages count from 0, which a script that calls `load(0)` does not say beside the field
        written = (each for each in read_requests(page.script_context) if LIST in each.url)
        if request := _column_request(page) or next(written, None):
            yield from first_pages(request, page)


def _rows(page: WebPage) -> Iterator[Link]:
    """Yield the rows of a static list: the address of an article has its department, day and id."""
    department = DEPARTMENT.search(urlsplit(page.base_url).path)
    text = page.text
    for found in islice(DETAIL.finditer(text), MAX_ROWS):
        place, end = max(0, found.start() - MAX_ROW_CHARS), found.end() + MAX_ROW_CHARS
        start = max(text.rfind(tag, place, found.start()) for tag in ROW_START)
        ends = [at for tag in ROW_END if (at := text.find(tag, found.end(), end)) > 0]
        row = text[max(start, place) : min(ends, default=end)]
        title, date = ROW_TITLE.search(row), ROW_DATE.search(row)
        if date:
            folder = department[1] if department else found[2][:6]
            address = f"/govxxgk/{folder}/{date[0]}/{found[1]}.html"
        else:
            address = f"openDetailDynamic.html?infoid={found[1]}&categorynum={found[2]}"
        shown = unescape(title[1] if title else TAG.sub("", row.partition(">")[2]))
        yield Link(page.url_of(address), strip_whitespace(shown), dated=date is not None)


def _column_request(page: WebPage) -> NumberedRequest | None:
    """Return the request for the column that a page's address, or else its script, names; None for neither."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(page.base_url).query).items()}
    written = {name.lower(): value for name, value in NAMED_COLUMN.findall(page.scripts.text)}
    if written.keys() >= {"deptcode", "categorynum"} and not query.keys() & written.keys():
        query |= written
    department, category = query.get("deptcode", ""), query.get("categorynum", "")
    if not (department or category):
        return None
    project, guid = PROJECT.search(page.scripts.text), SITE_GUID.search(page.scripts.text)
    url = urljoin(page.base_url, f"/{project[1] if project else DEFAULT_PROJECT}/{LIST}")
    return NumberedRequest(
        url,
        "POST",
        (),
        {
            "deptcode": department,
            "categorynum": category,
            "pageIndex": 0,
            "pageSize": PAGE_ROWS,
            "siteGuid": guid[1] if guid else DEFAULT_GUID,
        },
        is_json=True,
    )
