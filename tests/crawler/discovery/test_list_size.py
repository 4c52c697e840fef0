"""What lists say about their size, on pages and in answers."""

from __future__ import annotations

import json

import pytest

from gongkai.crawler.discovery.list_size import ListSize, count_json_rows, read_list_size
from gongkai.crawler.discovery.page import WebPage

URL = "http://www.lingquan.gov.cn/nb/index.html"
ROW = {"title": "灵泉县民政局2023年政府信息公开工作年度报告", "url": "/nb/1.html"}


def said(text: str) -> tuple[int | None, int | None]:
    size = read_list_size(WebPage(URL, text.encode()))
    return size.rows, size.pages


@pytest.mark.parametrize(
    ("html", "size"),
    [
        ("<div class=page>共<b>41</b>条 第1/3页 <a href=index_1.html>下一页</a></div>", (41, 3)),
        ("<p>共 41 条记录　每页 15 条</p>", (41, None)),
        ("<p>首页 上一页 下一页 尾页 页次：1/3</p>", (None, 3)),
        ("<p>当前第1页，共3页</p>", (None, 3)),
        ("<p>总记录数：41 总页数：3</p>", (41, 3)),
        ("<p>1/3页</p>", (None, 3)),
        ("<p>page 1 of 3</p>", (None, 3)),
        ('<script>createPageHTML(3, 0, "index", "html");</script>', (None, 3)),
        ("<script>createPageHTML('page_div',3,1,'zfxxgk','shtml',41);</script>", (41, 3)),
        ("<script>var countPage = 3//共多少页</script>", (None, 3)),
        ("<script>pagebar: { prepage: 20, recordCount: '41' }</script>", (41, 3)),
        ("<script>$('#p').jpage({totalRecord:41, perPage:15})</script>", (41, 3)),
        ('<input type="hidden" id="totalPage" value="3">', (None, 3)),
        ('<div class="pagination" count="41" rows="15" pageno="1"></div>', (41, None)),
    ],
)
def test_a_page_tells_the_size_of_its_list(html: str, size: tuple[int | None, int | None]) -> None:
    assert said(f"<html><body><ul><li>x</li></ul>{html}</body></html>") == size


@pytest.mark.parametrize(
    "html",
    [
        "<p>本站共收录 72744 条信息</p>",
        "<p>您是第 123456 位访客，今日访问 300 次</p>",
        "<p>2023年共收到政府信息公开申请41件</p>",
        "<p>附件共3个</p>",
        "<p>本级政府共有12个部门、3个镇</p>",
        "<script>var total = 0; var pageCount = 0;</script>",
        "<script>function createPageHTML(count, current) { }</script>",
        "<p>地址：人民路1/3号</p>",
        '<script>var page = {"articleFiles": [{"fileName": "a.pdf", "totalSize": 80912}]}</script>',
        '<script>var page = {"files": [{"totalSize": 80912, "filePath": "/a.pdf"}]}</script>',
    ],
)
def test_other_numbers_are_no_size(html: str) -> None:
    assert said(f"<html><body>{html}</body></html>") == (None, None)


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        ({"data": {"total": 41, "page": 1, "rows": 20, "results": [ROW]}}, (41, 3)),
        ({"recordCount": 41, "pageCount": 3, "prepage": 20, "data": [ROW]}, (41, 3)),
        ({"total": "41", "rows": [{"DOCTITLE": "x", "DOCPUBURL": "/a"}]}, (41, None)),
        ({"data": {"pager": {"total": 41, "pageSize": 20}, "list": [ROW]}}, (41, 3)),
        ({"page": {"totalElements": 41, "totalPages": 3, "content": [ROW]}}, (41, 3)),
        ({"hits": {"total": {"value": 41}, "items": [ROW]}}, (41, None)),
        ({"custom": {"total": 41, "data": [ROW]}}, (41, None)),
        ({"data": {"totalPage": 3, "list": [ROW]}}, (None, 3)),
        (
            {"facets": [{"name": "全部", "total": 72_744}], "d": {"total": 41, "list": [ROW]}},
            (41, None),
        ),
        ({"total": 72_744, "data": {"total": 41, "list": [ROW]}}, (41, None)),
        ({"page": 1, "total": 3, "records": 41, "rows": [ROW]}, (41, None)),
        ({"data": {"total": 0, "results": []}}, (0, None)),
        ({"list": [ROW]}, (None, None)),
    ],
)
def test_an_answer_tells_the_size_of_its_list(
    answer: dict[str, object], size: tuple[int | None, int | None]
) -> None:
    assert said(json.dumps(answer)) == size
    assert said(f"callback({json.dumps(answer)});") == size


def test_answers_in_other_formats_tell_it_too() -> None:
    xml = "<datastore><totalrecord>41</totalrecord><totalpage>3</totalpage><recordset/></datastore>"
    assert said(xml) == (41, 3)
    assert said('{"recordCount":"41","docs":[{"title":"x","url":"/a"},\n\'\'\n]}') == (41, None)
    assert not ListSize()
    assert ListSize(0)


def test_rows_of_an_answer_are_counted_with_those_that_repeat() -> None:
    files = [{"fileName": "1.pdf", "filePath": "/1.pdf"}]
    answer = {"data": {"list": [ROW, ROW, {**ROW, "url": "/nb/2.html", "files": files}]}}
    assert count_json_rows(WebPage(URL, json.dumps(answer).encode())) == 3
    assert count_json_rows(WebPage(URL, b"<html>")) == 0
