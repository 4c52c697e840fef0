"""Families of content management systems: how their lists continue, how addresses of articles look.

A family is a small class without state. The generic one uses words, dates and common forms of
addresses, and serves every site until its family is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

from gongkai.crawler.discovery.list_continuation import first_pages, further_pages
from gongkai.crawler.discovery.list_request import FORM_TYPE, ListRequest, get_request
from gongkai.crawler.discovery.list_size import read_list_size
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.pager_links import linked_pages
from gongkai.crawler.discovery.script_requests import read_requests
from gongkai.crawler.discovery.scripting.callback_pagers import callback_pages
from gongkai.crawler.discovery.scripting.static_pagers import read_static_pager
from gongkai.crawler.discovery.urls import is_document_name, is_document_url

ARTICLE_FOLDER = re.compile(
    r"/c\d{5,}/content\.s?html?$|/\d{7,}/index\.s?html?$|/[0-9a-f]{16,40}/c\.html?$|/Item\.html?$|"
    r"/\d{13}[A-Za-z]{6,10}\.html?$|/pnidpv\d+\.html?$",
    re.I,
)
"""Addresses of articles that end with a name for all: 德州, chinatax, 大兴, nea; ids of 淮安, 西城."""

ARTICLE_QUERY = re.compile(
    r"/(?:show|view|detail|disp|read|article|content|info|news|open|item)[a-z_]{0,30}+(?<!list)(?<!class)\.(?:aspx?|php|jsp|do|s?html?|action)"
    r"\?(?:[^#]{0,200}?&)?[a-z_]{0,16}id=\w",
    re.I,
)
"""Addresses of articles whose number is any parameter: `shownews.asp?id=7&class=3`."""

ATTACHMENT_QUERY = re.compile(
    r"/(?:get_?attach|file_?down(?:load)?|down_?(?:load)?_?file|attach_?down(?:load)?|down(?:load)?_?attach)\w{0,20}+"
    r"(?:\.\w{1,5}+)?\?\w{1,30}+=",
    re.I,
)
"""Addresses of attached documents by their number or name: `getAttach?attachGuid=`, `fileDownload.do?id=`."""


class Cms:
    """The generic family, and the base of the others."""

    name = "generic"

    article_address = re.compile(
        r"(?:^|[/_=-])(?:t?\d{8}_\d+|\d{4,}|[0-9a-f]{24,32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"
        r"art[^\W\d]{0,100}+\d\w{0,100}+|(?:content|post|info|[ci](?:\d*_)?)\d+|(?:content|post|info)_\d+)"
        r"(?:\.s?html?|\.jsp|\.aspx?)?$",
        re.I,
    )
    """How the path of an article ends."""

    signature: re.Pattern[str] | None = None
    """What a page of the family has in its address or source; None where pages do not show it."""

    attachment_address: re.Pattern[str] | None = None
    """Addresses of attached documents that do not end with a file suffix."""

    def recognises(self, page: WebPage) -> bool:
        """Return whether a page comes from a site of this family."""
        if self.signature is None:
            return False
        return any(self.signature.search(text) for text in (page.address, page.text))

    def is_article(self, url: str) -> bool:
        """Return whether an address looks like that of an article, of this family or of any."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if self.article_address.search(path):
            return True
        if ARTICLE_FOLDER.search(parts.path) or ARTICLE_QUERY.search(path):
            return True
        return Cms.article_address.search(parts.path) is not None

    def is_document(self, link: Link) -> bool:
        """Return whether a link leads to an attached document."""
        if is_document_url(link.url) or is_document_name(link.text):
            return True
        if ATTACHMENT_QUERY.search(link.url):
            return True
        return (
            self.attachment_address is not None
            and self.attachment_address.search(link.url) is not None
        )

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page, with those that its scripts would create."""
        yield from page.links

    def post_body(self, url: str) -> str:
        """Return the body to send by POST where an address does not answer GET; "" for none."""
        return ""

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the requests by which the scripts of a column fill its list.

        For an answer (`page.request` is what was sent), yield those for its further pages. A page
        that is no column is not asked.
        """
        if page.request or page.is_data:
            yield from further_pages(page)
        elif self.lacks_rows(page):
            for request in read_requests(page.script_context):
                if request.method == "GET" or request.number_field:
                    yield from first_pages(request, page)

    def other_requests(self, request: ListRequest) -> Iterator[ListRequest]:
        """Yield what to send where a request of this family has brought no rows.

        Some servers, and the protections before them, refuse POST and answer GET.
        """
        if request.method == "POST" and request.media_type == FORM_TYPE:
            fields = dict(parse_qsl(request.body, keep_blank_values=True))
            yield get_request(request.url, fields, request.page)

    def lacks_rows(self, page: WebPage) -> bool:
        """Return whether a column shows no rows, or fewer than it says it has and no way to the others."""
        rows = {link.url for link in page.links if link.dated or self.is_article(link.url)}
        if not any(link.dated for link in page.links):
            return True
        said = read_list_size(page)
        is_short = said.rows > len(rows) if said.rows is not None else (said.pages or 1) > 1
        return is_short and next(self.list_pages(page), None) is None

    def needs_script_files(self, page: WebPage) -> bool:
        """Return whether the script files of a column say what its pages do not: names of its interface."""
        return False

    def menu_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the requests by which the scripts of a disclosure page fill its menu of units."""
        yield from ()

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the addresses of the other pages of a list, in order where it is known."""
        rows = sum(link.dated for link in page.links)
        if not page.is_data and (files := read_static_pager(page.text, page.base_url, rows)):
            yield from files.addresses(page.base_url)
        for address in callback_pages(page.scripts.text):
            yield urljoin(page.base_url, address)
        yield from linked_pages(page.links, page.base_url)


def highest_page_number(links: Iterable[Link], folder: str, pattern: re.Pattern[str]) -> int:
    """Return the highest number that `pattern` finds in addresses directly inside a folder.

    0 where there is none. Every page of most lists links to the last one.
    """
    numbers = [
        int(found[1])
        for link in links
        if link.url.startswith(folder) and (found := pattern.fullmatch(link.url[len(folder) :]))
    ]
    return max(numbers, default=0)


def url_in_folder(page: WebPage, name: str) -> str:
    """Return the address of a name in the folder of a page."""
    return urljoin(page.base_url, name)
