"""Sums of a built table that a publication has ready: those of divisions that nothing else narrows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.archive.rollups import region_sums
from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.store.pooled.region_totals import COUNTRY
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.wording.measures import MeasureValue, measure_value

_NARROWED_BY = {"region", "series"}

Values = dict[tuple[str, int], MeasureValue]


@dataclass(frozen=True, slots=True)
class ReadySums:
    """The sums of some divisions with all below them, by year and series."""

    query: TableQuery
    rows: Sequence[sqlite3.Row]

    def by_root(self, series: str) -> dict[str, Values]:
        """Return the values of one series by division and (measure, year)."""
        return self._grouped("root", [row for row in self.rows if row["series"] == series])

    def by_series(self) -> dict[str, Values]:
        """Return the values by series and (measure, year)."""
        return self._grouped("series", self.rows)

    def _grouped(self, name: str, rows: Sequence[sqlite3.Row]) -> dict[str, Values]:
        found: dict[str, Values] = {}
        for row in rows:
            values = found.setdefault(row[name], {})
            for column in self.query.columns:
                values[column.key, row["year"]] = measure_value(column.measure, dict(row))
        return found


def ready_sums(
    conn: sqlite3.Connection, query: TableQuery, roots: Sequence[str]
) -> ReadySums | None:
    """Return the sums of divisions, "" for the country; None where a table is narrowed otherwise."""
    if not query.filters.keys() <= _NARROWED_BY or not has_rollup(conn, region_sums.TABLE):
        return None
    codes = {root or COUNTRY for root in roots}
    measures = [each.measure for each in query.columns]
    wanted = query.filters.get("series")
    found = region_sums.load_region_sums(conn, codes, measures)
    return ReadySums(query, [row for row in found if wanted in (None, row["series"])])
