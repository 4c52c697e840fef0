"""Totals of regions: how many reports there are, are missing or late, and sums of their figures.

Sums stand apart for each series of reports: those of departments and towns are never added to those of
governments, which mostly contain them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gongkai.archive.rollups import region_sums
from gongkai.archive.rollups.coverage_sums import load_coverage_sums
from gongkai.archive.store.measures_sql import BODIES, GOVERNMENT, SERIES, SummedMeasure
from gongkai.archive.store.pooled.region_totals import COUNTRY as WHOLE_COUNTRY
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.known_then import check_size_then
from gongkai.publish.pages.places.moved_totals import has_moved_totals, load_moved_sums
from gongkai.publish.pages.places.region_tree import COUNTRY
from gongkai.publish.wording.measures import MEASURES, NO_VALUE, MeasureValue, measure_value

COUNTED = ("found", "late", "missing", "blocked", "removed")
"""Statuses of coverage for which it is known whether a report that was due is there.

What was not looked for, or may stand elsewhere, is neither there nor missing.
"""

WITH_REPORT = ("found", "late", "removed")
"""Statuses of coverage for which the archive has a report."""


@dataclass(frozen=True, slots=True)
class Total:
    """The total of a region in a year: reports by status of coverage, and sums by series and column."""

    coverage: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

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
        return sum(row["with_failed_checks"] or 0 for row in self.sums.values())

    def count(self, status: str) -> int:
        """Return the number of reports with a status of coverage."""
        return self.coverage.get(status, 0)

    def reports(self, series: str) -> int:
        """Return the number of reports of a series."""
        return self.sums[series]["reports"] if series in self.sums else 0

    def value_of(self, measure: str, series: str) -> MeasureValue:
        """Return the value of a published measure over the reports of a series."""
        return self.value(MEASURES[measure], series)

    def value(self, measure: SummedMeasure, series: str) -> MeasureValue:
        """Return the value of anything that was summed over the reports of a series."""
        return measure_value(measure, self.sums[series]) if series in self.sums else NO_VALUE


Totals = Mapping[tuple[str, int], Total]
"""Totals by region and year."""

EMPTY = Total()


def own_series(level: str) -> tuple[str, str]:
    """Return the series by which regions of a level compare: all bodies, and their own government."""
    return BODIES, f"{GOVERNMENT}{level}"


def series_in(totals: Iterable[Total]) -> tuple[str, ...]:
    """Return the series that occur, in the order in which they are shown."""
    found = {series for total in totals for series in total.sums}
    return tuple(series for series in SERIES if series in found)


def is_country(code: str) -> bool:
    """Return whether a code is that of the whole country in `region_totals`; no division has it."""
    return code == WHOLE_COUNTRY


def load_totals(
    conn: sqlite3.Connection,
    roots: Iterable[str],
    measures: Iterable[SummedMeasure] = (),
    year: int | None = None,
) -> dict[tuple[str, int], Total]:
    """Return the totals of each region with all regions below it, for all years or for one.

    Raises:
        TooLargeThen: As of an earlier day, there are too many reports.
    """
    listed, summed = tuple(roots), tuple(measures)
    coverage: dict[tuple[str, int], dict[str, int]] = {}
    sums: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    codes = {code or WHOLE_COUNTRY for code in listed}
    counted, added = _load_sums(conn, codes, summed, year)
    for row in counted:
        coverage.setdefault((_page_code(row), row["year"]), {})[row["status"]] = row["n"]
    for row in added:
        sums.setdefault((_page_code(row), row["year"]), {})[row["series"]] = row
    return {
        key: Total(coverage.get(key, {}), sums.get(key, {})) for key in sorted({*coverage, *sums})
    }


def _load_sums(
    conn: sqlite3.Connection,
    codes: Collection[str],
    measures: Sequence[SummedMeasure],
    year: int | None,
) -> tuple[Iterable[Row], Iterable[Row]]:
    """Return rows of coverage, and rows of sums where there are measures."""
    if has_moved_totals(conn):
        return load_moved_sums(conn, codes, measures, year)
    check_size_then(conn, codes, WHOLE_COUNTRY)
    counted = load_coverage_sums(conn, codes, year)
    summed = region_sums.load_region_sums(conn, codes, measures, year) if measures else ()
    return map(dict, counted), map(dict, summed)


def _page_code(row: Row) -> str:
    """Return the code under which a page shows a row: that of the country is empty."""
    return COUNTRY if row["root"] == WHOLE_COUNTRY else str(row["root"])
