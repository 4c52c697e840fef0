"""All reports of little portals are found, and little else is asked for."""

from __future__ import annotations

import pytest

from gongkai.crawler.analysis.page_analysis import analyze
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import ROLE_PRIORITY, Role, Visit
from gongkai.crawler.discovery.urls import canonical_url_key
from tests.crawler.analysis.little_portals import PORTALS, LittlePortal
from tests.crawler.tiny import REPORT

HOST = "http://www.little.gov.cn"


def served(portal: LittlePortal, path: str) -> str:
    if path in portal.reports:
        return REPORT.format(title=portal.reports[path])
    title = portal.titles.get(path, "县人民政府")
    page = portal.pages.get(path, "某项工作的情况。")
    if page.startswith("{"):  # an answer in data
        return page
    return f"<html><title>{title}</title><body>{page}</body></html>"


def walk(portal: LittlePortal) -> tuple[list[str], set[str]]:
    """Ask for what each page leads to, as a crawl does: paths in order, and those that are reports."""
    asked, reports, seen = [], set(), {canonical_url_key(f"{HOST}/")}
    waiting = [(f"{HOST}/", Visit(Role.HOME))]
    while waiting:
        waiting.sort(key=lambda each: -ROLE_PRIORITY[each[1].role])
        url, visit = waiting.pop(0)
        path = url.removeprefix(HOST)
        asked.append(path)
        found = analyze(FetchedPage(url, 200, "text/html", served(portal, path).encode(), visit))
        if found.is_report:
            reports.add(path)
        for following in found.next_pages:
            if following.relation == "cut":  # told, and not asked for
                continue
            key = canonical_url_key(following.url)
            if following.url.startswith(HOST) and key not in seen:
                seen.add(key)
                waiting.append((following.url, following.visit))
    return asked, reports


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.name)
def test_reports_are_found_and_nothing_else(portal: LittlePortal) -> None:
    asked, reports = walk(portal)
    assert reports == set(portal.reports)
    beside = [path for path in asked if path not in portal.pages and path not in portal.reports]
    assert set(portal.pages) <= set(asked)
    assert len(beside) <= portal.in_vain, beside


def test_files_of_the_rows_of_a_list_do_not_make_it_a_report() -> None:
    data = (
        '{"total": 1, "articleList": [{"title": "松岭县财政局2024年政府信息公开工作年度报告", "pubDate": "2025-01-20",'
        ' "urls": {"pc": "/czj/nb/pc/content/content_1990000000000000001.html"},'
        ' "articleFiles": [{"fileName": "年度报告.pdf", "filePath": "/upload/a.pdf", "totalSize": 80912}]}]}'
    )
    page = (
        "<html><head><title>政府信息公开年报</title></head><body><p>首页 > 松岭县财政局 > 政府信息公开年报</p>"
        f"<div id='app'></div><script>window.pageData={data}</script></body></html>"
    )
    address = f"{HOST}/czj/nb/pc/list.html"
    found = analyze(FetchedPage(address, 200, "text/html", page.encode(), Visit(Role.COLUMN)))
    assert (found.outcome, found.is_report) == ("not_report", False)
    assert found.list_page is not None
    assert (found.list_page.shown, found.list_page.rows) == (1, None)
