"""The map: one value for each province, and for each prefecture, in one year."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from gongkai.archive.store.measures_sql import BODIES, GOVERNMENT
from gongkai.catalogue import Language, text
from gongkai.publish.charts.heat import HeatCell, RegionMap
from gongkai.publish.datasette_types import Arguments
from gongkai.publish.http.query_args import BadValue, choice, positive_int
from gongkai.publish.http.vintage import read_vintage
from gongkai.publish.pages.builder.table_measures import TABLE_MEASURES, TableMeasure
from gongkai.publish.pages.builder.table_query import SUMMED, Summed
from gongkai.publish.pages.places.known_values import full_year, reports_by_year
from gongkai.publish.pages.places.region_tree import Region
from gongkai.publish.pages.places.totals import EMPTY, Total, load_totals
from gongkai.publish.wording.measures import present_key

COVERAGE = "coverage"
"""The share of the reports that were due which the archive has: the first thing to know of a region."""

_BELOW = """
SELECT code, name, level, parent_code FROM regions
WHERE coalesce(parent_code, '') = '' OR parent_code IN
  (SELECT code FROM regions WHERE coalesce(parent_code, '') = '')
ORDER BY code
"""


@dataclass(frozen=True, slots=True)
class MapQuery:
    """What a map is to show.

    `measure` is `COVERAGE` or a key of the table builder. `year` is None for the latest. `of` says
    whose reports are added up. `small` shows rates of few cases too. `vintage` is the year whose
    divisions are shown, None for those that the reports name.
    """

    measure: str = COVERAGE
    year: int | None = None
    of: Summed = "bodies"
    small: bool = False
    vintage: int | None = None

    @classmethod
    def parse(cls, args: Arguments) -> MapQuery:
        """Return what an address asks for.

        Raises:
            BadValue: A value is invalid.
        """
        measure = present_key(args.get("m") or COVERAGE)
        if measure != COVERAGE and measure not in TABLE_MEASURES:
            raise BadValue(measure[:60])
        return cls(
            measure=measure,
            year=positive_int(args, "year"),
            of=cast(Summed, choice(args, "of", SUMMED) or "bodies"),
            small=bool(args.get("small")),
            vintage=read_vintage(args),
        )

    @property
    def column(self) -> TableMeasure | None:
        """The measure, None for coverage."""
        return TABLE_MEASURES.get(self.measure)

    def query_string(self, year: int | None) -> str:
        """Return the query string of this map in a year."""
        pairs: list[tuple[str, object]] = []
        if self.measure != COVERAGE:
            pairs.append(("m", self.measure))
        if year:
            pairs.append(("year", year))
        if self.of != "bodies" and self.measure != COVERAGE:
            pairs.append(("of", self.of))
        if self.small:
            pairs.append(("small", 1))
        if self.vintage:
            pairs.append(("vintage", self.vintage))
        return urlencode(pairs)


@dataclass(frozen=True, slots=True)
class MapPage:
    """A map of provinces and the rows of their prefectures, both of one measure in one year."""

    query: MapQuery
    year: int | None
    years: tuple[int, ...]
    tiles: RegionMap
    matrix: RegionMap

    @property
    def address(self) -> str:
        """The path of the page with its query."""
        query = self.query.query_string(self.year)
        return f"/map?{query}" if query else "/map"

    @property
    def parents(self) -> Mapping[str, str]:
        """The code of each province by the name that heads its row."""
        return {cell.name: cell.code for cell in self.tiles.tiles}


def load_map(conn: sqlite3.Connection, query: MapQuery, lang: Language) -> MapPage:
    """Return the map that a query asks for."""
    counted = reports_by_year(conn)
    years = tuple(sorted(counted, reverse=True))
    year = query.year or full_year(counted)
    regions = conn.execute(_BELOW).fetchall()
    levels = {row["code"]: str(row["level"]) for row in regions}
    column = query.column
    measures = (column.measure,) if column else ()
    totals = load_totals(conn, list(levels), measures, year) if year else {}

    def cell(code: str, name: str) -> HeatCell:
        total = totals.get((code, year or 0), EMPTY)
        value, n = _value(query, total, levels[code])
        return HeatCell(code, name, value, n)

    provinces = [Region(row["code"], row["name"]) for row in regions if not row["parent_code"]]
    tiles = [cell(each.code, each.name) for each in provinces]
    rows = []
    for province in provinces:
        below = [row for row in regions if row["parent_code"] == province.code]
        cells = [cell(row["code"], row["name"]) for row in below]
        if any(each.value is not None for each in cells):
            rows.append((province.name, tuple(cells)))
    return MapPage(
        query,
        year,
        years,
        tiles=_map("map", query, year, lang, tiles=tiles),
        matrix=_map("matrix", query, year, lang, rows=rows),
    )


def _value(query: MapQuery, total: Total, level: str) -> tuple[float | int | None, int | None]:
    """Return the value of a region and what it is out of: reports due, cases, or reports."""
    if query.column is None:
        return (total.archived / total.due, total.due) if total.due else (None, None)
    series = BODIES if query.of == "bodies" else f"{GOVERNMENT}{level}"
    value = total.value(query.column.measure, series)
    if value.is_small and not query.small:
        return None, value.n
    return value.number, value.n if value.is_rate else value.reports


def _map(
    key: str,
    query: MapQuery,
    year: int | None,
    lang: Language,
    tiles: Sequence[HeatCell] = (),
    rows: Sequence[tuple[str, Sequence[HeatCell]]] = (),
) -> RegionMap:
    column = query.column
    name = column.title(lang) if column else text(lang, "map_coverage")
    whose = text(lang, f"table_of_{query.of}") if column else ""
    cells = (*tiles, *(each for _, row in rows for each in row))
    counted = sum(each.n or 0 for each in cells if each.value is not None)
    return RegionMap(
        key=key,
        title=text(lang, f"map_title_{key}", measure=name, year=str(year or "")),
        is_rate=column is None or column.measure.is_rate,
        tiles=tuple(tiles),
        rows=tuple(rows),
        about=whose,
        basis=_basis(query, counted, lang),
        is_english=lang == "en",
    )


def _basis(query: MapQuery, counted: int, lang: Language) -> str:
    """Return in words what the values of a map rest on: `counted` reports due, cases or reports."""
    if query.column is None:
        return text(lang, "map_due", n=counted)
    if query.column.measure.is_rate:
        return text(lang, "map_cases", n=counted)
    return text(lang, "map_reports", n=counted)
