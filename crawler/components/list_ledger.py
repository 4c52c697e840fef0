"""Which lists were reached whole: what each list says about its size, against what a run has read.

A list is a column of reports with its further pages and with the answers that its scripts request. It
is reached whole where as many rows or as many pages were read as it says it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from gongkai.crawler.analysis.list_page import ListPage
from gongkai.crawler.analysis.page_analysis import NextPage, row_addresses
from gongkai.crawler.components.crawl_context import address_of, extension_of
from gongkai.crawler.components.empty_columns import EmptyColumns, EmptyFound
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.urls import canonical_url_key

LEAST_SHARE = 0.8
"""Where every page of a list was read, its count of rows may also count what it does not show: rows
that were taken down, or that stand in it twice."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A list that was reached in part: how many of its rows, or of its pages, were read."""

    url: str
    title: str
    reached: int
    stated: int
    unit: str  # rows, pages; column: its page could not be read; empty: it has no row and no way on


@dataclass(frozen=True, slots=True)
class _ReadPage:
    order: int  # in which it was read
    url: str
    visit: Visit
    page: ListPage
    rows: frozenset[str]  # keys of the addresses


class ListLedger:
    """Keeps the lists of one crawl. Pages are named by the keys of their addresses."""

    def __init__(self) -> None:
        self._read: dict[str, _ReadPage] = {}
        self._further: dict[str, set[str]] = defaultdict(set)
        self._parts: dict[str, set[str]] = defaultdict(set)
        self._leaders: dict[str, set[str]] = defaultdict(set)
        self._failed: dict[str, str] = {}  # key -> address
        self._failed_columns: set[str] = set()
        self._cut: set[str] = set()
        self._ended: set[str] = set()
        self._columns = EmptyColumns()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension; it has no settings."""
        return cls()

    def page_read(
        self, url: str, visit: Visit, found: ListPage | None, next_pages: Sequence[NextPage]
    ) -> None:
        """Note a page that was analysed, and where it leads; None for what is no page of a column."""
        key = canonical_url_key(url)
        rows = frozenset(map(canonical_url_key, row_addresses(next_pages)))
        for each in next_pages:
            if each.relation == "cut":
                self._cut.add(key)
            elif each.relation != "link":
                other = canonical_url_key(each.url)
                (self._further if each.relation == "page" else self._parts)[key].add(other)
                self._leaders[other].add(key)
        self._columns.page_read(url, visit, next_pages, is_list=found is not None)
        if found is None:  # another page may be asked for in its place
            return
        self._failed.pop(key, None)
        self._read[key] = _ReadPage(len(self._read), url, visit, found, rows)
        if visit.request and visit.number > 1:
            self._end_repeating(key, rows)

    def page_failed(self, url: str, visit: Visit) -> None:
        """Note a page that could not be read; only those of columns count."""
        if visit.role is Role.COLUMN:
            key = canonical_url_key(url)
            self._failed[key] = url
            if visit.number == 1 and visit.request is None:
                self._failed_columns.add(key)

    def is_ended(self, url: str) -> bool:
        """Return whether a page belongs to a list whose answers repeat their rows."""
        return canonical_url_key(url) in self._ended

    def shortfalls(self) -> list[Shortfall]:
        """Return the lists that were reached in part, in the order in which they were read."""
        begun = [
            key
            for key, each in self._read.items()
            if each.visit.number == 1 and not each.visit.request
        ]
        found = [*filter(None, map(self._shortfall, begun))]
        failed = [
            Shortfall(self._failed[key], "", 0, 1, "column")
            for key in sorted(self._failed_columns & self._failed.keys())
        ]
        told = {each.url for each in (*found, *failed)}
        empty = [self._empty(key) for key in self._judge_empty().faults]
        return [*found, *failed, *(each for each in empty if each.url not in told)]

    def empty_columns(self) -> list[Shortfall]:
        """Return the empty columns of units where other columns have rows: they may have nothing yet."""
        return [self._empty(key) for key in self._judge_empty().rightly]

    def _judge_empty(self) -> EmptyFound:
        parts = frozenset(key for found in self._parts.values() for key in found)
        begun = self._read.keys() - parts
        return self._columns.judge({key: self._reached_from(key, parts=True) for key in begun})

    def _empty(self, key: str) -> Shortfall:
        read = self._read[key]
        return Shortfall(read.url, read.page.title, 0, 1, "empty")

    def _end_repeating(self, key: str, rows: frozenset[str]) -> None:
        """End the list where a page repeats rows, or has none: the server does not turn its pages."""
        siblings = {
            other for leader in self._leaders[key] for other in (leader, *self._further[leader])
        }
        read = [self._read[other].rows for other in siblings - {key} if other in self._read]
        if rows <= frozenset().union(*read):
            self._ended |= siblings - self._read.keys()

    def _shortfall(self, first: str) -> Shortfall | None:
        own = self._reached_from(first, parts=False)
        reached = self._reached_from(first, parts=True) & self._read.keys()
        read = sorted((self._read[key] for key in reached), key=lambda each: each.order)
        rows, pages = _count_reached(read)
        stated_rows, stated_pages = _stated([self._read[key] for key in own if key in self._read])
        missing = len({key for key in own if key in self._failed and key not in self._read})
        if any(key in self._cut for key in own):
            stated_pages = max(stated_pages or 0, len(read) + 1)
        elif missing and stated_rows is None and stated_pages is None:
            stated_pages = pages + missing
        begin = self._read[first]
        if stated_rows is not None:
            all_pages = stated_pages is not None and pages >= stated_pages
            enough = LEAST_SHARE * stated_rows if all_pages else stated_rows
            if rows < enough:
                return Shortfall(begin.url, begin.page.title, rows, stated_rows, "rows")
        elif stated_pages is not None and pages < stated_pages and (stated_pages > 1 or missing):
            return Shortfall(begin.url, begin.page.title, pages, stated_pages, "pages")
        return None

    def _reached_from(self, first: str, *, parts: bool) -> set[str]:
        """Return the pages of the list that begins with a page, read or not."""
        found, waiting = {first}, [first]
        while waiting:
            key = waiting.pop()
            # a page of a list may also be one of another's, which begins by itself
            following = self._further[key] | (self._parts[key] if parts else set())
            waiting += following - found
            found |= following
        return found


class EndedListMiddleware:
    """Drops the requests for further pages of a list whose answers repeat their rows."""

    def __init__(self, ledger: ListLedger) -> None:
        self.ledger = ledger

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware around the crawl's ledger."""
        return cls(extension_of(crawler, ListLedger))

    def process_request(self, request: Request) -> None:
        """Let a request pass.

        Raises:
            IgnoreRequest: Its list has ended.
        """
        visit: object = request.cb_kwargs.get("visit")
        is_further = isinstance(visit, Visit) and visit.request is not None and visit.number > 1
        if is_further and self.ledger.is_ended(address_of(request)):
            raise IgnoreRequest(f"the list repeats its rows: {request.url}")


def _count_reached(read: Iterable[_ReadPage]) -> tuple[int, int]:
    """Return how many rows, and how many pages with rows of their own, were read.

    A row that stands twice on a page counts twice, as lists count it. A page counts with all of its
    rows where most of them are new, since some rows are shown on every page.
    """
    known: set[str] = set()
    rows = pages = 0
    for each in read:
        new = len(each.rows - known)
        known |= each.rows
        if new or (each.page.shown and not each.rows):
            pages += 1
        rows += each.page.shown if 2 * new >= len(each.rows) else new
    return rows, pages


def _stated(read: Sequence[_ReadPage]) -> tuple[int | None, int | None]:
    """Return how many rows and pages a list says it has: by its answers, else by its pages."""
    answers = [each for each in read if each.page.is_answer and _says_anything(each)]
    said = [each.page for each in answers or read]
    return (
        max((each.rows for each in said if each.rows is not None), default=None),
        max((each.pages for each in said if each.pages is not None), default=None),
    )


def _says_anything(each: _ReadPage) -> bool:
    return each.page.rows is not None or each.page.pages is not None
