"""Finding the links of a page takes time in proportion to it."""

from __future__ import annotations

import time

import pytest

from gongkai.crawler.discovery.page import WebPage

LINKS = {
    "rows beside each other": '<a href="/a.html">某县2024年政府信息公开</a>',
    "links without a title": '<a href="/a.html">查看</a>',
    "cards below headings": '<h3>2024年</h3><div><b><a href="/a.html">县教育局信息公开</a></b></div>',
    "headings within each other": '<h3>2024年<a href="/a.html">县教育局</a>',
    "menus within each other": '<ul><li><a href="/a.html">政府信息公开年报</a>',
    "boxes that are not closed": '<div><p>2024年</p><a href="/a.html">县教育局</a>',
    "links that are not closed": '<a href="/a.html">查看',
}


@pytest.mark.parametrize("name", LINKS)
def test_links_take_time_in_proportion(name: str) -> None:
    """Five times the links take at most about five times the processor time.

    Links that nest deeper than these are not looked for.
    """
    assert _seconds(LINKS[name] * 900) < 10 * _seconds(LINKS[name] * 180)


def _seconds(text: str) -> float:
    """Return the processor time of the least disturbed of three runs."""
    taken = []
    for _ in range(3):
        start = time.thread_time()
        assert WebPage("http://x.gov.cn/", text.encode(), "text/html").links
        taken.append(time.thread_time() - start)
    return min(taken)
