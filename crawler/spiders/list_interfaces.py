"""Where the lists of one site are requested: interfaces on other official hosts, and missing ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gongkai.crawler.analysis.next_pages import NextPage
from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.components.middlewares import refusal_reason
from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.discovery.link_roles import Visit
from gongkai.crawler.sites.registry import is_official, netloc

MAX_HOSTS = 2
MAX_ATTEMPTS = 5
"""Addresses of one interface that are tried."""


class ListInterfaces:
    """Learns during a crawl where the lists of a site are; `hosts` are those besides the site's own."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()
        self._missing: set[str] = set()

    def may_ask(self, url: str, visit: Visit) -> bool:
        """Return whether another official host may be asked for a list, as the site's script asks it.

        Hunan's portals get their lists from one host of the province. It is asked for those alone.
        """
        host = netloc(url)
        if visit.request is None or not is_official(host) or refusal_reason(url, frozenset({host})):
            return False
        if host not in self.hosts and len(self.hosts) == MAX_HOSTS:
            return False
        self.hosts.add(host)
        return True

    def learned(self, visit: Visit, analysis: PageAnalysis) -> PageAnalysis:
        """Return an analysis with requests where the lists of this site are, after one was missing."""
        if analysis.outcome == "missing" and visit.request and visit.number == 1:
            self._missing.add(_folder(visit))
        if not self._missing:
            return analysis
        return replace(analysis, next_pages=tuple(self._existing(analysis.next_pages)))

    def _existing(self, next_pages: Iterable[NextPage]) -> Iterator[NextPage]:
        for found in next_pages:
            tried = found
            for _ in range(MAX_ATTEMPTS):
                asked = tried.visit.request
                if asked is None or _folder(tried.visit) not in self._missing:
                    break
                other = next(FAMILIES[tried.visit.family].other_requests(asked), None)
                if other is None:
                    break
                visit = replace(tried.visit, request=other)
                tried = replace(tried, url=other.address, visit=visit)
            yield tried


def _folder(visit: Visit) -> str:
    """Return the address of an interface without the number of the column."""
    return visit.request.url.partition("?")[0].rpartition("/")[0] if visit.request else ""
