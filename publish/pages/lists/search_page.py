"""The search page: what was asked, what was found, how it can be narrowed, and the next page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from itertools import islice
from math import ceil
from typing import Any
from urllib.parse import urlencode

from gongkai.archive.store.search import Results, hits, matching, scores
from gongkai.publish.facets.bitmaps import FACETS, FAILED, Facets, bits_of, is_set
from gongkai.publish.http import query_args as arguments
from gongkai.publish.http.time_limit import limited
from gongkai.publish.pages.lists.listing import Facet
from gongkai.publish.pages.places.divisions import Region, chain, children, named

PAGE = 20
LONGEST = 200
MILLISECONDS = 2000
SORTS = ("relevance", "date")
SHOWN = 12
"""Values of a facet on the page; the rest can be reached by narrowing further."""


class TooLong(ValueError):
    """Raised for a question longer than anyone types."""

    limit = LONGEST


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader asked for: words, and a value of some facets."""

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
    def of(cls, args: Any) -> Question:
        """Return the question an address asks. Raises BadValue with the value that is wrong."""
        text = (args.get("q") or "").strip()
        if len(text) > LONGEST:
            raise TooLong(text)
        year = arguments.whole(args, "year")
        asked = {name: arguments.text(args, name) for name in FACETS}
        # an older address of this page asked for failed=1
        rule = asked.pop("rule") or (FAILED if args.get("failed") else "")
        return cls(
            text=text,
            **asked | {"year": str(year or ""), "region": arguments.region(args)},
            rule=rule,
            sort=arguments.choice(args, "sort", SORTS) or "relevance",
            page=arguments.page(args),
        )

    @property
    def chosen(self) -> dict[str, str]:
        """Return the facets that are narrowed, with their values."""
        return {name: value for name in FACETS if (value := getattr(self, name))}

    @property
    def empty(self) -> bool:
        """Return whether nothing at all was asked."""
        return not (self.text or self.chosen)

    def query(self, page: int = 1, **changed: str) -> str:
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
class Page:
    """A page of results, with what it can be narrowed by."""

    question: Question
    results: Results
    facets: tuple[Facet, ...] = field(default=())
    above: tuple[Region, ...] = field(default=())

    @property
    def first(self) -> int:
        """Return the place of the first hit on this page among all."""
        return PAGE * (self.question.page - 1) + 1

    @property
    def pages(self) -> int:
        """Return how many pages there are that can be shown."""
        return min(arguments.DEEPEST, max(1, ceil(self.results.total / PAGE)))


def answer(conn: sqlite3.Connection, facets: Facets, question: Question) -> Page:
    """Return the page that answers the question; without words, all reports are found."""
    known(facets, question)
    with limited(conn, MILLISECONDS):
        start = PAGE * (question.page - 1)
        matched, rows = found(conn, facets, question, start + PAGE)
        narrowed = matched & facets.mask(question.chosen)
        return Page(
            question,
            Results(narrowed.bit_count(), hits(conn, rows[start:], question.text)),
            tuple(_facets(conn, facets, question, matched)),
            chain(conn, question.region),
        )


def found(
    conn: sqlite3.Connection, facets: Facets, question: Question, most: int
) -> tuple[int, list[int]]:
    """Return the bits of all reports with the words, and the first rowids that fit, in order."""
    size = facets.every.bit_length()
    weighed: list[tuple[int, float]] = []
    matched = facets.every
    by_date = not question.text or question.sort == "date"
    if question.text and by_date:
        matched = bits_of(matching(conn, question.text), size)
    elif question.text:
        weighed = scores(conn, question.text)
        matched = bits_of((row for row, _ in weighed), size)
    fits = is_set(matched & facets.mask(question.chosen), size)
    if by_date:
        fitting = (row for row in facets.latest if fits[row >> 3] >> (row & 7) & 1)
        return matched, list(islice(fitting, most))
    rank = facets.rank
    best = nsmallest(
        most, ((s, rank[row], row) for row, s in weighed if fits[row >> 3] >> (row & 7) & 1)
    )
    return matched, [row for _, _, row in best]


def known(facets: Facets, question: Question) -> None:
    """Raise BadValue for a value that no report could have; a year or a region may be empty."""
    for name in ("answer", "kind", "form", "status", "rule", "sector"):
        value = getattr(question, name)
        if value and value not in facets.values[name] and value not in KNOWN.get(name, ()):
            raise arguments.BadValue(value)


KNOWN: Mapping[str, tuple[str, ...]] = {
    "answer": ("granted", "refused", "unavailable", "rejected", "reviews", "suits", "corrected"),
    "kind": ("government", "department", "office"),
    "form": ("2021", "2019", "legacy"),
    "status": ("complete", "partial", "text_only", "unreadable", "removed"),
    "rule": (FAILED,),
}
"""Values that may be asked for though no report has them yet, in the order they are shown."""


def _facets(
    conn: sqlite3.Connection, facets: Facets, question: Question, matched: int
) -> Iterator[Facet]:
    for name in FACETS:
        counts = facets.counts(name, matched & facets.mask(question.chosen, without=name))
        if name == "region":
            yield _regions(conn, counts, question.region)
            continue
        order = {value: place for place, value in enumerate(KNOWN.get(name, ()))}
        if name == "year":
            values = sorted(counts, reverse=True)
        else:
            values = sorted(counts, key=lambda v: (order.get(v, len(order)), -counts[v], v))
        chosen = getattr(question, name)
        kept = [v for place, v in enumerate(values) if place < SHOWN or v == chosen]
        choices = tuple((value, "", counts[value]) for value in kept)
        yield Facet(name, choices, len(values) - len(kept))


def _regions(conn: sqlite3.Connection, counts: Mapping[str, int], chosen: str) -> Facet:
    """Return the regions right below the chosen one, or the provinces."""
    below = [each for each in children(conn, chosen) if each.code in counts]
    if chosen:
        below = [*named(conn, [chosen]), *below]
    return Facet(
        "region", tuple((each.code, each.name, counts.get(each.code, 0)) for each in below)
    )
