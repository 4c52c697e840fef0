"""Pagers that are scripts: which pages of a list they name."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.page import WebPage

HERE = "http://www.x.gov.cn/xxgk/nb/"
ROW = "<li><a href='/a/{n}.html'>某局的一份公开文件</a><span>2025-01-20</span></li>"


def list_page(html: str, file: str = "", rows: int = 0) -> WebPage:
    body = "<html>" + "".join(ROW.format(n=n) for n in range(rows)) + html
    return WebPage(HERE + file, body.encode())


def pages(page: WebPage, family: str = "generic") -> list[str]:
    return [url.removeprefix(HERE) for url in dict.fromkeys(FAMILIES[family].list_pages(page))]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<script>createPage(3, 0, "index", "html")</script>', ["index_1.html", "index_2.html"]),
        ("<script>createPage(2,1,'index','shtml');</script>", ["index_1.shtml"]),
        (
            "<script>Pager({size:3, current:0, prefix:'index', suffix:'html'})</script>",
            ["index_1.html", "index_2.html"],
        ),
        (
            '<script>new Pager({ "suffix" : "shtml", "size" : "2", "prefix" : "default" });</script>',
            ["default_1.shtml", "default_2.shtml"],
        ),
        (
            "<script>var countPage = 3; createPageHTML(countPage, 0, 'list', 'html')</script>",
            ["list_1.html", "list_2.html", "list_3.html"],
        ),
        (
            "<script>var nPages = '2';\nvar sName=\"nb\";\ncreatePageHTML(nPages,0,sName,'htm')</script>",
            ["nb_1.htm", "nb_2.htm"],
        ),
        (
            "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){}"
            'createPageHTML(2, 0, "index", "htm");</script>',
            ["index_1.htm"],
        ),
        (
            "<script>createPageHTML('paging', 3, 1, 'index', 'shtml', 31)</script>",
            ["index_2.shtml", "index_3.shtml"],
        ),
        ("<script>var countPage = 3//共多少页</script>", ["index_1.html", "index_2.html"]),
        ('<a href="javascript:next(1)">下一页</a><a href="javascript:next(2)">尾页</a>',
         ["index_1.html", "index_2.html"]),
        # what is no pager, or one that cannot be
        ("<script>createPage(title, body, 'index', 'html')</script>", []),
        ("<script>createPage(99999, 0, 'index', 'html')</script>", []),
        ("<script>createPageHTML(1, 0, 'list', 'html')</script>", []),
        ("<script>Pager({size:1, current:0, prefix:'index', suffix:'html'})</script>", []),
        ("<script>Pager({size:4, current:0, prefix:'index', suffix:'png'})</script>", []),
        ("<script>function next(n){ show(n); }</script><a href='javascript:next(1)'>下一张</a>", []),
    ],
)  # fmt: skip
def test_numbered_files(html: str, expected: list[str]) -> None:
    assert pages(list_page(html)) == expected


def test_the_pages_of_a_list_with_a_name_of_its_own() -> None:
    html = '<a href="javascript:next(3)">下一页</a>'
    assert pages(list_page(html, "nlist_2.shtml")) == [f"nlist_{n}.shtml" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("call", "rows", "expected"),
    [
        ("nsetpage(1,3,15)", 5, [2, 3]),  # fewer than the rows of this page: pages
        ("nsetpage(1,33,15)", 15, [2, 3]),  # rows: three pages are certain
        ("nsetpage(3,33,15)", 3, [2, 3]),
        ("nsetpage(3,43,15)", 15, [2, 3, 4]),  # full, although it would be the last one: pages
        ("nsetpage(1,9,15)", 9, []),
        ("nsetpage(1,0,15)", 0, []),
    ],
)
def test_a_pager_that_counts_pages_or_rows(call: str, rows: int, expected: list[int]) -> None:
    found = pages(list_page(f"<script>{call}</script>", "list.html", rows))
    assert found == [f"list_{number}.html" for number in expected]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "laypage.render({elem:'page',count:28,limit:10,curr:1,jump:function(obj,first){"
            "if(!first){ location.href='list_'+obj.curr+'.html'; }}})",
            ["list_2.html", "list_3.html"],
        ),
        (
            "$('#pagination').pagination({totalPage:3,currentPage:1,callback:function(n){"
            'window.location = "?cat=7&page=" + n;}});',
            ["?cat=7&page=2", "?cat=7&page=3"],
        ),
        (
            "$.jqPaginator('#p', {totalPages: 2, currentPage: 1, onPageChange: (num) => {"
            " location.href = 'index' + num + '.jhtml' }})",
            ["index2.jhtml"],
        ),
        # over an interface, or with an address that is not known
        ("laypage.render({elem:'page',count:28,limit:10,jump:function(o){load(o.curr)}})", []),
        ("$('#p').pagination({totalPage:3,callback:function(n){location.href=base+n}})", []),
        ("$('#p').pagination({callback:function(n){location.href='list_'+n+'.html'}})", []),
    ],
)  # fmt: skip
def test_pagers_that_navigate(script: str, expected: list[str]) -> None:
    base = HERE + "index.html"
    found = FAMILIES["generic"].list_pages(list_page(f"<script>{script}</script>", "index.html"))
    assert list(found) == [urljoin(base, each) for each in expected]


def test_pagers_in_pages_of_a_family() -> None:
    page = list_page(
        "<div class='TRS_Editor'></div><script>createPage(2,0,'index','html')</script>"
    )
    assert pages(page, recognise_family(page).name) == ["index_1.html"]
