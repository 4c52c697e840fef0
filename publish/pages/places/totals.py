"""Sums over the reports of regions: how many are there, missing or late, and what they add up to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gongkai.publish.pages.places.divisions import COUNTRY, UNDER
from gongkai.publish.wording.measures import MEASURES, NOTHING, Measure, Value, value

STATUSES = ("found", "late", "missing", "blocked", "removed")
HERE = ("found", "late", "removed")
"""Statuses of years of which the archive has a report."""


@dataclass(frozen=True, slots=True)
class Total:
    """What a region comes to in a year."""

    coverage: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, Any] = field(default_factory=dict)

    @property
    def due(self) -> int:
        """Return how many reports were due."""
        return sum(self.coverage.values())

    @property
    def here(self) -> int:
        """Return how many reports the archive has."""
        return sum(self.coverage.get(status, 0) for status in HERE)

    @property
    def failed(self) -> int:
        """Return how many of its reports failed a check."""
        return self.sums.get("with_failed_checks") or 0

    def count(self, status: str) -> int:
        """Return how many reports have a status of coverage."""
        return self.coverage.get(status, 0)

    def of(self, measure: str) -> Value:
        """Return what a measure comes to."""
        return value(MEASURES[measure], self.sums) if self.sums else NOTHING


Totals = Mapping[tuple[str, int], Total]
"""By region and year."""

EMPTY = Total()


def totals(
    conn: sqlite3.Connection,
    roots: Iterable[str],
    measures: Iterable[str] = (),
    year: int | None = None,
) -> dict[tuple[str, int], Total]:
    """Return the totals of each region with all below it, of every year or of one."""
    listed = tuple(roots)
    asked = [MEASURES[key] for key in measures]
    parameters = {"roots": json.dumps([code for code in listed if code]), "year": year}
    coverage: dict[tuple[str, int], dict[str, int]] = {}
    sums: dict[tuple[str, int], Mapping[str, Any]] = {}
    for country in {code == COUNTRY for code in listed}:
        for row in conn.execute(_coverage(country, year), parameters):
            coverage.setdefault((row["root"], row["year"]), {})[row["status"]] = row["n"]
        if asked:
            for row in conn.execute(_sums(country, year, asked), parameters):
                sums[row["root"], row["year"]] = dict(row)
    return {
        key: Total(coverage.get(key, {}), sums.get(key, {})) for key in sorted({*coverage, *sums})
    }


def _from(table: str, country: bool, year: int | None) -> tuple[str, str]:
    where = "" if year is None else " where x.year = :year"
    if country:
        return "", f"select '' as root, x.* from {table} x{where}"
    return (
        f"with recursive {UNDER} ",
        f"select u.root, x.* from under u join {table} x on x.region_code = u.code{where}",
    )


def _coverage(country: bool, year: int | None) -> str:
    head, rows = _from("coverage", country, year)
    return f"{head}select root, year, status, count(*) as n from ({rows}) group by 1, 2, 3"


def _sums(country: bool, year: int | None, measures: list[Measure]) -> str:
    head, rows = _from("report_summary", country, year)
    columns = ", ".join(measure.sums() for measure in measures)
    return (
        f"{head}select root, year, count(*) as reports, sum(checks_failed > 0)"
        f" as with_failed_checks, {columns} from ({rows}) group by 1, 2"
    )
