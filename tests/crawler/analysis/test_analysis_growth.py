"""The analysis of a page takes time in proportion to it, whatever the page consists of."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from gongkai.crawler.analysis.page_analysis import FetchedPage, analyze
from gongkai.crawler.discovery.link_roles import Role, Visit
from tests.crawler.tiny import HOST, REPORT

NOTICEABLE = 0.4
"""Seconds of processor time that no page of 240 kB needs, on a slow machine either."""

SHORT, LONG = 30_000, 240_000
DEPTH = 300
TRIES = 10
ROW = '<a href="/x/">某局2024年政府信息公开工作年度报告</a>'


def repeated(piece: str, head: str = "", tail: str = "") -> Callable[[int], str]:
    """Return what makes a page of so many bytes by repeating a piece."""
    return lambda size: head + piece * (size // len(piece.encode())) + tail


def halves(head: str, piece: str, other: str, tail: str = "") -> Callable[[int], str]:
    """Return what makes a page whose two halves repeat one piece each."""
    return lambda size: head + repeated(piece)(size // 2) + tail + repeated(other)(size // 2)


SHAPES: dict[str, Callable[[int], str]] = {
    "paragraphs": repeated("<p>a"),
    "comments between texts": repeated("x<!--a-->"),
    "links": repeated(ROW),
    "links without a title": repeated('<div><p>某局</p><a href="/x">查看</a></div>'),
    "links of two kinds": repeated('<area href="/x"><a href="/y">a</a>'),
    "links within each other": repeated(
        '<a href="/x"><b>查看</b></a>', '<a href="/x"><div>' * DEPTH
    ),
    "links deep down": repeated(ROW, "<ul><li>" * DEPTH),
    "downloads deep down": repeated('<a href="/down?id=1">附件</a>', "<a href='/?'><div>" * DEPTH),
    "texts deep down": repeated("<i>a</i>", "<div>" * DEPTH),
    "boxes within each other": repeated("<div>" * DEPTH + "a" + "</div>" * DEPTH),
    "tables within each other": repeated("<table><tr><td>" * 60 + "规章" + "</table>" * 60),
    "merged cells": repeated("<td rowspan=200>1<td>2<tr>", "<table><tr>"),
    "paths to the page": repeated(
        "<b>位置</b>&gt;<a href=/>首页</a>", "<div class=position>" * DEPTH
    ),
    "rows with addresses": repeated("<b data-url=/y/>某局</b>", "<div data-url=/x/>" * DEPTH),
    "clicks": repeated('<b onclick="go(1)">a</b>', '<div onclick="go(1)">' * DEPTH),
    "clicks and functions": halves(
        "<script>", "function go(x){location='/a/'+x}\n", '<b onclick="go(1)">a</b>', "</script>"
    ),
    "bound links and scripts": halves(
        "<script>",
        "var paths = location.pathname.split('/');\n",
        "<a :href=\"'/a/' + paths[4]\">某局</a>",
        "</script>",
    ),
    "lists of options": repeated('<select onchange="go(1)"><option value=9>某局</select>'),
    "options": repeated("<option value=9>某局", '<select onchange="go(1)">'),
    "scripts": repeated("<script>a=1</script>"),
    "fields and meta tags": repeated("<input id=a value=b><meta name=a content=b><textarea>"),
    "headings and entries": repeated("<h2>某局</h2><li class=on>某局</li>"),
    "end tags of nothing": repeated("</b>", "<i>" * DEPTH),
    "links behind a report": repeated(
        "<div><a href=/x>某局的文章</a> 2024-01-02</div>", REPORT.format(title="某局年报")
    ),
    "texts behind a report": repeated(
        "<p>某局的文章</p>", REPORT.format(title="某局年报") + "<div>" * DEPTH
    ),
    "data": repeated('{"title":"某局","url":"/x"},', '{"list":[', "{}]}"),
    "markup in data": repeated("<li><a href='/x'>某局</a></li>", '{"a":"', '"}'),
}


@pytest.mark.parametrize("name", SHAPES)
def test_pages_take_time_in_proportion(name: str) -> None:
    """Eight times the page takes at most about eight times the processor time."""
    shape = SHAPES[name]
    long, short = _seconds(shape(LONG)), _seconds(shape(SHORT))
    for number in range(1, TRIES):
        if long < max(NOTICEABLE, 16 * short):
            break
        # a busy machine disturbs one of the two more than the other; no text is analysed twice
        other = " " * number
        long = min(long, _seconds(shape(LONG) + other))
        short = min(short, _seconds(shape(SHORT) + other))
    assert long < max(NOTICEABLE, 16 * short)


@pytest.mark.parametrize("tag", ["<div>", "<b><i>", "<table><tr><td>", "<ul><li>", "<nextgroup>"])
def test_a_page_nested_without_end_is_refused(tag: str) -> None:
    """The parser would leave out what is beyond its own bound."""
    found = analyze(_page(tag * 20_000 + ROW))
    assert (found.outcome, found.limit) == ("hostile", "depth")


def test_a_page_whose_end_tags_are_forgotten_is_read() -> None:
    """Some hundreds of rows without end tags nest as deep."""
    found = analyze(_page("<div><p>" + f"<div>{ROW}" * 800))
    assert [each.url for each in found.next_pages] == [f"{HOST}/x/"]


def _page(text: str) -> FetchedPage:
    return FetchedPage(
        f"{HOST}/zwgk/", 200, "text/html; charset=utf-8", text.encode(), Visit(Role.COLUMN)
    )


def _seconds(text: str) -> float:
    """Return the processor time of one run."""
    page = _page(text)
    start = time.thread_time()
    analyze(page)
    return time.thread_time() - start
