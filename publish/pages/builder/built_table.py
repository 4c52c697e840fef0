"""A built table: rows with their values, what may be summed, and the choices to change it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from gongkai.archive.store.measures_sql import BODIES, IS_BODY, IS_GOVERNMENT, SERIES, SERIES_SQL
from gongkai.publish.charts.heat import HeatScale, heat_scale
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.query_args import MAX_PAGE
from gongkai.publish.pages.builder.place_sums import PlaceSums, place_sums
from gongkai.publish.pages.builder.table_measures import TableMeasure
from gongkai.publish.pages.builder.table_query import Summed, TableQuery
from gongkai.publish.pages.builder.table_sql import (
    conditions,
    number_in,
    picked,
    sums,
)
from gongkai.publish.pages.places.known_values import full_year, load_sectors, reports_by_year
from gongkai.publish.pages.places.region_tree import (
    UNDER,
    Region,
    load_ancestors,
    load_children,
    load_regions,
)
from gongkai.publish.wording.measures import NO_VALUE, MeasureValue, measure_value

PAGE_SIZE = 100
Values = Mapping[tuple[str, int], MeasureValue]
"""Values by (key of the measure, year)."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: an agency, a region, a sector, or a sum. `place` is the full name of its region.

    `trend` is the first measure in all years, None where there is no value that is shown.
    `is_own_level` marks the row of the chosen region itself, without the regions below it.
    """

    id: str
    name: str
    place: str = ""
    values: Values = field(default_factory=dict)
    trend: tuple[float | None, ...] = ()
    is_own_level: bool = False

    def value_of(self, key: str, year: int) -> MeasureValue:
        """Return a value, an empty one if there is no report."""
        return self.values.get((key, year), NO_VALUE)


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """What a table shows.

    `total` counts the rows of all pages. `sums` has a row for each group of reports that may be
    added to each other. `above` are the regions above the chosen one and it, `below` those it has;
    `all_years` are the years of all reports, `sectors` those that occur.
    """

    query: TableQuery
    years: tuple[int, ...]
    rows: tuple[TableRow, ...]
    total: int
    sums: tuple[TableRow, ...]
    all_years: tuple[int, ...]
    sectors: tuple[str, ...]
    above: tuple[Region, ...]
    below: tuple[Region, ...]

    @property
    def columns(self) -> tuple[tuple[TableMeasure, int], ...]:
        """The columns as (measure, year)."""
        return tuple((column, year) for column in self.query.columns for year in self.years)

    @property
    def pages(self) -> int:
        """The number of pages that can be shown."""
        return min(MAX_PAGE, max(1, ceil(self.total / PAGE_SIZE)))

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than those of this page."""
        return self.total > len(self.rows)

    def heat_scales(self) -> Mapping[tuple[str, int], HeatScale]:
        """Return the classes of the values of each column (measure, year), {} if none are asked for."""
        if not self.query.heat:
            return {}
        return {
            (column.key, year): heat_scale(
                self.shown(row.value_of(column.key, year)) for row in self.rows
            )
            for column, year in self.columns
        }

    def shown(self, value: MeasureValue) -> float | int | None:
        """Return the number of a value that the table shows, None for a rate of few cases."""
        return None if value.is_small and not self.query.small else value.number


def build_table(conn: sqlite3.Connection, query: TableQuery, limit: int = PAGE_SIZE) -> BuiltTable:
    """Return a page of a table, with at most `limit` rows."""
    counted = reports_by_year(conn)
    all_years, latest = tuple(counted), full_year(counted)
    years = query.years or ((latest,) if latest else ())
    offset = limit * (query.page - 1)
    if query.rows == "agency":
        listed, total = _agencies(conn, query, years, limit, offset)
    else:
        every = _regions(conn, query) if query.rows == "region" else _sectors(conn, query)
        listed, total = every, len(every)
    values = _values(conn, query, listed)
    rows = [_filled(row, values.get(row.id, {}), query, all_years) for row in listed]
    if query.rows != "agency":
        rows = _ordered(rows, query)[offset : offset + limit]
    chosen = query.filters.get("region", "")
    return BuiltTable(
        query=query,
        years=tuple(years),
        rows=tuple(rows),
        total=total,
        sums=_sum_rows(conn, query, years, [row.id for row in listed if not row.is_own_level]),
        all_years=tuple(sorted(all_years, reverse=True)),
        sectors=load_sectors(conn),
        above=load_ancestors(conn, chosen) if chosen else (),
        below=load_children(conn, chosen),
    )


def _in_years(years: Iterable[int]) -> str:
    return f"a.year IN ({', '.join(str(int(year)) for year in years)})"


def _agencies(
    conn: sqlite3.Connection, query: TableQuery, years: Sequence[int], limit: int, offset: int
) -> tuple[list[TableRow], int]:
    """Return a page of the agencies with a report in one of the years, and the number of all."""
    where, parameters = conditions(query)
    where = f"{where} AND {_in_years(years)}"
    order, columns = "", query.columns[:0]
    if query.sort is not None:
        key, year = query.sort
        columns = tuple(each for each in query.columns if each.key == key)
        if columns:
            value = number_in(columns[0], year, small=query.small)
            order = f"{value} IS NULL, {value} {'DESC' if query.descending else 'ASC'}, "
    rows = conn.execute(
        f"WITH {picked(columns, where)} SELECT agency_id, agency, region FROM picked"
        f" GROUP BY agency_id ORDER BY {order}region_code, agency, agency_id"
        " LIMIT :limit OFFSET :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()
    total = conn.execute(
        f"SELECT count(DISTINCT a.agency_id) FROM report_summary a WHERE {where}", parameters
    ).fetchone()[0]
    return [TableRow(id, name, place or "") for id, name, place in rows], total


def _regions(conn: sqlite3.Connection, query: TableQuery) -> list[TableRow]:
    """Return the regions below the chosen one, after it: its own bodies belong to none of them."""
    chosen = query.filters.get("region", "")
    own = load_regions(conn, [chosen]) if chosen else ()
    return [
        *(TableRow(each.code, each.name, is_own_level=True) for each in own),
        *(TableRow(each.code, each.name) for each in load_children(conn, chosen)),
    ]


def _sectors(conn: sqlite3.Connection, query: TableQuery) -> list[TableRow]:
    return [TableRow(sector, sector) for sector in load_sectors(conn)]


def _values(
    conn: sqlite3.Connection, query: TableQuery, rows: Sequence[TableRow]
) -> dict[str, dict[tuple[str, int], MeasureValue]]:
    """Return the values of rows by their ids, for all years: the trend needs those not shown too."""
    if query.rows != "agency" and (ready := place_sums(conn, query, _summed(query))):
        return _ready_values(ready, query, rows)
    ids = [row.id for row in rows if not row.is_own_level]
    if query.rows == "region" and query.of == "bodies":
        own = [row.id for row in rows if row.is_own_level]
        below = f"{UNDER}, ", "under u JOIN picked p ON p.region_code = u.code", "root"
        return _grouped(conn, query, ids, "1", *below) | (
            _grouped(conn, query, own, f"a.region_code {_LISTED}", "", "picked", "region_code")
        )
    column = {"agency": "agency_id", "sector": "sector", "region": "region_code"}[query.rows]
    listed = [row.id for row in rows]
    return _grouped(conn, query, listed, f"a.{column} {_LISTED}", "", "picked", column)


def _ready_values(
    ready: PlaceSums, query: TableQuery, rows: Sequence[TableRow]
) -> dict[str, dict[tuple[str, int], MeasureValue]]:
    """Return the values of divisions or sectors from sums that are ready."""
    if query.rows == "sector":
        return ready.of_whole([query.filters.get("region", "")], "sector")
    if _adds_governments(query):
        return ready.of_own([row.id for row in rows])
    return ready.of_own([row.id for row in rows if row.is_own_level]) | ready.of_whole(
        [row.id for row in rows if not row.is_own_level]
    )


_LISTED = "IN (SELECT value FROM json_each(:roots))"


def _grouped(
    conn: sqlite3.Connection,
    query: TableQuery,
    ids: Sequence[str],
    wanted: str,
    head: str,
    source: str,
    id: str,
) -> dict[str, dict[tuple[str, int], MeasureValue]]:
    """Return values by id and (measure, year), of the reports in `source` for the given ids."""
    where, parameters = conditions(query)
    parameters["roots"] = json.dumps(list(ids))
    whose = f"WHERE {_whose(query)}" if query.rows != "agency" else ""
    found = conn.execute(
        f"WITH RECURSIVE {head}{picked(query.columns, f'{where} AND {wanted}')}"
        f" SELECT {id} AS id, year, {sums(query.columns)} FROM {source} {whose} GROUP BY 1, 2",
        parameters,
    )
    return _by_id(found, query)


def _by_id(
    found: Iterable[Row], query: TableQuery
) -> dict[str, dict[tuple[str, int], MeasureValue]]:
    values: dict[str, dict[tuple[str, int], MeasureValue]] = {}
    for row in found:
        own_values = values.setdefault(row["id"], {})
        for column in query.columns:
            own_values[column.key, row["year"]] = measure_value(column.measure, row)
    return values


def _whose(query: TableQuery) -> str:
    """Return SQL for the reports that a row adds up."""
    return IS_GOVERNMENT if _adds_governments(query) else IS_BODY


def _summed(query: TableQuery) -> Summed | None:
    """Return whose reports the sums of a table add, None for those of each series apart."""
    if query.rows == "agency":
        return None
    return "governments" if _adds_governments(query) else "bodies"


def _adds_governments(query: TableQuery) -> bool:
    return query.rows == "region" and query.of == "governments"


def _filled(row: TableRow, values: Values, query: TableQuery, years: Iterable[int]) -> TableRow:
    first = query.columns[0]
    trend = tuple(
        None if value.is_small and not query.small else value.number
        for value in (values.get((first.key, year), NO_VALUE) for year in years)
    )
    return replace(row, values=values, trend=trend)


def _ordered(rows: list[TableRow], query: TableQuery) -> list[TableRow]:
    """Return rows in the order of a column, those without a value last; the others by name."""
    if query.sort is None:
        return rows

    def number(row: TableRow) -> float | None:
        value = row.value_of(*query.sort) if query.sort else NO_VALUE
        return None if value.is_small and not query.small else value.number

    known = [row for row in rows if number(row) is not None]
    known.sort(key=lambda row: number(row) or 0, reverse=query.descending)
    return known + [row for row in rows if number(row) is None]


def _sum_rows(
    conn: sqlite3.Connection, query: TableQuery, years: Sequence[int], ids: Sequence[str]
) -> tuple[TableRow, ...]:
    """Return the sums of all rows, one for each group of reports of which none contains another."""
    if ready := place_sums(conn, query, _summed(query)):
        return _as_sum_rows(_ready_sums(ready, query, ids), years)
    where, parameters = conditions(query)
    where += f" AND {_in_years(years)}"
    group, series = "", SERIES_SQL
    if query.rows != "agency":
        group, series = f"WHERE {_whose(query)}", f"'{query.of}'"
        if query.rows == "sector":
            group, series = f"{group} AND sector <> ''", "'bodies'"
        elif query.of == "governments":
            where += f" AND a.region_code {_LISTED}"
            parameters["roots"] = json.dumps(list(ids))
    found = conn.execute(
        f"WITH {picked(query.columns, where)}"
        f" SELECT {series} AS id, year, {sums(query.columns)} FROM picked {group} GROUP BY 1, 2",
        parameters,
    )
    return _as_sum_rows(_by_id(found, query), years)


def _ready_sums(ready: PlaceSums, query: TableQuery, ids: Sequence[str]) -> Mapping[str, Values]:
    """Return the values of all rows together by the group of reports, from sums that are ready."""
    root = [query.filters.get("region", "")]
    if query.rows == "agency":
        return ready.of_whole(root, "series")
    adds_governments = _adds_governments(query)
    found = ready.of_own(ids, is_summed=True) if adds_governments else ready.of_whole(root)
    return {query.of if adds_governments else BODIES: values for values in found.values()}


def _as_sum_rows(values: Mapping[str, Values], years: Sequence[int]) -> tuple[TableRow, ...]:
    """Return a row for each group that has a report in one of the years."""
    places = {name: place for place, name in enumerate(SUM_ORDER)}
    in_years = {
        id: {key: value for key, value in own.items() if key[1] in years}
        for id, own in values.items()
    }
    known = sorted((id for id, own in in_years.items() if own), key=lambda id: places[id])
    return tuple(TableRow(id, id, values=in_years[id]) for id in known)


SUM_ORDER = ("governments", *SERIES)
"""The groups of sums in the order in which they are shown."""
