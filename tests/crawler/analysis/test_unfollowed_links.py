"""Which links a probe names because it did not follow them."""

from __future__ import annotations

import pytest

from gongkai.crawler.analysis.unfollowed_links import unfollowed_links
from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.discovery.link_roles import Role
from gongkai.crawler.discovery.page import WebPage

URL = "http://www.x.gov.cn/gk/"
MENU = (
    "<ul><li><a href='/gk/nb/'>政府信息公开年报</a></li><li><a href='/gk/dw/'>各条块口</a></li><li><a href='/gk/zn/'>政府信息公开指南</a></li>"
    "<li><a href='/xw/'>新闻中心</a></li><li><a href='/gk/2/'>2</a></li></ul>"
)


def named(html: str, role: Role = Role.DISCLOSURE) -> list[str]:
    page = WebPage(URL, f"<html><body>{html}</body></html>".encode())
    return [
        link.text for link in unfollowed_links(page.links, role, page.base_url, FAMILIES["generic"])
    ]


@pytest.mark.parametrize("role", [Role.HOME, Role.DISCLOSURE])
def test_unknown_words_beside_those_of_disclosure_are_named(role: Role) -> None:
    assert named(MENU, role) == ["各条块口"]


def test_other_lists_of_the_page_are_not() -> None:
    assert named(MENU + "<ul><li><a href='/a/'>便民电话</a></li><li><a href='/b/'>公交线路</a></li></ul>") == ["各条块口"]  # fmt: skip
    assert (
        named("<ul><li><a href='/a/'>各条块口</a></li><li><a href='/b/'>公交线路</a></li></ul>")
        == []
    )


def test_rows_are_not() -> None:
    row = "<li><a href='/gk/t1.html'>某项工作的情况说明</a><span>2025-01-20</span></li>"
    assert named(MENU.replace("</ul>", row + "</ul>")) == ["各条块口"]
