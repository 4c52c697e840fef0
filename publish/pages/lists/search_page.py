"""The search page: what was asked for, what was found, how it can be narrowed, the next page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from itertools import islice
from math import ceil
from urllib.parse import urlencode

from gongkai.archive.store.search import Results, hits, matching, scores
from gongkai.publish.datasette_types import Arguments
from gongkai.publish.facets.bitmaps import FACETS, FAILED, Facets, rows_in, to_bits
from gongkai.publish.http.query_args import (
    MAX_PAGE,
    BadValue,
    choice,
    page_number,
    positive_int,
    region_code,
    short_text,
)
from gongkai.publish.http.time_limit import time_limit
from gongkai.publish.pages.lists.listing import FacetChoices, region_choices
from gongkai.publish.pages.places.region_tree import Region, load_ancestors

PAGE_SIZE = 20
MAX_LENGTH = 200
"""Characters of the words that are searched for."""

QUERY_MILLISECONDS = 2000
SORTS = ("relevance", "date")
MAX_CHOICES = 12
"""Values of a facet on the page. More of them appear when the search is narrowed further."""

KNOWN_VALUES: Mapping[str, tuple[str, ...]] = {
    "answer": ("granted", "refused", "unavailable", "rejected", "reviews", "suits", "corrected"),
    "kind": ("government", "department", "office"),
    "form": ("2021", "2019", "legacy"),
    "status": ("complete", "partial", "text_only", "unreadable", "removed"),
    "rule": (FAILED,),
}
"""Values in the order in which they are shown. They are valid even if no report has them."""

CLOSED_FACETS = ("answer", "kind", "form", "status", "rule", "sector")
"""Facets whose other values are invalid. A year or a region may have no reports."""


class QueryTooLong(ValueError):
    """Raised for more words than `limit` characters."""

    limit = MAX_LENGTH


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a reader searches for: words, and a value of some facets; "" if nothing is chosen."""

    text: str = ""
    answer: str = ""
    year: str = ""
    region: str = ""
    kind: str = ""
    sector: str = ""
    form: str = ""
    status: str = ""
    rule: str = ""
    sort: str = "relevance"
    page: int = 1

    @classmethod
    def parse(cls, args: Arguments) -> SearchQuery:
        """Return what an address asks for.

        Raises:
            BadValue: A value is invalid.
            QueryTooLong: The words are too many.
        """
        text = (args.get("q") or "").strip()
        if len(text) > MAX_LENGTH:
            raise QueryTooLong(text)
        chosen = {name: short_text(args, name) for name in FACETS}
        chosen["year"] = str(positive_int(args, "year") or "")
        chosen["region"] = region_code(args)
        if not chosen["rule"] and args.get("failed"):
            chosen["rule"] = FAILED  # older addresses of this page have failed=1
        sort = choice(args, "sort", SORTS) or "relevance"
        return cls(text=text, **chosen, sort=sort, page=page_number(args))

    @property
    def chosen(self) -> dict[str, str]:
        """The chosen values by facet."""
        return {name: value for name in FACETS if (value := getattr(self, name))}

    @property
    def is_empty(self) -> bool:
        """Whether there are neither words nor chosen values."""
        return not (self.text or self.chosen)

    def query_string(self, page: int = 1, **changed: str) -> str:
        """Return the query string of another page, or of another choice."""
        wanted = replace(self, page=page, **changed)
        pairs = {
            "q": wanted.text,
            **wanted.chosen,
            "sort": "" if wanted.sort == "relevance" else wanted.sort,
            "page": "" if page == 1 else str(page),
        }
        return urlencode({name: value for name, value in pairs.items() if value != ""})


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results with its facets. `above` are the regions above the chosen one, and it."""

    query: SearchQuery
    results: Results
    facets: tuple[FacetChoices, ...] = field(default=())
    above: tuple[Region, ...] = field(default=())

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
        start = PAGE_SIZE * (query.page - 1)
        matched, rows = find_reports(conn, facets, query, start + PAGE_SIZE)
        narrowed = matched & facets.mask(query.chosen)
        return SearchPage(
            query,
            Results(narrowed.bit_count(), hits(conn, rows[start:], query.text)),
            tuple(_facet_choices(conn, facets, query, matched)),
            load_ancestors(conn, query.region),
        )


def find_reports(
    conn: sqlite3.Connection, facets: Facets, query: SearchQuery, limit: int
) -> tuple[int, list[int]]:
    """Return the bits of all reports with the words, and the first rowids that also have the values.

    The rowids are in the order that was asked for.
    """
    size = facets.every.bit_length()
    mask = facets.mask(query.chosen)
    if query.text and query.sort == "relevance":
        weights = dict(scores(conn, query.text))
        matched = to_bits(weights, size)
        rank = facets.rank
        fitting = rows_in(weights, matched & mask, size)
        best = nsmallest(limit, ((weights[row], rank[row], row) for row in fitting))
        return matched, [row for _, _, row in best]
    matched = to_bits(matching(conn, query.text), size) if query.text else facets.every
    return matched, list(islice(rows_in(facets.latest, matched & mask, size), limit))


def check_values(facets: Facets, query: SearchQuery) -> None:
    """Check the chosen values.

    Raises:
        BadValue: No report could have the value.
    """
    for name in CLOSED_FACETS:
        value = getattr(query, name)
        if value and value not in facets.values[name] and value not in KNOWN_VALUES.get(name, ()):
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
