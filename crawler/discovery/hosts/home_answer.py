"""What a home page is: where it forwards to, and whether it is a page at all without its scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gongkai.crawler.discovery.hosts.page_owner import page_owner
from gongkai.crawler.discovery.hosts.sister_hosts import host_of
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.discovery.urls import absolute_url

META_REFRESH = re.compile(
    r"<meta\b[^<>]{0,200}http-equiv\s{0,4}=\s{0,4}[\"']?refresh\b[^<>]{0,400}", re.I
)
REFRESH_URL = re.compile(r"url\s{0,4}=\s{0,4}[\"']?([^\"'<>\s]{1,2000})", re.I)

MAX_STUB_LINKS = 3
"""A home page with no more links than this, and a script, is drawn by the script."""


@dataclass(frozen=True, slots=True)
class HomeAnswer:
    """A home page as it was answered.

    `url` is the address at which it answered, maybe by another scheme than it was asked for.
    `forward` is the address on another host to which it leads at once, "" where it stays. `is_stub`
    tells that it has a script and next to no links. `owner` is as `page_owner` returns it.
    """

    url: str = ""
    status: int = 0
    size: int = 0
    forward: str = ""
    is_stub: bool = False
    owner: str = ""


def read_home_answer(page: WebPage, status: int, size: int) -> HomeAnswer:
    """Return what a home page is; `size` are the bytes of its body."""
    links = [link for link in page.links if link.text or link.embedded]
    is_stub = len(links) <= MAX_STUB_LINKS and "<script" in page.text.lower()
    here = host_of(page.address)
    targets = [link.url for link in links if link.embedded and not link.text] if is_stub else []
    refresh = META_REFRESH.search(page.text)
    if refresh and (found := REFRESH_URL.search(refresh[0])):
        targets.insert(0, absolute_url(page.base_url, found[1]))
    forward = next((url for url in targets if host_of(url) not in ("", here)), "")
    return HomeAnswer(page.address, status, size, forward, is_stub, page_owner(page)[0])
