"""Which pages need the script files of their site."""

from __future__ import annotations

import pytest

from gongkai.crawler.analysis.page_analysis import PageAnalysis, analyze
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit

HOST = "http://www.x.gov.cn"
FILES = "<script src='/js/jquery.min.js'></script><script src='/js/list.js'></script><script src='//cdn.cn/a.js'></script>"
ROWS = "".join(
    f"<li><a href='/nb/t2031011{n}_{n}.html'>某局203{n}年政府信息公开工作年度报告</a><span>2031-01-1{n}</span></li>"
    for n in range(3)
)
CLICKED = "<li><a href='javascript:void(0)' onclick=\"openIt('7')\">某局2030年政府信息公开年度报告</a><span>2031-01-19</span></li>"
OPENER = "function openIt(id) { window.open('/show.jsp?id=' + id); }"


def analysed(html: str, role: Role, files: tuple[str, ...] = ()) -> PageAnalysis:
    head = "<html><head><title>政府信息公开年报</title></head><body>"
    body = f"{head}{FILES}{html}</body></html>".encode()
    page = FetchedPage(f"{HOST}/nb/", 200, "text/html", body, Visit(role), script_files=files)
    return analyze(page)


@pytest.mark.parametrize(
    ("html", "role", "wanted"),
    [
        ("<ul></ul>", Role.COLUMN, True),  # who fills it?
        (CLICKED, Role.COLUMN, True),  # what does a click open?
        (f"{ROWS}<a href='javascript:turn(2)'>下一页</a>", Role.COLUMN, True),
        (ROWS, Role.COLUMN, False),
        (f"{ROWS}<a onclick='addFavorite(1)'>收藏</a>", Role.COLUMN, False),
        (f"{CLICKED}<script>{OPENER}</script>", Role.COLUMN, False),
        ("<script>$.post('/list', {page: n, cat: 7})</script>", Role.COLUMN, False),
        ("<meta name='ArticleTitle' content='通知'><p>全文如下。</p>", Role.ARTICLE, False),
    ],
)
def test_pages_that_do_not_say_where_they_lead(html: str, role: Role, wanted: bool) -> None:
    found = analysed(html, role).wanted_scripts
    assert found == ((f"{HOST}/js/list.js",) if wanted else ())


def test_a_page_is_read_with_its_script_files_and_wants_no_more() -> None:
    found = analysed(CLICKED, Role.COLUMN, (OPENER,))
    assert [each.url for each in found.next_pages] == [f"{HOST}/show.jsp?id=7"]
    assert found.wanted_scripts == ()
