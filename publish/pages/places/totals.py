"""Totals of regions: how many reports there are, are missing or late, and sums of their figures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gongkai.publish.pages.places.region_tree import COUNTRY, UNDER
from gongkai.publish.wording.measures import (
    MEASURES,
    NO_VALUE,
    Measure,
    MeasureValue,
    measure_value,
)

COUNTED = ("found", "late", "missing", "blocked", "removed")
"""Statuses of coverage for which it is known whether a report that was due is there.

What was not looked for, or may stand elsewhere, is neither there nor missing.
"""

WITH_REPORT = ("found", "late", "removed")
"""Statuses of coverage for which the archive has a report."""


@dataclass(frozen=True, slots=True)
class Total:
    """The total of a region in a year: reports by status of coverage, and sums by column."""

    coverage: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, Any] = field(default_factory=dict)

    @property
    def due(self) -> int:
        """The number of reports that were due, of those of which it is known whether they are there."""
        return sum(self.coverage.get(status, 0) for status in COUNTED)

    @property
    def archived(self) -> int:
        """The number of reports in the archive."""
        return sum(self.coverage.get(status, 0) for status in WITH_REPORT)

    @property
    def contradictory(self) -> int:
        """The number of reports with failed checks."""
        return self.sums.get("with_failed_checks") or 0

    def count(self, status: str) -> int:
        """Return the number of reports with a status of coverage."""
        return self.coverage.get(status, 0)

    def value_of(self, measure: str) -> MeasureValue:
        """Return the value of a measure."""
        return measure_value(MEASURES[measure], self.sums) if self.sums else NO_VALUE


Totals = Mapping[tuple[str, int], Total]
"""Totals by region and year."""

EMPTY = Total()


def load_totals(
    conn: sqlite3.Connection,
    roots: Iterable[str],
    measures: Iterable[str] = (),
    year: int | None = None,
) -> dict[tuple[str, int], Total]:
    """Return the totals of each region with all regions below it, for all years or for one."""
    listed = tuple(roots)
    summed = [MEASURES[key] for key in measures]
    parameters = {"roots": json.dumps([code for code in listed if code]), "year": year}
    coverage: dict[tuple[str, int], dict[str, int]] = {}
    sums: dict[tuple[str, int], Mapping[str, Any]] = {}
    for country in {code == COUNTRY for code in listed}:
        for row in conn.execute(_coverage_sql(country, year), parameters):
            coverage.setdefault((row["root"], row["year"]), {})[row["status"]] = row["n"]
        if summed:
            for row in conn.execute(_sums_sql(country, year, summed), parameters):
                sums[row["root"], row["year"]] = dict(row)
    return {
        key: Total(coverage.get(key, {}), sums.get(key, {})) for key in sorted({*coverage, *sums})
    }


def _rows_sql(table: str, country: bool, year: int | None) -> tuple[str, str]:
    where = "" if year is None else " WHERE x.year = :year"
    if country:
        return "", f"SELECT '' AS root, x.* FROM {table} x{where}"
    return (
        f"WITH RECURSIVE {UNDER} ",
        f"SELECT u.root, x.* FROM under u JOIN {table} x ON x.region_code = u.code{where}",
    )


def _coverage_sql(country: bool, year: int | None) -> str:
    head, rows = _rows_sql("coverage", country, year)
    return f"{head}SELECT root, year, status, count(*) AS n FROM ({rows}) GROUP BY 1, 2, 3"


def _sums_sql(country: bool, year: int | None, measures: list[Measure]) -> str:
    head, rows = _rows_sql("report_summary", country, year)
    columns = ", ".join(measure.sums() for measure in measures)
    return (
        f"{head}SELECT root, year, count(*) AS reports, sum(checks_failed > 0)"
        f" AS with_failed_checks, {columns} FROM ({rows}) GROUP BY 1, 2"
    )
