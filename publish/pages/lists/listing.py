"""A long list narrowed by facets: what was asked, what can be chosen, the way to the next page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from urllib.parse import urlencode

from gongkai.archive.store.search import Filters
from gongkai.publish.facets.counts import Cube
from gongkai.publish.http import query_args as arguments
from gongkai.publish.pages.places.divisions import Region, chain, children, named

PAGE = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked of a list: a value of some of its facets, and a page."""

    chosen: Mapping[str, str]
    page: int = 1

    @classmethod
    def of(cls, args: Any, known: Mapping[str, Collection[str] | None]) -> Asked:
        """Return what an address asks. Raises BadValue.

        `known` are the facets with the values that may be asked for, None for a year or a region.
        """
        chosen = {}
        for name, values in known.items():
            if name == "region":
                value = arguments.region(args)
            elif values is None:
                value = str(arguments.whole(args, name) or "")
            else:
                value = arguments.choice(args, name, values)
            if value:
                chosen[name] = value
        return cls(chosen, arguments.page(args))

    def query(self, page: int = 1, **changed: str) -> str:
        """Return the query string of another page, or of another choice."""
        pairs = {**self.chosen, **changed, "page": "" if page == 1 else str(page)}
        return urlencode({name: value for name, value in pairs.items() if value})

    def get(self, name: str) -> str:
        """Return what is chosen of a facet, "" where nothing is."""
        return self.chosen.get(name, "")

    @property
    def offset(self) -> int:
        """Return how many rows stand before this page."""
        return PAGE * (self.page - 1)


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: (value, label, count) to choose from; label "" is told by the value."""

    name: str
    choices: tuple[tuple[str, str, int], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list with its facets."""

    asked: Asked
    rows: Sequence[Any]
    total: int
    facets: tuple[Facet, ...]
    above: tuple[Region, ...]

    @property
    def pages(self) -> int:
        """Return how many pages there are that can be shown."""
        return min(arguments.DEEPEST, max(1, ceil(self.total / PAGE)))

    @property
    def chosen(self) -> tuple[tuple[str, str, str], ...]:
        """Return (facet, value, label) of what is chosen."""
        labels = {(f.name, value): label for f in self.facets for value, label, _ in f.choices}
        return tuple((n, v, labels.get((n, v), "")) for n, v in self.asked.chosen.items())

    def with_rows(self, rows: Iterable[Any]) -> Listing:
        """Return the same page with other rows."""
        return replace(self, rows=tuple(rows))


def listing(
    conn: sqlite3.Connection,
    cube: Cube,
    asked: Asked,
    rows: Callable[[int, int], Sequence[Any]],
    order: Mapping[str, Sequence[str]],
) -> Listing:
    """Return a page: `rows` gives those at (limit, offset), `order` that of a facet's values."""
    facets = tuple(_facet(conn, cube, asked, name, order.get(name, ())) for name in cube.names)
    (total,) = _total(cube, asked)
    return Listing(asked, rows(PAGE, asked.offset), total, facets, chain(conn, asked.get("region")))


def _total(cube: Cube, asked: Asked) -> tuple[int]:
    name = cube.names[0]
    counts = cube.counts(name, asked.chosen)
    chosen = asked.get(name)
    return (counts.get(chosen, 0) if chosen else sum(counts.values()),)


def _facet(
    conn: sqlite3.Connection, cube: Cube, asked: Asked, name: str, order: Sequence[str]
) -> Facet:
    counts = cube.counts(name, asked.chosen)
    if name == "region":
        chosen = asked.get("region")
        below = [each for each in children(conn, chosen) if each.code in counts]
        listed = [*(named(conn, [chosen]) if chosen else ()), *below]
        return Facet(
            name, tuple((each.code, each.name, counts.get(each.code, 0)) for each in listed)
        )
    place = {value: at for at, value in enumerate(order)}
    if name == "year":
        values = sorted(counts, reverse=True)
    else:
        values = sorted(counts, key=lambda value: (place.get(value, len(place)), value))
    return Facet(name, tuple((value, "", counts[value]) for value in values))


def conditions(asked: Asked, columns: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return SQL for what is chosen, with its parameters; `columns` are those of the facets.

    The region is that of the agency a.
    """
    parts, parameters = ["1"], {}
    for name, value in asked.chosen.items():
        if name == "region":
            ((within, given),) = Filters(region=value).conditions()
            parts.append(within)
            parameters.update(given)
        else:
            parts.append(f"cast({columns[name]} as text) = :{name}")
            parameters[name] = value
    return " and ".join(parts), parameters
