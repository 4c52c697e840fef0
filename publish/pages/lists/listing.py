"""A long list narrowed by facets: what was asked for, what can be chosen, the rows of a page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any
from urllib.parse import urlencode

from gongkai.archive.rollups.list_specs import AGENCIES, AGENCY_FILTERS
from gongkai.archive.store.search import IN_REGION
from gongkai.publish.datasette_types import Arguments
from gongkai.publish.facets.counts import Counts
from gongkai.publish.http.query_args import (
    MAX_PAGE,
    BadValue,
    choice,
    page_number,
    positive_int,
    region_code,
    short_text,
)
from gongkai.publish.pages.places.known_values import load_sectors
from gongkai.publish.pages.places.region_tree import (
    Region,
    load_ancestors,
    load_children,
    load_regions,
)

PAGE_SIZE = 40
"""Rows of a page, unless another number is asked for where that is offered."""

FILTERS: Mapping[str, tuple[str, ...]] = {
    "level": ("province", "city", "county", "town"),
    "kind": ("government", "department", "office"),
    "reports": ("none",),
}
"""Filters of a list about the agency `a` with their values. There are `sector` and `name` too."""

MOST_COUNTED = 10_000
"""Rows that are counted where a filter is not among those that are counted ready."""

_NONE = "NOT EXISTS (SELECT 1 FROM reports own WHERE own.agency_id = a.id)"
_NONE_READY = f"a.rowid IN (SELECT agency FROM {AGENCIES.rows_table} WHERE reporting = 0)"
"""SQL: the agency `a` has no report."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a reader asks of a list: a value of some of its facets, filters, an order and a page.

    `filters` are about the agency: level, kind, sector, a part of its name. `sort` is the key of an
    order with "-" in front where it falls, "" for the usual one.
    """

    chosen: Mapping[str, str]
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    size: int = PAGE_SIZE

    @classmethod
    def parse(
        cls,
        args: Arguments,
        facets: Mapping[str, Collection[str] | None],
        sorts: Collection[str] = (),
        most: int = 0,
    ) -> ListQuery:
        """Return what an address asks for.

        `facets` are those of the list with their allowed values; None for a year or a region. `sorts` are
        the keys of its orders. `most` are the rows that a page may have, 0 where that is not offered.

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
        filters = {name: choice(args, name, allowed) for name, allowed in FILTERS.items()}
        filters |= {name: short_text(args, name, 40) for name in ("sector", "name")}
        sort = choice(args, "sort", [f"{sign}{key}" for key in sorts for sign in ("", "-")])
        given = {name: value for name, value in filters.items() if value}
        size = (positive_int(args, "size") or PAGE_SIZE) if most else PAGE_SIZE
        if size > max(most, PAGE_SIZE):
            raise BadValue(str(size))
        return cls(chosen, page_number(args), given, sort, size)

    def query_string(self, page: int = 1, **changed: str) -> str:
        """Return the query string of another page, choice, filter or order."""
        pairs = {**self.chosen, **self.filters, "sort": self.sort, **changed}
        pairs["size"] = "" if self.size == PAGE_SIZE else str(self.size)
        pairs["page"] = "" if page == 1 else str(page)
        return urlencode({name: value for name, value in pairs.items() if value})

    def get(self, name: str) -> str:
        """Return the chosen value of a facet or filter, or "" if none is chosen."""
        return self.chosen.get(name, "") or self.filters.get(name, "")

    def sorted_by(self, key: str) -> str:
        """Return the order by a key, the largest first; the other way round if it is already."""
        return key if self.sort == f"-{key}" else f"-{key}"

    def order(self, sorts: Mapping[str, str], usual: str) -> str:
        """Return SQL for the order. `sorts` has a column for each key; unknown values come last."""
        key = self.sort.removeprefix("-")
        if not key:
            return usual
        direction = "DESC" if self.sort.startswith("-") else "ASC"
        return f"{sorts[key]} {direction} NULLS LAST, {usual}"

    @property
    def offset(self) -> int:
        """The number of rows before this page."""
        return self.size * (self.page - 1)


@dataclass(frozen=True, slots=True)
class FacetChoices:
    """The values of a facet to choose from, as (value, label, count).

    A label "" means that the page makes it from the value. `others` are those that a page shows when it is
    asked to.
    """

    name: str
    choices: tuple[tuple[str, str, int], ...]
    others: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list with its facets. `above` are the regions above the chosen one, and it.

    `is_cut` means that not all of its rows are shown in full, `is_more` that there are more rows than
    `total`, and that no value of a facet is counted in full. `sectors` are those of all agencies.
    """

    query: ListQuery
    rows: Sequence[Any]
    total: int
    facets: tuple[FacetChoices, ...]
    above: tuple[Region, ...]
    is_cut: bool = False
    sectors: tuple[str, ...] = ()
    is_more: bool = False

    @property
    def pages(self) -> int:
        """The number of pages that can be shown."""
        return min(MAX_PAGE, max(1, ceil(self.total / self.query.size)))

    @property
    def chosen(self) -> tuple[tuple[str, str, str], ...]:
        """The chosen values as (facet, value, label)."""
        labels = {(f.name, value): label for f in self.facets for value, label, _ in f.choices}
        return tuple(
            (name, value, labels.get((name, value), ""))
            for name, value in (*self.query.chosen.items(), *self.query.filters.items())
        )

    def with_rows(self, rows: Iterable[Any]) -> ListPage:
        """Return the same page with other rows."""
        return replace(self, rows=tuple(rows))


def load_list_page(
    conn: sqlite3.Connection,
    counts: Counts,
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
    total = counts.total(query.chosen)
    total = min(total, MOST_COUNTED) if counts.is_more else total
    # whoever knows how many rows there are does not look for more of them
    left = query.size if counts.is_more else min(query.size, total - query.offset)
    return ListPage(
        query,
        load_rows(left, query.offset) if left > 0 else (),
        total,
        facets,
        load_ancestors(conn, query.get("region")),
        sectors=load_sectors(conn),
        is_more=counts.is_more,
    )


def ready_conditions(query: ListQuery) -> tuple[str, dict[str, Any]]:
    """Return SQL for the filters that are columns of the rows `l` of a list, with its parameters."""
    own = {name: value for name, value in query.filters.items() if name in AGENCY_FILTERS}
    return " AND ".join(("1", *(f"l.{name} = :{name}" for name in own))), dict(own)


def filter_conditions(query: ListQuery, *, ready: bool = False) -> tuple[str, dict[str, str]]:
    """Return SQL for the filters about the agency `a`, with its parameters.

    Where a list is `ready`, its rows have some of the filters as columns, which are left out.
    """
    conditions, parameters = ["1"], {}
    for name, value in query.filters.items():
        if ready and name in AGENCY_FILTERS:
            continue
        if name == "name":
            conditions.append("a.name LIKE :agency_name ESCAPE '!'")
            part = value.replace("!", "!!").replace("%", "!%").replace("_", "!_")
            parameters["agency_name"] = f"%{part}%"
        elif name == "reports":
            conditions.append(_NONE_READY if ready else _NONE)
        else:
            conditions.append(f"a.{name} = :{name}")
            parameters[name] = value
    return " AND ".join(conditions), parameters


def facet_choices(
    conn: sqlite3.Connection,
    counts: Counts,
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
    filters, given = filter_conditions(query)
    return " AND ".join((*conditions, filters)), {**parameters, **given}
