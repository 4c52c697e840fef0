"""A run says how much of each column of reports it has reached, by what the column says of itself."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from gongkai.crawler.analysis.list_page import ListPage
from gongkai.crawler.analysis.next_pages import NextPage
from gongkai.crawler.components.list_ledger import ListLedger
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import HOST, HTML, REPORT, answers, reason

HOME = '<a href="/nb/">政府信息公开年报</a>'
YEARS = range(2024, 2014, -1)
TITLES = {
    f"/nb/{year + 1}01/t{year + 1}0120_{year}.html": f"某县{year}年政府信息公开工作年度报告"
    for year in YEARS
}
ARTICLES = {path: REPORT.format(title=title) for path, title in TITLES.items()}
PATHS = [*TITLES]


def rows(*paths: str) -> str:
    return "".join(
        f'<li><a href="{path}">{TITLES[path]}</a><span>{path[4:8]}-01-20</span></li>'
        for path in paths
    )


def column(html: str) -> str:
    return f"<html><head><title>政府信息公开年报</title></head><body>{html}</body></html>"


def portal(listed: str, **pages: str) -> dict[str, str]:
    return {"/": HOME, "/nb/": column(listed)} | pages | ARTICLES


SHORT = {
    "a count of rows beside a pager": (
        f"<ul>{rows(*PATHS[:4])}</ul><div class=page>共10条 第1/3页</div>",
        "4 of 10 rows",
    ),
    "a page that does not exist": (
        f"<ul>{rows(*PATHS[:4])}</ul><script>createPageHTML(2, 0, 'index', 'html')</script>",
        "1 of 2 pages",
    ),
    "a list that a script file fills": (
        '<div id=list></div><script src="/list.js"></script><p>共 10 条 每页 20 条</p>',
        "0 of 10 rows",
    ),
    "Fujian's list without the number of its index": (
        f"<ul>{rows(*PATHS[:4])}</ul><script>require(['list2.trsapi'], function(listModel) {{ listModel({{"
        "listArgs: {channelid: SiteInfo.searchId, classsql: 'chnlid=5'},"
        "pagebar: {prepage: 4, recordCount: '10'}})})</script>",
        "4 of 10 rows",
    ),
}


@pytest.mark.parametrize("kind", SHORT)
def test_a_list_that_was_reached_in_part_is_told_with_both_numbers(run, kind):
    listed, numbers = SHORT[kind]
    found = run(portal(listed), GONGKAI_SHRINK_LIMIT="0")
    if found.counts["reports"]:
        assert found.outcome == "incomplete"
        assert reason(found) == (
            f"1 list was reached in part: {numbers} of 政府信息公开年报 {HOST}/nb/"
        )
    else:
        assert (found.outcome, found.counts["incomplete"]) == ("failed", 1)


WHOLE = {
    "all rows": f"<ul>{rows(*PATHS)}</ul><p>共10条 第1/1页</p>",
    "a row that stands in it twice": (
        f"<ul>{rows(*PATHS)}{rows(PATHS[0])}</ul><p>共11条 第1/1页</p>"
    ),
    "a circular among the rows": (
        f"<ul>{rows(*PATHS)}<li><a href='/tz/1.html'>关于编制年度报告的通知</a><span>2024-01-02"
        "</span></li></ul><p>共11条 每页20条</p>"
    ),
    "a count of the whole site": f"<ul>{rows(*PATHS)}</ul><p>本站共收录72744条信息</p>",
    "a search of the whole site beside the pager": (
        f"<ul>{rows(*PATHS)}</ul><p>第1/1页</p><p>本站共收录72744条信息</p>"
    ),
    "a row that the counter still counts": f"<ul>{rows(*PATHS)}</ul><p>共11条 第1/1页</p>",
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_list_that_was_reached_whole_is_no_alarm(run, kind):
    found = run({"/": HOME + rows(PATHS[0]), "/nb/": column(WHOLE[kind])} | ARTICLES)
    assert (found.outcome, reason(found)) == ("ok", "")


def test_a_page_of_a_list_that_fails_is_told(run):
    pages = portal(
        f"<ul>{rows(*PATHS[:4])}</ul><a href='/nb/index_1.html'>下一页</a>",
    ) | {"/nb/index_1.html": Answer(500, HTML, b"<html>500</html>")}
    found = run(pages, RETRY_ENABLED="False")
    assert (found.outcome, found.counts["reports"]) == ("incomplete", 4)
    assert "1 of 2 pages of 政府信息公开年报" in reason(found)


def test_a_column_that_fails_is_told(run):
    pages = portal("") | {
        "/": HOME + '<a href="/bmnb/">部门信息公开年报</a>',
        "/nb/": column(f"<ul>{rows(*PATHS)}</ul>"),
        "/bmnb/": Answer(500, HTML, b"<html>500</html>"),
    }
    found = run(pages, RETRY_ENABLED="False")
    assert found.outcome == "incomplete"
    assert reason(found) == f"1 list was reached in part: {HOST}/bmnb/ could not be read"


EMPTY = "<div id=list></div><a href='/zn/'>政府信息公开指南</a>"
"""A list that only a script in the browser could fill."""


@pytest.mark.parametrize("said", ["", "<p>共0条 第1/1页</p>"])
def test_the_empty_column_of_a_portal_itself_is_told(run, said):
    found = run({"/": HOME + rows(*PATHS), "/nb/": column(EMPTY + said)} | ARTICLES)
    assert (found.outcome, found.counts["reports"]) == ("incomplete", len(PATHS))
    assert reason(found) == (f"1 list was reached in part: no rows in 政府信息公开年报 {HOST}/nb/")


def units(empty: int, filled: int) -> dict[str, str]:
    """A portal with a column of its own and units, each with a column in its folder."""
    numbers = range(empty + filled)
    doors = "".join(f"<li><a href='/bm/{n}/'>县{'水电林农教'[n]}业局</a></li>" for n in numbers)
    menu = HOME + f"<h3>政府信息公开</h3><ul>{doors}</ul>"
    pages = {"/": menu, "/nb/": column(menu + f"<ul>{rows(*PATHS[:4])}</ul>")}
    for n in numbers:
        listed = "" if n < empty else f"<ul>{rows(PATHS[4 + n])}</ul>"
        pages[f"/bm/{n}/"] = f"<a href='/bm/{n}/nb/'>信息公开年报</a>"
        pages[f"/bm/{n}/nb/"] = column(menu + f"<a href='/bm/{n}/nb/'>信息公开年报</a>" + listed)
    return pages | ARTICLES


def test_an_empty_column_of_one_unit_is_a_remark(run):
    found = run(units(1, 3))
    assert (found.outcome, found.counts["empty_columns"]) == ("ok", 1)
    assert reason(found) == (
        f"1 column of an agency has no rows: no rows in 政府信息公开年报 {HOST}/bm/0/nb/"
    )


def test_most_columns_of_a_portal_are_not_rightly_empty(run):
    found = run(units(4, 1))
    assert (found.outcome, found.counts["incomplete"]) == ("incomplete", 4)
    assert "4 lists were reached in part: no rows in" in reason(found)


def test_a_column_that_leads_on_to_its_years_is_not_empty(run):
    years = "".join(f"<a href='/nb/{year}/'>{year}年</a>" for year in (2024, 2023))
    pages = {
        "/": HOME,
        "/nb/": column(years),
        "/nb/2024/": column(f"<ul>{rows(*PATHS[:5])}</ul>"),
        "/nb/2023/": column(f"<ul>{rows(*PATHS[5:])}</ul>"),
    }
    assert (run(pages | ARTICLES).outcome, len(PATHS)) == ("ok", 10)


def listing(asked: list[str], page_of, size: int = 3, total: int = 10):
    """An interface at /api/list that gives `size` rows; `page_of` says which page it serves."""
    script = "<div id=list></div><script>$.post('/api/list', {columnId: 77, page: 1, pageSize: 3}, draw)</script>"
    pages = portal(script)

    def answer(request: Request) -> Answer:
        parts = urlsplit(request.url)
        if parts.path != "/api/list":
            return answers(pages, request)
        fields = dict(parse_qsl(request.body.decode()))
        asked.append(fields["page"])
        number = page_of(int(fields["page"]))
        shown = PATHS[(number - 1) * size : number * size]
        data = [{"title": TITLES[path], "url": path, "date": "2024-01-20"} for path in shown]
        body = json.dumps({"total": total, "rows": data}).encode()
        return Answer(200, {"Content-Type": "application/json"}, body)

    return answer


def test_an_interface_is_asked_for_all_of_its_pages(run):
    asked: list[str] = []
    found = run(listing(asked, lambda number: number))
    assert (found.outcome, found.counts["reports"]) == ("ok", 10)
    assert sorted(asked) == ["1", "2", "3", "4"]


def test_repeated_rows_end_a_list_and_are_told(run):
    asked: list[str] = []
    # with a pause between requests, the machine's load does not decide what is asked before it is read
    found = run(listing(asked, lambda number: 1, total=300), DOWNLOAD_DELAY="0.5")
    assert (found.outcome, found.counts["reports"]) == ("incomplete", 3)
    # the second answer has the rows of the first; a third may be on its way when it is read
    assert len(asked) <= 3
    assert reason(found).startswith("1 list was reached in part: 3 of 300 rows of 政府信息公开年报")


def test_a_server_that_gives_fewer_rows_than_asked_for_is_asked_for_all(run):
    asked: list[str] = []
    found = run(listing(asked, lambda number: number, size=2))
    assert (found.outcome, found.counts["reports"]) == ("ok", 10)
    assert sorted(asked) == ["1", "2", "3", "4", "5"]


def test_a_list_with_more_pages_than_are_asked_for_is_told(run):
    def answer(request: Request) -> Answer:
        number = int(parse_qs(urlsplit(request.url).query).get("page", ["1"])[0])
        if not request.url.startswith(f"{HOST}/nb/"):
            return answers({"/": HOME} | ARTICLES, request)
        following = f"<a href='/nb/?page={number + 1}'>下一页</a>"
        path = f"/gk/202501/t20250120_{number:05}.html"
        listed = (
            f"<ul><li><a href='{path}'>某县2024年政府信息公开工作年度报告</a>2025-01-20</li></ul>"
        )
        return Answer(200, HTML, column(listed + following).encode())

    found = run(answer, GONGKAI_SHRINK_LIMIT="0", CLOSESPIDER_PAGECOUNT="0")
    assert (found.outcome, found.counts["incomplete"]) == ("failed", 1)  # the articles are gone
    assert found.counts["requests"] == 402  # robots.txt, the home page, 200 pages, their articles


def test_two_addresses_of_one_list_are_two_whole_lists(run):
    """The second one leads to pages that were asked for already."""
    further = "<a href='/nb/index_1.html'>2</a><p>第1/2页</p>"
    pages = portal(f"<ul>{rows(*PATHS[:5])}</ul>{further}") | {
        "/": HOME + '<a href="/nb/nlist.html">信息公开年报</a>',
        "/nb/nlist.html": column(f"<ul>{rows(*PATHS[:5])}</ul>{further}"),
        "/nb/index_1.html": column(f"<ul>{rows(*PATHS[5:])}</ul><p>第2/2页</p>"),
    }
    found = run(pages)
    assert (found.outcome, reason(found), found.counts["reports"]) == ("ok", "", 10)


def test_a_list_on_another_official_host_is_asked_for_alone(run):
    """Hunan's portals get their lists from a host of the province."""
    asked: list[tuple[str, str]] = []
    script = (
        "<script>var channelId = '99001'; $.post('http://api.zhou.gov.cn/search/common/search/' + channelId,"
        "{page: 1, _pageSize: 5}, draw)</script><a href='http://api.zhou.gov.cn/nb/'>2024年政府信息公开年报</a>"
    )
    pages = portal(script)

    def answer(request: Request) -> Answer:
        parts = urlsplit(request.url)
        if parts.hostname != "api.zhou.gov.cn":
            return answers(pages, request)
        asked.append((request.method, parts.path))
        if parts.path == "/robots.txt":
            return Answer(404, HTML, b"")
        number = int(dict(parse_qsl(request.body.decode()))["page"])
        data = [
            {"title": TITLES[path], "url": HOST + path, "publishedTimeStr": "2024-01-20"}
            for path in PATHS[(number - 1) * 5 : number * 5]
        ]
        body = {"data": {"total": 10, "page": number, "rows": 5, "results": data}}
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(body).encode())

    found = run(answer)
    assert (found.outcome, found.counts["reports"]) == ("ok", 10)
    search = ("POST", "/search/common/search/99001")
    assert asked == [("GET", "/robots.txt"), search, search]


@pytest.mark.parametrize("status", [404, 405])
def test_a_list_that_refuses_post_is_asked_for_by_get(run, status):
    asked: list[str] = []
    by_page = listing(asked, lambda number: number)
    methods: list[str] = []

    def answer(request: Request) -> Answer:
        parts = urlsplit(request.url)
        if parts.path != "/api/list":
            return by_page(request)
        methods.append(request.method)
        if request.method == "POST":
            return Answer(status, HTML, b"<html>no</html>")
        return by_page(Request("GET", request.url, {}, parts.query.encode()))

    found = run(answer)
    assert (found.outcome, found.counts["reports"], found.counts["blocked"]) == ("ok", 10, 0)
    assert methods == ["POST", "GET", "GET", "GET", "GET"]


def test_rows_beyond_those_of_the_page_come_from_its_script(run):
    asked: list[str] = []
    by_page = listing(asked, lambda number: number)
    script = "<script>$.post('/api/list', {columnId: 77, page: n, pageSize: 3}, draw)</script>"
    listed = f"<ul>{rows(*PATHS[:3])}</ul><p>共10条 每页3条</p>{script}"

    def answer(request: Request) -> Answer:
        if request.url == f"{HOST}/nb/":
            return Answer(200, HTML, column(listed).encode())
        return by_page(request)

    found = run(answer)
    assert (found.outcome, found.counts["reports"]) == ("ok", 10)


def test_a_piece_of_html_is_followed_until_its_rows_repeat(run):
    """成都: UCAP's search gives a piece of a page that counts nothing."""
    channel = "aabbccddeeff00112233445566778899"
    script = f"<div id=list></div><script>$('#list').load('/es-search/search/{channel}?_template=d/list&_pageSize=4&page=1')</script>"
    pages = portal(script)
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        parts = urlsplit(request.url)
        if parts.path != f"/es-search/search/{channel}":
            return answers(pages, request)
        number = min(int(parse_qs(parts.query)["page"][0]), 3)
        asked.append(parts.query)
        return Answer(200, HTML, f"<ul>{rows(*PATHS[number * 4 - 4 : number * 4])}</ul>".encode())

    found = run(answer)
    assert (found.outcome, found.counts["reports"]) == ("ok", 10)
    assert len(asked) == 4  # the last one repeats the third


def test_a_column_with_a_pager_and_no_rows_gets_them_from_the_search_of_its_channel(run):
    """UCAP: the pager names pages that do not exist; the rows come from the search by channelid."""
    channel = "0011223344556677aabbccddeeff9988"
    shell = (
        f'<html><head><title>政府信息公开年报</title><meta name="ChannelId" content="{channel}"></head><body>'
        "<ul class=list></ul><div id=page_div></div>"
        "<script>createPageHTML('page_div',3,1,'zfxxgk','shtml',10);</script>"
        '<a href="/nb/?tab=gkzn">政府信息公开指南</a></body></html>'
    )
    pages = portal("") | {"/nb/": shell}

    def answer(request: Request) -> Answer:
        parts = urlsplit(request.url)
        if parts.path != f"/common/search/{channel}":
            return answers(pages, request)
        number = int(parse_qs(parts.query)["page"][0])
        data = [{"title": TITLES[path], "url": path} for path in PATHS[number * 4 - 4 : number * 4]]
        body = {"data": {"total": 10, "page": number, "rows": 4, "results": data}}
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(body).encode())

    found = run(answer)
    assert (found.outcome, reason(found), found.counts["reports"]) == ("ok", "", 10)


def test_a_list_whose_first_page_is_read_after_its_others_is_whole() -> None:
    """A menu leads to a second address of the list, which a redirect answers while the first fails."""
    ledger = ListLedger()
    pages = {number: f"{HOST}/nb/list-{number}.html" for number in (1, 2, 3)}
    reports = [NextPage(HOST + path, Visit(Role.ARTICLE)) for path in PATHS]

    def read(url: str, number: int, first: int, last: int) -> None:
        pager = [
            NextPage(other, Visit(Role.COLUMN, number=at), relation="page")
            for at, other in pages.items()
            if other != url
        ]
        found = ListPage("政府信息公开年报", last - first, rows=10, named=last - first)
        visit = Visit(Role.COLUMN, number=number)
        ledger.page_read(url, visit, found, [*reports[first:last], *pager])

    read(f"{HOST}/nb.html", 1, 0, 4)
    read(pages[3], 3, 8, 10)
    read(pages[1], 1, 0, 4)
    read(pages[2], 2, 4, 8)
    assert ledger.shortfalls() == []
