"""Session ids in addresses, and ids of articles that look like them."""

from __future__ import annotations

import pytest

from gongkai.crawler.analysis.page_analysis import analyze
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.sessions import LearntSessions, without_session
from gongkai.crawler.discovery.urls import absolute_url

HOST = "http://www.yunxi.gov.cn"
LIST = f"{HOST}/xxgk/nb/"
ONE, TWO = "8a7e60815b2c3d1f015b2c9e7d2a0101", "8a7e60815b2c3d1f015b2c9e7d2a0102"
TITLES = [f"云溪县{name}局2022年政府信息公开工作年度报告" for name in ("水务", "林业", "审计")]


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/a.jsp;jsessionid=0A1B2C?id=7", "/a.jsp?id=7"),
        ("/a.do;JSESSIONID=0A1B.node1", "/a.do"),
        ("/a.do?JSESSIONID=0A1B2C&id=7", "/a.do?id=7"),
        ("/a.php?id=7&PHPSESSID=f00", "/a.php?id=7"),
        ("/a.asp?ASPSESSIONIDQQBT=ABC&id=7", "/a.asp?id=7"),
        ("/(S(1nd5ej45lnuxy2555x4wnv55))/a.aspx?id=7", "/a.aspx?id=7"),
        ("/(X(1)S(1nd5ej45lnuxy2555x4wnv55))/a.aspx", "/a.aspx"),
        ("/xxgk/(1nd5ej45lnuxy2555x4wnv55)/a.aspx", "/xxgk/a.aspx"),
        (f"/t20230110_77.html?sid={ONE}", "/t20230110_77.html"),
        ("/a.jsp?id=7&_=1700000000000", "/a.jsp?id=7"),
    ],
)
def test_a_session_is_not_asked_for(address: str, asked: str) -> None:
    assert absolute_url(LIST, address) == HOST + asked


@pytest.mark.parametrize(
    "address",
    [
        f"/show.jsp?sid={ONE}",
        "/api/all/1?sid=2",
        "/list.jsp?sessionid=12",
        "/a(1)/b.html",
        "/list.jsp?timestamp=2023-01-10",
        "/a.jsp?id=7&empty=",
        "/a.jsp?lonely",
    ],
)
def test_an_address_without_a_session_stays_as_it_is(address: str) -> None:
    assert without_session(HOST + address) == HOST + address


def asked_from(links: str, address: str = LIST) -> list[str]:
    """Return what a column with these links leads to."""
    body = f'<html><meta name="ColumnName" content="政府信息公开年报"><ul>{links}</ul>'.encode()
    found = analyze(FetchedPage(address, 200, "text/html", body, Visit(Role.COLUMN)))
    return list(dict.fromkeys(each.url for each in found.next_pages))


def test_ids_that_differ_between_the_links_of_a_list_are_those_of_articles() -> None:
    links = "".join(
        f'<li><a href="/show.jsp?sid={number}">{title}</a> 2023-01-10</li>'
        for number, title in zip((ONE, TWO), TITLES, strict=False)
    )
    assert asked_from(links) == [f"{HOST}/show.jsp?sid={number}" for number in (ONE, TWO)]


def test_an_id_that_all_links_of_a_page_share_is_a_session() -> None:
    links = "".join(
        f'<li><a href="/show.jsp?id={number}&sid={ONE}">{title}</a> 2023-01-10</li>'
        for number, title in enumerate(TITLES, 7)
    )
    assert asked_from(links) == [f"{HOST}/show.jsp?id={number}" for number in (7, 8, 9)]


def test_an_id_that_few_links_of_a_page_share_is_that_of_an_article() -> None:
    links = (
        f'<li><a href="/show.jsp?sid={ONE}">{TITLES[0]}</a> 2023-01-10</li>'
        f'<li><a href="/print.jsp?sid={ONE}">打印</a></li>'
        '<li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li>'
        '<li><a href="/sy/">新闻</a></li>'
    )
    assert f"{HOST}/show.jsp?sid={ONE}" in asked_from(links)


ARTICLE = f"{HOST}/show.jsp?id=7"


def learnt(**digests: str) -> LearntSessions:
    """Return what is learnt from the digest behind each value of `sid`."""
    found = {f"{ARTICLE}&sid={value}": digest for value, digest in digests.items()}
    return LearntSessions(found.items())


def test_values_with_one_content_are_sessions() -> None:
    sessions = learnt(aaaaaaaaaaaaaaaa="sha256:1", bbbbbbbbbbbbbbbb="sha256:1")
    assert sessions.clean(f"{ARTICLE}&sid=cccccccccccccccc") == ARTICLE


@pytest.mark.parametrize("third", ["sha256:1", "sha256:2"])
def test_values_with_several_contents_are_articles(third: str) -> None:
    sessions = learnt(
        aaaaaaaaaaaaaaaa="sha256:1", bbbbbbbbbbbbbbbb="sha256:3", cccccccccccccccc=third
    )
    assert sessions.clean(f"{ARTICLE}&sid=dddddddddddddddd") == f"{ARTICLE}&sid=dddddddddddddddd"


@pytest.mark.parametrize(
    ("encoding", "query"),
    [("gb18030", "%CB%AE%CE%F1%BE%D6"), ("utf-8", "%E6%B0%B4%E5%8A%A1%E5%B1%80")],
)
def test_a_query_is_sent_in_the_encoding_of_its_page(encoding: str, query: str) -> None:
    body = (
        '<html><meta name="ColumnName" content="政府信息公开年报"><ul>'
        f'<li><a href="/水务/show.asp?bm=水务局">{TITLES[0]}</a> 2023-01-10</li></ul>'
    ).encode(encoding)
    found = analyze(FetchedPage(LIST, 200, "text/html", body, Visit(Role.COLUMN)))
    assert [each.url for each in found.next_pages] == [
        f"{HOST}/%E6%B0%B4%E5%8A%A1/show.asp?bm={query}"
    ]
