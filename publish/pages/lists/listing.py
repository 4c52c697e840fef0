"""A long list narrowed by facets: what was asked for, what can be chosen, the rows of a page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from urllib.parse import urlencode

from gongkai.archive.store.search import IN_REGION
from gongkai.publish.datasette_types import Arguments
from gongkai.publish.facets.counts import FacetCounts
from gongkai.publish.http.query_args import (
    MAX_PAGE,
    choice,
    page_number,
    positive_int,
    region_code,
)
from gongkai.publish.pages.places.region_tree import (
    Region,
    load_ancestors,
    load_children,
    load_regions,
)

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a reader asks of a list: a value of some of its facets, and a page."""

    chosen: Mapping[str, str]
    page: int = 1

    @classmethod
    def parse(cls, args: Arguments, facets: Mapping[str, Collection[str] | None]) -> ListQuery:
        """Return what an address asks for.

        `facets` are those of the list with their allowed values; None for a year or a region.

        Raises:
            BadValue: A value is not allowed.
        """
        chosen = {}
        for name, allowed in facets.items():
            if name == "region":
                value = region_code(args)
            elif allowed is None:
                value = str(positive_int(args, name) or "")
            else:
                value = choice(args, name, allowed)
            if value:
                chosen[name] = value
        return cls(chosen, page_number(args))

    def query_string(self, page: int = 1, **changed: str) -> str:
        """Return the query string of another page, or of another choice."""
        pairs = {**self.chosen, **changed, "page": "" if page == 1 else str(page)}
        return urlencode({name: value for name, value in pairs.items() if value})

    def get(self, name: str) -> str:
        """Return the chosen value of a facet, or "" if none is chosen."""
        return self.chosen.get(name, "")

    @property
    def offset(self) -> int:
        """The number of rows before this page."""
        return PAGE_SIZE * (self.page - 1)


@dataclass(frozen=True, slots=True)
class FacetChoices:
    """The values of a facet to choose from, as (value, label, count).

    A label "" means that the page makes it from the value. `more` is the number of values that are
    not listed.
    """

    name: str
    choices: tuple[tuple[str, str, int], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list with its facets. `above` are the regions above the chosen one, and it.

    `is_cut` means that not all of its rows are shown in full.
    """

    query: ListQuery
    rows: Sequence[Any]
    total: int
    facets: tuple[FacetChoices, ...]
    above: tuple[Region, ...]
    is_cut: bool = False

    @property
    def pages(self) -> int:
        """The number of pages that can be shown."""
        return min(MAX_PAGE, max(1, ceil(self.total / PAGE_SIZE)))

    @property
    def chosen(self) -> tuple[tuple[str, str, str], ...]:
        """The chosen values as (facet, value, label)."""
        labels = {(f.name, value): label for f in self.facets for value, label, _ in f.choices}
        return tuple(
            (name, value, labels.get((name, value), ""))
            for name, value in self.query.chosen.items()
        )

    def with_rows(self, rows: Iterable[Any]) -> ListPage:
        """Return the same page with other rows."""
        return replace(self, rows=tuple(rows))


def load_list_page(
    conn: sqlite3.Connection,
    counts: FacetCounts,
    query: ListQuery,
    load_rows: Callable[[int, int], Sequence[Any]],
    order: Mapping[str, Sequence[str]],
) -> ListPage:
    """Return a page of a list.

    `load_rows` returns the rows for a limit and an offset. `order` has the order of the values of
    some facets; other values come after these, sorted.
    """
    facets = tuple(
        facet_choices(conn, counts, query, name, order.get(name, ())) for name in counts.names
    )
    rows = load_rows(PAGE_SIZE, query.offset)
    above = load_ancestors(conn, query.get("region"))
    return ListPage(query, rows, counts.total(query.chosen), facets, above)


def facet_choices(
    conn: sqlite3.Connection,
    counts: FacetCounts,
    query: ListQuery,
    name: str,
    order: Sequence[str],
) -> FacetChoices:
    """Return the values of one facet with their counts, in an order."""
    counted = counts.count(name, query.chosen)
    if name == "region":
        return region_choices(conn, counted, query.get("region"))
    if name == "year":
        values = sorted(counted, reverse=True)
    else:
        place = {value: number for number, value in enumerate(order)}
        values = sorted(counted, key=lambda value: (place.get(value, len(place)), value))
    return FacetChoices(name, tuple((value, "", counted[value]) for value in values))


def region_choices(
    conn: sqlite3.Connection, counted: Mapping[str, int], chosen: str
) -> FacetChoices:
    """Return the chosen region and those right below it, or the provinces if none is chosen."""
    own = load_regions(conn, [chosen]) if chosen else ()
    below = [region for region in load_children(conn, chosen) if region.code in counted]
    choices = ((each.code, each.name, counted.get(each.code, 0)) for each in (*own, *below))
    return FacetChoices("region", tuple(choices))


def sql_conditions(query: ListQuery, columns: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return SQL for the chosen values, with its parameters.

    `columns` has the SQL column of each facet. The region is that of the agency `a`.
    """
    conditions, parameters = ["1"], {}
    for name, value in query.chosen.items():
        if name == "region":
            conditions.append(IN_REGION)
            parameters["region"] = value
        else:
            conditions.append(f"CAST({columns[name]} AS TEXT) = :{name}")
            parameters[name] = value
    return " AND ".join(conditions), parameters
