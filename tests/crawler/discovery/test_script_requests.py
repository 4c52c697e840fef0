"""Requests that scripts write down for a list: address, fields, the page, and what is never sent."""

from __future__ import annotations

import time

import pytest

from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.discovery.list_request import ListRequest, get_request
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.discovery.script_requests import read_requests

HOST = "http://www.x.gov.cn"
HERE = f"{HOST}/zwgk/list.html?deptcode=014&cat=7"


def requests(script: str, html: str = "") -> list[ListRequest]:
    page = WebPage(HERE, f"<html>{html}<script>{script}</script></html>".encode())
    return [request.page(2) for request in read_requests(page.script_context)]


def sent(request: ListRequest) -> tuple[str, str, str]:
    return request.method, request.url.removeprefix(HOST), request.body


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            """$.ajax({type:"post", url:"/m/search.jsp?fbtime=&currpage=", data:{area:"11", vc_title:$("#t").val()}})""",
            ("POST", "/m/search.jsp?fbtime=&currpage=2", "area=11&vc_title="),
        ),
        (
            """Ls.pagination("#p",function(i){ Ls.ajax({url:"/site/label/8",data:{pageIndex:i,organId:"9"}}) },{pageCount:3})""",
            ("GET", "/site/label/8?pageIndex=2&organId=9", ""),
        ),
        (
            """var q = {pageIndex: 0, deptcode: getQueryString("deptcode"), info: {guid: site.id}}; var site = {id: 'g1'};
            $.ajax({url:"/rest/list",method:"POST",contentType:"application/json",data:JSON.stringify(q)})""",
            ("POST", "/rest/list", '{"pageIndex":1,"deptcode":"014","info":{"guid":"g1"}}'),
        ),
        ("$.get('/rows?cid=3&page=' + n, draw)", ("GET", "/rows?cid=3&page=2", "")),
        (
            """var body = {page: {pageNo: p, pageSize: 9}, filter: [{property: "channel_id", value: "7"}]};
            $.ajax({url:"/q",type:"POST",contentType:"application/json",data:JSON.stringify(body)})""",
            ("POST", "/q", '{"page":{"pageNo":2,"pageSize":9},"filter":[{"property":"channel_id","value":"7"}]}'),
        ),
        (
            "$.post('/q', {channelId: 5, page: p - 1}, draw)",
            ("POST", "/q", "channelId=5&page=1"),
        ),
        ("$.getJSON('rows.json', function(d){ draw(d) })", ("GET", "/zwgk/rows.json", "")),
        ("axios.post('/a', {pageNo: cur, channelId: 5})", ("POST", "/a", '{"pageNo":2,"channelId":5}')),
        ("axios.get('/a', {params: {pageNo: cur, channelId: 5}})", ("GET", "/a?pageNo=2&channelId=5", "")),
        (
            "fetch('/a', {method: 'POST', body: JSON.stringify({page: p, cat: 'nb'})})",
            ("POST", "/a", '{"page":2,"cat":"nb"}'),
        ),
        (
            "$.post('/data.do', 'channel_id=' + id + '&pageIndex=' + p, draw); var id = 'ab';",
            ("POST", "/data.do", "channel_id=ab&pageIndex=2"),
        ),
        ("$('#list').load('/part?page=' + p)", ("GET", "/part?page=2", "")),
        ("$.ajax({url:'/l.do',type:'POST',data:{p:1,filter:{SITE:9},ids:[4]}})",
         ("POST", "/l.do", "p=2&filter%5BSITE%5D=9&ids%5B%5D=4")),
    ],
)  # fmt: skip
def test_a_request_is_read_with_its_fields(script: str, expected: tuple[str, str, str]) -> None:
    assert [sent(request) for request in requests(script)] == [expected]


def test_fields_of_forms_and_meta_tags_are_read() -> None:
    html = "<meta name='ChannelId' content='c7'><input type=hidden id=dept value=d4>"
    script = """$.post("/l", {page: p, dept: $("#dept").val(), channel: $("meta[name='channelid']").attr("content")})"""
    assert [sent(each)[2] for each in requests(script, html)] == ["page=2&dept=d4&channel=c7"]


@pytest.mark.parametrize(
    "script",
    [
        "$.get('/rows?channelId=' + id + '&page=' + n)",  # of which column?
        "$.post('/rows', {page: n, organId: window.organ})",
        "axios.post('/rows', {pageNo: n, filter: [{property: 'channel_id', value: column}]})",
        "$.post('/login', {page: 1})",
        "$.post('/comment/submit', {page: 1})",
        "$.get('/js/a.js')",
        "$.get(address)",
        "$.ajax({url: base + '/list', data: {page: 1}})",
        "$.ajax({url: '/list', data: {page: 1",
        "$.ajax({",
        "$.ajax(options)",
    ],
)
def test_a_request_that_is_not_known_whole_is_not_sent(script: str) -> None:
    assert requests(script) == []


@pytest.mark.parametrize(
    ("answer", "pages"),
    [
        ('{"total": 25, "rows": []}', [2, 3]),
        ('{"data": {"totalPage": "4", "list": []}}', [2, 3, 4]),
        (
            "<ul><li><a href='/1'>某局2031年年度报告</a></li></ul><div>第1页 共3页 共41条</div>",
            [2, 3],
        ),
        ("<ul><li><a href='/1'>某局2031年年度报告</a></li></ul>", [2]),  # it counts nothing
        ('{"total": 9}', []),
        ('{"list": []}', []),
    ],
)
def test_an_answer_tells_how_the_list_goes_on(answer: str, pages: list[int]) -> None:
    request = get_request(f"{HOST}/api", {"page": 1, "pageSize": 10})
    page = WebPage(request.address, answer.encode(), base_url=HERE, request=request)
    assert [each.page for each in FAMILIES["generic"].list_requests(page)] == pages


@pytest.mark.parametrize(("number", "pages"), [(1, [2, 3]), (2, []), (3, [])])
def test_an_answer_that_was_asked_for_like_a_page_is_known_by_its_number(
    number: int, pages: list[int]
) -> None:
    """Only the first one names the others: the last one has fewer rows, and would count more pages."""
    rows = ",".join(
        f'{{"title": "某局20{n}年年度报告", "url": "/{n}"}}'
        for n in range(11 if number < 3 else 3, 1, -1)
    )
    answer = f'{{"total": 23, "rows": [{rows}]}}'.encode()
    page = WebPage(f"{HOST}/api?page={number}&sid=7", answer, base_url=HERE)
    assert [each.page for each in FAMILIES["generic"].list_requests(page)] == pages


def test_a_list_that_repeats_its_rows_ends() -> None:
    rows = "<li><a href='/1'>某局2031年年度报告</a></li>"
    request = get_request(f"{HOST}/api", {"page": 1})
    asked = []
    for _ in range(5):
        page = WebPage(request.address, rows.encode(), base_url=HERE, request=request)
        found = [*FAMILIES["generic"].list_requests(page)]
        asked += [each.page for each in found]
        if not found:
            break
        request = found[0]
    assert asked == [2]


def test_lists_whose_rows_are_in_the_page_are_not_asked_for() -> None:
    rows = "<li><a href='/1.html'>某局2031年年度报告</a><span>2032-01-19</span></li>"
    script = "<script>$.post('/hot', {page: 1})</script>"
    page = WebPage(HERE, f"<html>{rows}{script}</html>".encode())
    assert list(FAMILIES["generic"].list_requests(page)) == []


@pytest.mark.parametrize(
    "piece", ["$.ajax({a:", "$.ajax({", "$.get('a',", "a=b+", "a='", "{[(", "x=f("]
)
def test_hostile_scripts_are_given_up(piece: str) -> None:
    started = time.process_time()
    requests(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5
