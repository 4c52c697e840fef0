"""The search page: what was asked for, what was found, how it can be narrowed, the next page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil

from gongkai.archive.store.names.name_search import FoundName, find_names
from gongkai.archive.store.names.question_rewriting import RewrittenQuestion, rewrite
from gongkai.archive.store.search import Results, hits
from gongkai.publish.datasette_types import Row
from gongkai.publish.facets.bitmaps import FACETS, FAILED, Facets
from gongkai.publish.http.query_args import MAX_PAGE, BadValue
from gongkai.publish.http.time_limit import time_limit
from gongkai.publish.pages.lists.listing import FacetChoices, region_choices
from gongkai.publish.pages.lists.search_hits import FoundReports, find_reports, most_hits
from gongkai.publish.pages.lists.search_query import SearchQuery
from gongkai.publish.pages.places.region_tree import Region, load_ancestors, load_children
from gongkai.publish.wording.rules import RULES

PAGE_SIZE = 20
QUERY_MILLISECONDS = 2000
MAX_NAMES = 5
"""Regions and agencies above the results."""

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
    `is_cut` and `is_frequent` are those of the reports that were found, see `FoundReports`.
    """

    query: SearchQuery
    question: RewrittenQuestion
    results: Results
    facets: tuple[FacetChoices, ...] = field(default=())
    above: tuple[Region, ...] = field(default=())
    names: tuple[FoundName, ...] = field(default=())
    has_more_names: bool = False
    figures: Mapping[str, Row] = field(default_factory=dict)
    is_cut: bool = False
    is_frequent: bool = False

    @property
    def first(self) -> int:
        """The place of the first result on this page among all results, from 1."""
        return PAGE_SIZE * (self.query.page - 1) + 1

    @property
    def pages(self) -> int:
        """The number of pages that can be shown."""
        return min(MAX_PAGE, max(1, ceil(self.results.total / PAGE_SIZE)))

    @property
    def exceeds_pages(self) -> bool:
        """Whether there are results behind the last page that can be shown."""
        return self.results.total > self.pages * PAGE_SIZE


def run_search(conn: sqlite3.Connection, facets: Facets, query: SearchQuery) -> SearchPage:
    """Return a page of results. Without words, all reports match.

    Raises:
        BadValue: A chosen value is invalid.
    """
    check_values(facets, query)
    with time_limit(conn, QUERY_MILLISECONDS):
        question = question_of(conn, query)
        start = PAGE_SIZE * (query.page - 1)
        reports = find_reports(
            conn, facets, query, question.text, start + PAGE_SIZE, most_hits(conn)
        )
        narrowed = reports.matched & facets.mask(query.chosen)
        names = find_names(conn, query.text, MAX_NAMES + 1) if query.page == 1 else ()
        found = hits(conn, reports.rows[start:], question.text)
        return SearchPage(
            query,
            question,
            Results(narrowed.bit_count(), found),
            tuple(_facet_choices(conn, facets, query, reports)),
            load_ancestors(conn, query.region),
            names[:MAX_NAMES],
            len(names) > MAX_NAMES,
            _load_figures(conn, [hit.report_id for hit in found]),
            reports.is_cut,
            reports.is_frequent,
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
    conn: sqlite3.Connection, facets: Facets, query: SearchQuery, found: FoundReports
) -> Iterator[FacetChoices]:
    """Yield the facets. Where the latest reports alone were found, they have the values of all others too."""
    for name in FACETS:
        bits = found.matched & facets.mask(query.chosen, without=name)
        others = dict.fromkeys(facets.values[name] if found.is_cut else (), 0)
        if name == "region":
            below = [each.code for each in load_children(conn, query.region)]
            near = {*below, query.region}
            counts = {code: 0 for code in others if code in near} | facets.counts(name, bits, near)
            yield region_choices(conn, counts, query.region)
        else:
            counts = others | facets.counts(name, bits)
            yield _value_choices(name, counts, getattr(query, name))


def _value_choices(name: str, counts: Mapping[str, int], chosen: str) -> FacetChoices:
    if name == "year":
        values = sorted(counts, reverse=True)
    else:
        order = {value: place for place, value in enumerate(KNOWN_VALUES.get(name, ()))}
        values = sorted(counts, key=lambda v: (order.get(v, len(order)), -counts[v], v))
    most = len(values) if name == "year" else MAX_CHOICES
    shown = [v for place, v in enumerate(values) if place < most or v == chosen]
    choices, others = (
        tuple((value, "", counts[value]) for value in each)
        for each in (shown, [value for value in values if value not in shown])
    )
    return FacetChoices(name, choices, others)
