"""One agency over the years: when it published, its figures, and where they do not match."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gongkai.publish.charts.chart import Chart, Series
from gongkai.publish.datasette_types import Row, Translator
from gongkai.publish.pages.places.region_tree import Region, load_ancestors
from gongkai.publish.wording.deadlines import days_late

RULES_ACROSS_YEARS = ("carry_over", "in_force_continuity")
"""Rules that compare the reports of two years."""

MOST_CHANGES = 50
"""So many changes of a line are shown at most."""

_CHANGES = """
SELECT l.*, f.name AS from_name, t.name AS to_name FROM agency_links l
LEFT JOIN agencies f ON f.id = l.from_id LEFT JOIN agencies t ON t.id = l.to_id
WHERE l.rowid IN (
  SELECT b.rowid FROM agencies a JOIN agency_links b ON b.from_id = a.id WHERE a.lineage_id = ?1
  UNION SELECT b.rowid FROM agencies a JOIN agency_links b ON b.to_id = a.id WHERE a.lineage_id = ?1)
ORDER BY l.year, f.name, t.name LIMIT ?2
"""

OUTCOMES = ("granted", "granted_partly", "refused", "unavailable", "rejected", "other_handling")


@dataclass(frozen=True, slots=True)
class Year:
    """A year in which a report was due or was published. `report` is None if it is missing."""

    year: int
    status: str
    deadline: str
    published_on: str | None
    report: Row | None

    @property
    def days_late(self) -> int:
        """The days after the deadline, or 0 if it was in time or the date is unknown."""
        return days_late(self.deadline, self.published_on) if self.status == "late" else 0


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Requests that one report carries over to the next year, in both reports."""

    before: Row
    after: Row

    @property
    def carried_out(self) -> int | None:
        """The requests that the earlier report carried out."""
        number: int | None = self.before["requests_carried_out"]
        return number

    @property
    def carried_in(self) -> int | None:
        """The requests that the later report carried in."""
        number: int | None = self.after["requests_carried_in"]
        return number

    @property
    def verdict(self) -> str:
        """Either "equal" or "unequal", or "unknown" if a figure is missing."""
        if self.carried_out is None or self.carried_in is None:
            return "unknown"
        return "equal" if self.carried_out == self.carried_in else "unequal"


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency and its years, the earliest first. `regions` are its own and those above it.

    `checks` are its failed checks of rules that compare two years. `duties` tell why it owes reports.
    `changes` are the rows of `agency_links` of its line, with the names of both bodies, the earliest first.
    """

    row: Row
    regions: tuple[Region, ...]
    years: tuple[Year, ...]
    checks: tuple[Row, ...]
    duties: tuple[Row, ...]
    changes: tuple[Row, ...] = ()

    @property
    def id(self) -> str:
        """The id of the agency."""
        return str(self.row["id"])

    @property
    def reports(self) -> tuple[Row, ...]:
        """Its reports, the latest first."""
        return tuple(year.report for year in reversed(self.years) if year.report)

    @property
    def carries(self) -> tuple[CarryOver, ...]:
        """The requests carried over between consecutive years that both have a report."""
        return tuple(
            CarryOver(before.report, after.report)
            for before, after in pairwise(self.years)
            if before.report and after.report and after.year == before.year + 1
        )

    def count_years(self, status: str) -> int:
        """Return the number of years with a status."""
        return sum(year.status == status for year in self.years)

    def charts(self, t: Translator) -> tuple[Chart, ...]:
        """Return charts of requests, outcomes and disputes, or () if no report has figures."""
        if not any(report["requests_new"] is not None for report in self.reports):
            return ()
        return (
            self._chart("requests", "requests_new", ("requests_new",), t),
            self._chart("outcomes", "requests_handled", OUTCOMES, t),
            self._chart("reviews", "reviews", ("reviews_corrected", "reviews_rest"), t),
            self._chart("suits", "suits", ("suits_corrected", "suits_rest"), t),
        )

    def _chart(self, name: str, total: str, parts: tuple[str, ...], t: Translator) -> Chart:
        figures = [_parts(year.report) for year in self.years]
        totals = tuple(each.get(total) for each in figures)
        return Chart(
            key=name,
            title=t(f"chart_{name}"),
            columns=tuple(str(year.year) for year in self.years),
            series=tuple(
                Series(part, t(f"part_{part}"), tuple(each.get(part) for each in figures))
                for part in parts
            ),
            totals=totals,
            basis=t("chart_reports", n=sum(each is not None for each in totals)),
        )


def _parts(report: Row | None) -> dict[str, Any]:
    """Return the figures of a report, with the reviews and suits that corrected nothing."""
    if report is None:
        return {}
    rest = {
        f"{name}_rest": report[name] - (report[f"{name}_corrected"] or 0)
        for name in ("reviews", "suits")
        if report[name] is not None
    }
    return {**dict(report), **rest}


def load_agency(conn: sqlite3.Connection, agency_id: str) -> Agency | None:
    """Return the agency with an id, or None. Rows of `conn` must be sqlite3.Row."""
    row = conn.execute("SELECT * FROM agencies WHERE id = ?", (agency_id,)).fetchone()
    if row is None:
        return None
    reports = {
        report["year"]: report
        for report in conn.execute("SELECT * FROM report_summary WHERE agency_id = ?", (agency_id,))
    }
    due = conn.execute("SELECT * FROM coverage WHERE agency_id = ? ORDER BY year", (agency_id,))
    years = tuple(
        Year(
            each["year"],
            each["status"],
            each["deadline"],
            each["published_on"],
            reports.get(each["year"]),
        )
        for each in due
    )
    marks = ", ".join("?" * len(RULES_ACROSS_YEARS))
    checks = conn.execute(
        "SELECT c.*, r.year FROM checks c JOIN reports r ON r.id = c.report_id"
        f" WHERE r.agency_id = ? AND c.rule IN ({marks}) ORDER BY r.year DESC, c.rule, c.scope",
        (agency_id, *RULES_ACROSS_YEARS),
    )
    duties = conn.execute(
        "SELECT d.*, s.fetched_at FROM duties d LEFT JOIN snapshots s ON s.id = d.source"
        " WHERE d.agency_id = ? ORDER BY d.why",
        (agency_id,),
    )
    regions = load_ancestors(conn, row["region_code"])
    changes = conn.execute(_CHANGES, (row["lineage_id"], MOST_CHANGES))
    return Agency(row, regions, years, tuple(checks), tuple(duties), tuple(changes))
