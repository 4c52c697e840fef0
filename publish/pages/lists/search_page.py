"""The search page: what was asked for, what was found, how it can be narrowed, the next page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import islice
from math import ceil

from gongkai.archive.store.names.name_search import FoundName, find_names
from gongkai.archive.store.names.question_rewriting import RewrittenQuestion, rewrite
from gongkai.archive.store.search import Results, hits, matching, scores
from gongkai.publish.datasette_types import Row
from gongkai.publish.facets.bitmaps import FACETS, FAILED, Facets, rows_in, to_bits
from gongkai.publish.http.query_args import MAX_PAGE, BadValue
from gongkai.publish.http.time_limit import time_limit
from gongkai.publish.pages.lists.listing import FacetChoices, region_choices
from gongkai.publish.pages.lists.search_query import NUMBER_SORTS, SearchQuery
from gongkai.publish.pages.places.region_tree import Region, load_ancestors
from gongkai.publish.wording.rules import RULES

PAGE_SIZE = 20
QUERY_MILLISECONDS = 2000
MAX_NAMES = 5
"""Regions and agencies above the results."""

_CHINA_MIDNIGHT = "strftime('%Y-%m-%dT%H:%M:%SZ', :{name}, '-8 hours', '{days}')"
_DATE_CONDITIONS = {
    "published_from": "r.published_on >= :published_from",
    "published_to": "r.published_on <= :published_to",
    "fetched_from": f"r.first_seen >= {_CHINA_MIDNIGHT.format(name='fetched_from', days='0 days')}",
    "fetched_to": f"r.first_seen < {_CHINA_MIDNIGHT.format(name='fetched_to', days='1 day')}",
}
"""SQL for the bounds of dates. Times in the archive are UTC, days those in China."""

_BY_NUMBER = """
SELECT r.rowid FROM report_summary s JOIN reports r ON r.id = s.report_id
ORDER BY s.{0} DESC NULLS LAST, r.published_on DESC, r.year DESC, r.id
"""

MAX_CHOICES = 12
"""Values of a facet on the page. More of them appear when the search is narrowed further."""

KNOWN_VALUES: Mapping[str, tuple[str, ...]] = {
    "answer": ("disclosed", "refused", "unavailable", "rejected", "reviews", "suits", "corrected"),
    "kind": ("government", "department", "office"),
    "form": ("2021", "2019", "legacy"),
    "status": ("complete", "partial", "text_only", "unreadable", "removed"),
    "rule": (FAILED,),
}
"""Values in the order in which they are shown."""

ALLOWED_VALUES: Mapping[str, tuple[str, ...]] = {
    **KNOWN_VALUES,
    "rule": (FAILED, *RULES),
}
"""Values that are valid even if no report has them."""

CLOSED_FACETS = ("answer", "kind", "form", "status", "rule", "sector")
"""Facets whose other values are invalid. A year or a region may have no reports."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results with its facets. `above` are the regions above the chosen one, and it.

    `question` is what was searched for, `names` are the regions and agencies that may be meant;
    `has_more_names` tells that there are others. `figures` has the summary of each report by its id.
    """

    query: SearchQuery
    question: RewrittenQuestion
    results: Results
    facets: tuple[FacetChoices, ...] = field(default=())
    above: tuple[Region, ...] = field(default=())
    names: tuple[FoundName, ...] = field(default=())
    has_more_names: bool = False
    figures: Mapping[str, Row] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The place of the first result on this page among all results, from 1."""
        return PAGE_SIZE * (self.query.page - 1) + 1

    @property
    def pages(self) -> int:
        """The number of pages that can be shown."""
        return min(MAX_PAGE, max(1, ceil(self.results.total / PAGE_SIZE)))


def run_search(conn: sqlite3.Connection, facets: Facets, query: SearchQuery) -> SearchPage:
    """Return a page of results. Without words, all reports match.

    Raises:
        BadValue: A chosen value is invalid.
    """
    check_values(facets, query)
    with time_limit(conn, QUERY_MILLISECONDS):
        question = question_of(conn, query)
        start = PAGE_SIZE * (query.page - 1)
        matched, rows = find_reports(conn, facets, query, question.text, start + PAGE_SIZE)
        narrowed = matched & facets.mask(query.chosen)
        names = find_names(conn, query.text, MAX_NAMES + 1) if query.page == 1 else ()
        found = hits(conn, rows[start:], question.text)
        return SearchPage(
            query,
            question,
            Results(narrowed.bit_count(), found),
            tuple(_facet_choices(conn, facets, query, matched)),
            load_ancestors(conn, query.region),
            names[:MAX_NAMES],
            len(names) > MAX_NAMES,
            _load_figures(conn, [hit.report_id for hit in found]),
        )


def _load_figures(conn: sqlite3.Connection, ids: list[str]) -> dict[str, Row]:
    """Return what the list shows of each report: requests received, answered, disclosed, refused."""
    marks = ", ".join("?" * len(ids))
    found = conn.execute(
        "SELECT report_id, requests_new, requests_handled, disclosed,"
        f" refused, reviews, suits FROM report_summary WHERE report_id IN ({marks})",
        ids,
    )
    return {row["report_id"]: row for row in found}


def question_of(conn: sqlite3.Connection, query: SearchQuery) -> RewrittenQuestion:
    """Return what is searched for: the words that were typed and what they stand for."""
    return RewrittenQuestion(query.text) if query.typed else rewrite(conn, query.text)


def find_reports(
    conn: sqlite3.Connection, facets: Facets, query: SearchQuery, question: str, limit: int
) -> tuple[int, list[int]]:
    """Return the bits of all reports with the words and dates, and the first rowids of the search.

    These also have the chosen values, and are in the order that was asked for. `question` has the
    words that are searched for.
    """
    size = facets.every.bit_length()
    mask = facets.mask(query.chosen)
    dated = _dated(conn, query, size) if query.dates else facets.every
    if query.has_order and query.sort == "relevance":
        weights = dict(scores(conn, question))
        matched = to_bits(weights, size) & dated
        rank = facets.rank
        fitting = rows_in(weights, matched & mask, size)
        best = nsmallest(limit, ((weights[row], rank[row], row) for row in fitting))
        return matched, [row for _, _, row in best]
    matched = to_bits(matching(conn, question), size) if query.text else facets.every
    matched &= dated
    ordered = facets.latest
    if query.sort in NUMBER_SORTS:
        ordered = tuple(row for (row,) in conn.execute(_BY_NUMBER.format(query.sort)))
    return matched, list(islice(rows_in(ordered, matched & mask, size), limit))


def _dated(conn: sqlite3.Connection, query: SearchQuery, size: int) -> int:
    """Return the bits of the reports that were published and first fetched between the dates."""
    conditions = [_DATE_CONDITIONS[name] for name in query.dates]
    found = conn.execute(
        f"SELECT r.rowid FROM reports r WHERE {' AND '.join(conditions)}", query.dates
    )
    return to_bits((row for (row,) in found), size)


def check_values(facets: Facets, query: SearchQuery) -> None:
    """Check the chosen values.

    Raises:
        BadValue: No report could have the value.
    """
    for name in CLOSED_FACETS:
        value = getattr(query, name)
        if value and value not in facets.values[name] and value not in ALLOWED_VALUES.get(name, ()):
            raise BadValue(value)


def _facet_choices(
    conn: sqlite3.Connection, facets: Facets, query: SearchQuery, matched: int
) -> Iterator[FacetChoices]:
    for name in FACETS:
        counts = facets.counts(name, matched & facets.mask(query.chosen, without=name))
        if name == "region":
            yield region_choices(conn, counts, query.region)
        else:
            yield _value_choices(name, counts, getattr(query, name))


def _value_choices(name: str, counts: Mapping[str, int], chosen: str) -> FacetChoices:
    if name == "year":
        values = sorted(counts, reverse=True)
    else:
        order = {value: place for place, value in enumerate(KNOWN_VALUES.get(name, ()))}
        values = sorted(counts, key=lambda v: (order.get(v, len(order)), -counts[v], v))
    shown = [v for place, v in enumerate(values) if place < MAX_CHOICES or v == chosen]
    choices = tuple((value, "", counts[value]) for value in shown)
    return FacetChoices(name, choices, len(values) - len(shown))
