"""Where links stand: the heading above them, their list, and addresses made from the page's own."""

from __future__ import annotations

import pytest

from gongkai.crawler.discovery.bound_addresses import bound_addresses
from gongkai.crawler.discovery.page import WebPage

HERE = "http://www.x.gov.cn/zwgk/gk/bm/nyj/index.htm"


def page(html: str, address: str = HERE) -> WebPage:
    return WebPage(address, f"<html><title>年报</title><body>{html}</body></html>".encode())


def headings(html: str) -> dict[str, str]:
    return {link.text: link.heading for link in page(html).links}


@pytest.mark.parametrize(
    "html",
    [
        "<h3>2024年</h3><ul><li><a href='a/'>县教育局</a></li></ul>",
        "<div class='hd'><h3>2024年</h3></div><div><ul><li><a href='a/'>县教育局</a></li></ul></div>",
        "<div><p>2024年</p></div><table><tr><td><a href='a/'>县教育局</a></td></tr></table>",
        "<dl><dt>2024年</dt><dd><a href='a/'>县教育局</a></dd></dl>",
        "<ul><li><a href='javascript:;'>2024年</a><div><a href='a/'>县教育局</a></div></li></ul>",
        "<ul><li><a href='y/'>2024年</a><ul><li><a href='a/'>县教育局</a></li></ul></li></ul>",
        "<table><tr><th>2024年</th><td><a href='a/'>县教育局</a></td></tr></table>",
    ],
)
def test_headings_of_every_kind(html: str) -> None:
    assert headings(html)["县教育局"] == "2024年"


def test_a_heading_ends_with_the_next_and_with_its_box() -> None:
    found = headings(
        "<div><h3>各部门</h3><p><a href='a/'>县教育局</a></p><h3>政策文件</h3><p><a href='b/'>2023年</a></p></div>"
        "<a href='c/'>县财政局</a>"
    )
    assert found == {"县教育局": "各部门", "2023年": "政策文件", "县财政局": ""}


@pytest.mark.parametrize(
    "html",
    [
        "<select><option>2024年</option></select><a href='a/'>县教育局</a>",
        "<script>2024年</script><a href='a/'>县教育局</a>",
        "<ul><li><a href='y/'>2024年</a></li><li><a href='a/'>县教育局</a></li></ul>",
        "<p>本地要闻</p><a href='a/'>县教育局</a>",
    ],
)
def test_other_texts_are_no_headings(html: str) -> None:
    assert headings(html)["县教育局"] == ""


def test_links_of_one_list_share_its_number() -> None:
    links = page(
        "<ul><li><a href='1'>甲</a></li><li><a href='2'>乙</a></li></ul>"
        "<div><div><h4><a href='3'>丙</a></h4><i>2024</i></div><div><h4><a href='4'>丁</a></h4></div></div>"
    ).links
    blocks = [link.block for link in links]
    assert blocks[0] == blocks[1] != blocks[2] == blocks[3]
    assert all(blocks)


def test_names_of_pictures_and_of_parts_of_a_map() -> None:
    found = page(
        "<map><area href='/a/' alt='政府信息公开年报'></map><a href='/b/'><img src='b.png' title='各部门'></a>"
        "<a href='/c/' aria-label='街镇'><i></i></a>"
    ).links
    assert {link.url[-3:]: link.text for link in found} == {
        "/a/": "政府信息公开年报",
        "/b/": "各部门",
        "/c/": "街镇",
    }


@pytest.mark.parametrize(
    ("anchor", "path"),
    [
        ("<a href='' data-url='./nb/'>年报</a>", "/zwgk/gk/bm/nyj/nb/"),
        ("<a href='javascript:;' data-url='./nb/index.html'>年报</a>", "/zwgk/gk/bm/nyj/nb/index.html"),
        ("<a data-link='/nb/'>年报</a>", "/nb/"),
        ("<a ms-attr-href='/zwgk/{{paths[4]}}/{{ paths[6] }}/nb/'>年报</a>", "/zwgk/gk/nyj/nb/"),
        ("<a :href=\"'/zwgk/' + paths[4] + '/nb/'\">年报</a>", "/zwgk/gk/nb/"),
        ("<a ng-href='/zwgk/{{parts[3]}}/nb/'>年报</a><script>var parts = location.pathname.split('/');</script>", "/zwgk/bm/nb/"),
    ],
)  # fmt: skip
def test_addresses_for_scripts(anchor: str, path: str) -> None:
    (link,) = page(anchor).links
    assert (link.url, link.text) == (f"http://www.x.gov.cn{path}", "年报")


@pytest.mark.parametrize(
    "text", ["{{el.url}}", "/a/{{paths[99]}}/", "/a/{{paths[0", "{{paths[4]}}{{user}}", "{{}}"]
)
def test_what_only_the_script_knows_is_no_address(text: str) -> None:
    assert list(bound_addresses({"ms-attr-href": text}, HERE, "")) == []


def test_an_address_of_its_own_comes_before_that_for_a_script() -> None:
    (link,) = page("<a href='/a/' data-url='/b/'>年报</a>").links
    assert link.url == "http://www.x.gov.cn/a/"


@pytest.mark.parametrize(
    "html",
    [
        "<div>您的位置：<a href='/'>首页</a> &gt; <a href='/a/'>政府信息公开</a> &gt; 政府信息公开年报</div>",
        "<div class='crumb'><a href='/'>首页</a>»<a href='/a/'>政府信息公开</a>»<span>政府信息公开年报</span></div>",
        "<p><b>当前位置:</b> 首页 / 政府信息公开 / 政府信息公开年报</p>",
    ],
)
def test_the_breadcrumb_tells_where_a_page_is(html: str) -> None:
    assert page(html).breadcrumb == ("首页", "政府信息公开", "政府信息公开年报")


def test_a_page_without_one() -> None:
    assert page("<p>位置优越</p>").breadcrumb == ()
