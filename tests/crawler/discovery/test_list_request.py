"""Requests that scripts send for lists: what tells them apart, and their way to the child and back."""

from __future__ import annotations

import json

from gongkai.crawler.analysis.frames import (
    pack_analysis,
    pack_page,
    unpack,
    unpack_analysis,
    unpack_page,
)
from gongkai.crawler.analysis.next_pages import NextPage
from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.list_request import (
    ListRequest,
    form_request,
    get_request,
    json_request,
    request_address,
)
from gongkai.crawler.discovery.page import WebPage

URL = "http://www.yangpo.gov.cn/list"


def test_two_bodies_are_two_addresses() -> None:
    first, second = (form_request(URL, {"classsql": "chnlid=5", "page": n}, n) for n in (1, 2))
    assert first.address == f"{URL}?__wb_method=POST&classsql=chnlid%3D5&page=1"
    assert first.address != second.address
    assert (second.page, second.method) == (2, "POST")


def test_a_json_body_is_named_by_its_leaves() -> None:
    asked = json_request(URL, {"no": 1, "filter": [{"name": "c", "no": 7}, {"no": True}]})
    assert asked.address == f"{URL}?__wb_method=POST&no=1&name=c&no.2_=7&no.3_=True"
    assert json.loads(asked.body)["filter"][0]["no"] == 7


def test_other_bodies_are_told_apart_too() -> None:
    addresses = {
        request_address(URL, "POST", body, media_type)
        for body, media_type in [
            (b"<a/>", "text/xml"),
            (b"<b/>", "text/xml"),
            (b"{", "application/json"),
            (b"[" * 5_000 + b"]" * 5_000, "application/json"),
            ("年报".encode(), "application/x-www-form-urlencoded"),
        ]
    }
    assert len(addresses) == 5
    assert all(
        address.startswith(f"{URL}?__wb_method=POST&__wb_post_data=") for address in addresses
    )


def test_parameters_of_get_join_those_of_the_address() -> None:
    assert get_request(f"{URL}?a=1", {"page": 2}, 2).address == f"{URL}?a=1&page=2"
    assert get_request(URL, {}).address == URL


def test_a_request_goes_to_the_child_and_back() -> None:
    visit = Visit(
        Role.COLUMN, base_url="http://www.yangpo.gov.cn/nb/", request=form_request(URL, {"p": 1})
    )
    page = FetchedPage(URL, 200, "application/json", b"{}", visit)
    assert unpack_page(pack_page(page)) == page
    analysis = PageAnalysis(
        "list", next_pages=(NextPage(URL, visit), NextPage(URL, Visit(Role.HOME)))
    )
    assert unpack_analysis(unpack(pack_analysis(analysis))[0]) == analysis


def test_a_piece_of_a_page_is_relative_to_the_page_that_requested_it() -> None:
    base = "http://www.yangpo.gov.cn/nb/index.html"
    piece = WebPage(URL, b'<ul><li><a href="./a.html">x</a></li></ul>', "", base, ListRequest(URL))
    whole = WebPage(URL, b'<html><a href="./a.html">x</a></html>', "", base, ListRequest(URL))
    assert [link.url for link in piece.links] == ["http://www.yangpo.gov.cn/nb/a.html"]
    assert [link.url for link in whole.links] == ["http://www.yangpo.gov.cn/a.html"]
