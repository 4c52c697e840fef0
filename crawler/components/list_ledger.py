"""Which lists were reached whole: what each list says about its size, against what a run has read.

A list is a column of reports with its further pages and with the answers that its scripts request. It
is reached whole where as many rows or as many pages were read as it says it has.

What is kept of a page is bounded: numbers in place of addresses, some of its rows, and of its links to
further pages those that no page before it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from gongkai.crawler.analysis.list_page import ListPage
from gongkai.crawler.analysis.next_pages import NextPage, row_addresses
from gongkai.crawler.components.crawl_context import address_of, extension_of
from gongkai.crawler.components.empty_columns import EmptyColumns, EmptyFound
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.urls import address_number

ROWS_KEPT = 2_000
"""Rows of one page that are compared with those of others: the smallest numbers, the same on each page."""

EMPTY_PAGES = 2
"""Further pages without rows that end a list whose answers turn no pages. One alone may be a fault."""

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
    page: ListPage
    rows: frozenset[int]
    is_first: bool  # the first page of a list
    is_asked: bool  # the answer to a request of a script, for a page behind the first


class ListLedger:
    """Keeps the lists of one crawl. Pages and rows are numbers, made from the keys of their addresses."""

    def __init__(self) -> None:
        self._read: dict[int, _ReadPage] = {}
        self._further: dict[int, set[int]] = defaultdict(set)
        self._parts: dict[int, set[int]] = defaultdict(set)
        self._leaders: dict[int, set[int]] = defaultdict(set)
        self._failed: dict[int, str] = {}  # page -> address
        self._failed_columns: dict[int, None] = {}
        self._cut: set[int] = set()
        self._ended: set[int] = set()
        self._columns = EmptyColumns()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension; it has no settings."""
        return cls()

    def page_read(
        self, url: str, visit: Visit, found: ListPage | None, next_pages: Sequence[NextPage]
    ) -> None:
        """Note a page that was analysed, and where it leads; None for what is no page of a column."""
        key = address_number(url)
        is_first = visit.request is None and visit.number == 1
        for each in next_pages:
            if each.relation == "cut":
                self._cut.add(key)
            elif each.relation != "link":
                other, is_page = address_number(each.url), each.relation == "page"
                self._lead(key, other, is_page=is_page, is_first=is_first)
        self._columns.page_read(url, visit, next_pages, is_list=found is not None)
        if visit.role is Role.DISCLOSURE:
            self._failed.pop(key, None)
        if found is None:  # another page may be asked for in its place
            return
        self._failed.pop(key, None)
        rows = frozenset(nsmallest(ROWS_KEPT, {*map(address_number, row_addresses(next_pages))}))
        is_asked = visit.request is not None and visit.number > 1
        self._read[key] = _ReadPage(len(self._read), url, found, rows, is_first, is_asked)
        if is_asked:
            self._end_repeating(key, rows)

    def page_failed(self, url: str, visit: Visit) -> None:
        """Note a page that could not be read; those of columns and of the way to them count."""
        if visit.role not in (Role.COLUMN, Role.DISCLOSURE):
            return
        key = address_number(url)
        self._failed[key] = url
        is_first = visit.number == 1 and visit.request is None
        if is_first or visit.role is Role.DISCLOSURE:
            self._failed_columns[key] = None

    def _lead(self, key: int, other: int, *, is_page: bool, is_first: bool) -> None:
        """Note where a page leads, unless the pages that lead to it lead there themselves.

        A first page keeps its links: further pages lead back to it, and may be read before it where
        the same list has a second address.
        """
        leaders = () if is_first else self._leaders.get(key, ())
        if is_page and leaders and all(other in self._further[each] for each in leaders):
            return
        (self._further if is_page else self._parts)[key].add(other)
        self._leaders[other].add(key)

    def is_ended(self, url: str) -> bool:
        """Return whether a page belongs to a list whose answers repeat their rows."""
        return address_number(url) in self._ended

    def shortfalls(self) -> list[Shortfall]:
        """Return the lists that were reached in part, in the order in which they were read."""
        begun = [key for key, each in self._read.items() if each.is_first]
        found = [*filter(None, map(self._shortfall, begun))]
        failed = [
            Shortfall(self._failed[key], "", 0, 1, "column")
            for key in self._failed_columns
            if key in self._failed
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

    def _empty(self, key: int) -> Shortfall:
        read = self._read[key]
        return Shortfall(read.url, read.page.title, 0, 1, "empty")

    def _end_repeating(self, key: int, rows: frozenset[int]) -> None:
        """End the list where a page repeats rows, or several have none: the server turns no pages."""
        siblings = {
            other for leader in self._leaders[key] for other in (leader, *self._further[leader])
        }
        read = [self._read[other] for other in siblings - {key} if other in self._read]
        if rows:
            is_ended = rows <= frozenset().union(*(each.rows for each in read))
        else:
            empty = sum(each.is_asked and not each.rows for each in read)
            is_ended = empty + 1 >= EMPTY_PAGES
        if is_ended:
            self._ended |= {other for other in siblings if other not in self._read}

    def _shortfall(self, first: int) -> Shortfall | None:
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

    def _reached_from(self, first: int, *, parts: bool) -> set[int]:
        """Return the pages of the list that begins with a page, read or not."""
        found, waiting = {first}, [first]
        while waiting:
            key = waiting.pop()
            # a page of a list may also be one of another's, which begins by itself
            following = self._further.get(key, set()) | (
                self._parts.get(key, set()) if parts else set()
            )
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


def _count_reached(read: Sequence[_ReadPage]) -> tuple[int, int]:
    """Return how many rows, and how many pages with rows of their own, were read.

    A row that stands twice on a page counts twice, as lists count it. A page counts with all of its
    rows where most of them are new, since some rows are shown on every page. A page whose rows name no
    report, in a list in which most rows do, is another page that the server sent in its place.
    """
    known: set[int] = set()
    rows = pages = 0
    shown = sum(each.page.shown for each in read)
    names_reports = 2 * sum(each.page.named for each in read) >= shown
    for each in read:
        if names_reports and not each.page.named:
            continue
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
