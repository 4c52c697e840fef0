"""The portals hang together: what is served is linked, what leads nowhere does so on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from gongkai.replica.pages import Page, Pages, bare
from gongkai.replica.portal import all_pages, portals
from tests.replica.expected import expected

PAGER = re.compile(r'createPageHTML\((\d+), (\d+), "index", "html"\)')
DEAD = {
    "www.nxyn.gov.cn": {
        "/zjyn/",
        "/zwgk/gkbm/wyz/",
        "/zwgk/gkbm/gkj/zfxxgknb_65331/202301/t20230119_4213866.html",
        "/zwgk/gkbm/gkj/zfxxgknb_65331/202401/t20240123_4525390.html",
        "/zwgk/gkbm/wsjkj/zfxxgknb_65447/202501/t20250124_4835101.html",
        "/zwgk/zfxxgknb/202503/t20250328_4888260.html",
    },
    "www.nxzw.gov.cn": {
        "/zwgk/zwgkzcjs/",
        "/zwgk/bmxxgkml/czj/zfxxgknb_49531/202401/t20240126_4528077.html",
        "/zwgk/bmxxgkml/gxj/zfxxgknb_49461/202301/t20230120_4214730.html",
        "/zwgk/bmxxgkml/gxj/zfxxgknb_49461/202501/t20250123_4834190.html",
        "/zwgk/zfxxgkml/tzgg/202501/t20250123_4834205.html",
        "/zwgk/zfxxgknb/202303/t20230330_4272944.html",
        "/zwgk/zfxxgknb/202403/t20240329_4581020.html",
    },
    "www.pingluo.gov.cn": {
        "/zjpl/",
        "/xwzx/gsgg/202403/P020240315384120957731.doc",
        "/xxgk/zfxxgknb/202201/t20220120_3906691.html",
        "/xxgk/zfxxgknb/202301/t20230118_4213077.html",
        "/xxgk/zfxxgknb/202401/t20240119_4521958.html",
    },
    "www.wbq.gov.cn": {
        "/zwgk/zfxxgknb/1218801.html",
        "/zwgk/zfxxgknb/1251174.html",
        "/zwgk/zfxxgknb/1283190.html",
    },
}


def links(url: str, page: Page) -> Iterator[str]:
    """Where a page leads: its addresses, the pages its pager writes, the target of a redirect."""
    if page.location:
        yield urljoin(url, page.location)
    if "html" not in page.content_type:
        return
    text = page.body.decode(page.encoding)
    for href in re.findall(r'(?:href|src)="([^"]+)"', text):
        yield urljoin(url, unescape(href)).partition("#")[0]
    if pager := PAGER.search(text):
        for number in range(1, int(pager[1])):
            yield urljoin(url, f"index_{number}.html")


def walk(pages: Pages, host: str) -> tuple[set[str], set[str]]:
    """Follow every link from the home page on: (paths that are served, paths that are not)."""
    found: set[str] = set()
    dead: set[str] = set()
    queue = [f"http://{host}/"]
    while queue:
        url = queue.pop()
        parts = urlsplit(url)
        if parts.scheme != "http" or bare(parts.netloc) != bare(host):
            continue
        page = pages.find(url)
        path = parts.path + (
            "index.html" if page and parts.path.endswith("/") and not page.location else ""
        )
        if path in found | dead:
            continue
        if page is None:
            dead.add(path)
            continue
        found.add(path)
        queue += links(url, page)
    return found, dead


@pytest.mark.parametrize("host", sorted(DEAD))
def test_every_page_is_linked_and_dead_links_are_meant(host: str) -> None:
    found, dead = walk(Pages(all_pages()), host)
    assert all_pages()[host].keys() - found <= {"/robots.txt"}
    assert dead == DEAD[host]


def test_the_reports_are_where_expected_json_says() -> None:
    served = set(Pages(all_pages()).addresses())
    for report in expected().values():
        assert set(report["addresses"]) <= served
        assert report["addresses"][0] == report["url"]


def test_only_the_four_reports_are_filled_in() -> None:
    """A page with the form's words and with numbers beside them is one of the four."""
    pages = Pages(all_pages())
    known = {address for report in expected().values() for address in report["addresses"]}
    filled = set()
    for address in pages.addresses():
        page = pages.page(address)
        if "html" not in page.content_type:
            continue
        text = re.sub(r"<[^>]+>|\s", "", page.body.decode(page.encoding))
        if re.search(r"一、本年新收政府信息公开申请数量\d", text):
            filled.add(address)
    assert filled == {address for address in known if ".pdf" not in address} - STUB


STUB = {
    "http://www.nxzw.gov.cn/zwgk/bmxxgkml/gxj/zfxxgknb_49461/202401/t20240124_4526203.html",
}


def test_every_portal_has_the_column_and_a_notice_with_an_empty_form() -> None:
    for portal in portals():
        names = {name for column in portal.columns.values() for name, _ in column.links}
        assert names >= {
            "政府信息公开指南",
            "政府信息公开制度",
            "法定主动公开内容",
            "政府信息公开年报",
        }
        assert any("通知" in article.title for article in portal.articles.values())
