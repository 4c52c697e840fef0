"""Addresses at which other crawlers saw reports: which of them are asked for tonight.

No list need lead to such an address, and only an answer of ours tells whether the report still stands
there. They wait until everything else is asked for, and take turns as known addresses do.
"""

from __future__ import annotations

import zlib
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import date

from gongkai.crawler.discovery.link_roles import Role
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.sites.registry import netloc
from gongkai.crawler.warc.tables.import_table import ReportElsewhere
from gongkai.crawler.warc.tables.page_notes import AddressHistory, PageNote

BATCH = 50
"""Addresses of one host that are asked for before it is seen whether they answer."""

ELSEWHERE = "elsewhere"
"""Key in a request's meta: only other crawlers led to this address."""


class AddressesElsewhere:
    """The addresses of one crawl, in batches by host.

    A host of which no address of a batch was answered is not asked for more of them tonight: what others
    saw must not make a crawl fail. `never_ours` are keys of addresses at which we never saw a report.
    """

    def __init__(
        self, seen: Iterable[ReportElsewhere] = (), known: dict[str, AddressHistory] | None = None
    ) -> None:
        self.seen = tuple(seen)
        self.by_key = {canonical_url_key(each.url): each for each in self.seen}
        ours = {key for key, history in (known or {}).items() if history.held_report}
        self.never_ours = self.by_key.keys() - ours
        self._waiting: dict[str, deque[ReportElsewhere]] = defaultdict(deque)
        self._asked: set[str] = set()  # hosts with a batch on its way
        self._answering: set[str] = set()
        self.is_filled = False

    def fill(self, due: Iterable[ReportElsewhere], today: date) -> None:
        """Take the addresses that are due tonight, once, in an order that changes from day to day.

        So those that are never answered do not keep the others waiting.
        """
        self.is_filled = True
        for each in sorted(due, key=lambda each: zlib.crc32(f"{today} {each.url}".encode())):
            self._waiting[netloc(each.url)].append(each)

    def note_answer(self, url: str) -> None:
        """Note that an address was answered, or may not be asked: the host is no reason to stop."""
        self._answering.add(netloc(url))

    def next_batch(self) -> list[ReportElsewhere]:
        """Return what is asked for now: of each host one address first, then many."""
        batch: list[ReportElsewhere] = []
        for host, waiting in self._waiting.items():
            if host in self._asked and host not in self._answering:
                waiting.clear()
                continue
            size = min(len(waiting), BATCH if host in self._answering else 1)
            self._answering.discard(host)
            self._asked.add(host)
            batch += [waiting.popleft() for _ in range(size)]
        return batch

    def history_of(self, key: str, site: str) -> AddressHistory | None:
        """Return what others saw at an address as if we had: it held a report. None where nobody did."""
        each = self.by_key.get(key)
        if each is None:
            return None
        role = Role.ARTICLE if each.is_page else Role.DOCUMENT
        note = PageNote("", each.url, site, "report", role, "", is_report=False, misses=0)
        return AddressHistory(note, held_report=True)
