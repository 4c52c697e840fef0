"""What a built table asks for: kind of rows, measures, years, filters, order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast
from urllib.parse import urlencode

from gongkai.archive.store.measures_sql import SERIES
from gongkai.publish.datasette_types import Arguments
from gongkai.publish.http.query_args import (
    BadValue,
    check_positive_int,
    choice,
    page_number,
    region_code,
    short_text,
    unique_values,
)
from gongkai.publish.http.vintage import read_vintage
from gongkai.publish.pages.builder.table_measures import TABLE_MEASURES, TableMeasure
from gongkai.publish.wording.measures import present_key, present_keys

MAX_MEASURES = 12
MAX_YEARS = 20
DEFAULT_MEASURES = ("requests_handled", "refused", "refusal_rate")

RowKind = Literal["agency", "region", "sector"]
ROW_KINDS: tuple[RowKind, ...] = ("agency", "region", "sector")

Summed = Literal["bodies", "governments"]
SUMMED: tuple[Summed, ...] = ("bodies", "governments")
"""Whose reports a row adds up: those of departments, offices and towns, or the governments' own.

A government's report mostly contains the numbers of its departments, so the two are never added.
"""

FILTERS: Mapping[str, tuple[str, ...]] = {
    "level": ("province", "city", "county", "town"),
    "kind": ("government", "department", "office"),
    "status": ("complete", "partial", "text_only", "unreadable", "removed"),
    "form": ("2021", "2019", "legacy"),
    "series": SERIES,
}


@dataclass(frozen=True, slots=True)
class TableQuery:
    """What a table is to show.

    `of` says whose reports a row of a region or sector adds up. `filters` has the chosen values of
    level, kind, sector, status, form, series, region and agency. `sort` is the key
    of a measure with a year, as (key, year), or None for the order of names; `descending` goes with
    it. `small` shows rates of few cases too, `heat` shades the cells of each column by their value.
    `vintage` is the year whose divisions are shown, None for those that the reports name.
    """

    rows: RowKind = "agency"
    of: Summed = "bodies"
    measures: tuple[str, ...] = DEFAULT_MEASURES
    years: tuple[int, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: tuple[str, int] | None = None
    descending: bool = True
    small: bool = False
    heat: bool = False
    page: int = 1
    vintage: int | None = None

    @classmethod
    def parse(cls, args: Arguments) -> TableQuery:
        """Return what an address asks for.

        Raises:
            BadValue: A value is invalid.
            TooManyValues: There are too many measures or years.
        """
        measures = present_keys(unique_values(args, "m", MAX_MEASURES))
        for key in measures:
            if key not in TABLE_MEASURES:
                raise BadValue(key)
        filters = {name: choice(args, name, allowed) for name, allowed in FILTERS.items()}
        filters |= {"sector": short_text(args, "sector"), "region": region_code(args)}
        filters["agency"] = short_text(args, "agency")
        sort, descending = _parse_sort(args.get("sort") or "")
        return cls(
            rows=cast(RowKind, choice(args, "rows", ROW_KINDS) or "agency"),
            of=cast(Summed, choice(args, "of", SUMMED) or "bodies"),
            measures=measures or DEFAULT_MEASURES,
            years=tuple(_years(args)),
            filters={name: value for name, value in filters.items() if value},
            sort=sort,
            descending=descending,
            small=bool(args.get("small")),
            heat=bool(args.get("heat")),
            page=page_number(args),
            vintage=read_vintage(args),
        )

    @property
    def columns(self) -> tuple[TableMeasure, ...]:
        """The measures, in the order of the address."""
        return tuple(TABLE_MEASURES[key] for key in self.measures)

    def query_string(self, page: int = 1, sort: str | None = None, **changed: str) -> str:
        """Return the query string of this table, of another page, another order or another filter."""
        pairs: list[tuple[str, object]] = []
        if self.rows != "agency":
            pairs.append(("rows", self.rows))
        if self.of != "bodies" and self.rows != "agency":
            pairs.append(("of", self.of))
        if self.measures != DEFAULT_MEASURES:
            pairs += [("m", key) for key in self.measures]
        pairs += [("year", year) for year in self.years]
        chosen = {**self.filters, **changed}
        pairs += [(name, value) for name, value in chosen.items() if value]
        order = self.sort_text() if sort is None else sort
        pairs += [("sort", order)] if order else []
        pairs += [("small", 1)] if self.small else []
        pairs += [("heat", 1)] if self.heat else []
        pairs += [("vintage", self.vintage)] if self.vintage else []
        pairs += [("page", page)] if page > 1 else []
        return urlencode(pairs)

    def agencies_of(self, sector: str) -> str:
        """Return the query string of the same table for the agencies of a sector."""
        return replace(self, rows="agency", sort=None).query_string(sector=sector)

    def sort_text(self) -> str:
        """Return the order as it stands in an address, "" for that of names."""
        if self.sort is None:
            return ""
        key, year = self.sort
        return f"{'-' if self.descending else ''}{key}.{year}"

    def sorted_by(self, key: str, year: int) -> str:
        """Return the order by a column as it stands in an address; the other way round if it is."""
        is_this = self.sort == (key, year)
        return f"{'' if is_this and self.descending else '-'}{key}.{year}"


def _years(args: Arguments) -> list[int]:
    """Return the chosen years, the latest first."""
    years = {check_positive_int(value) for value in unique_values(args, "year", MAX_YEARS)}
    return sorted(years, reverse=True)


def _parse_sort(value: str) -> tuple[tuple[str, int] | None, bool]:
    if not value:
        return None, True
    named, _, year = value.removeprefix("-").rpartition(".")
    key = present_key(named)
    if key not in TABLE_MEASURES:
        raise BadValue(value[:40])
    return (key, check_positive_int(year)), value.startswith("-")
