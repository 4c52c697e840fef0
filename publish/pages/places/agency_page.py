"""One agency over the years: what it published when, what it says it did, what does not fit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gongkai.publish.pages.places.charts import Chart, chart
from gongkai.publish.pages.places.divisions import Region, chain
from gongkai.publish.wording.deadlines import days_between

Row = Mapping[str, Any]

ACROSS = ("carry_over", "in_force_continuity")
OUTCOMES = ("granted", "granted_partly", "refused", "unavailable", "rejected", "other_handling")


@dataclass(frozen=True, slots=True)
class Year:
    """A year in which a report was due, or is there. `report` is None where there is none."""

    year: int
    status: str
    deadline: str
    published_on: str | None
    report: Row | None

    @property
    def days_late(self) -> int:
        """Return by how many days it was late, 0 where it was not or that is not known."""
        return days_between(self.deadline, self.published_on) if self.status == "late" else 0


@dataclass(frozen=True, slots=True)
class Carry:
    """What one report carried out, and what the next one carried in."""

    before: Row
    after: Row

    @property
    def out(self) -> int | None:
        """Return what the earlier report carried out."""
        return self.before["requests_carried_out"]

    @property
    def taken(self) -> int | None:
        """Return what the later report carried in."""
        return self.after["requests_carried_in"]

    @property
    def verdict(self) -> str:
        """Return "equal", "unequal", or "unknown" where a figure is missing."""
        if self.out is None or self.taken is None:
            return "unknown"
        return "equal" if self.out == self.taken else "unequal"


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency and its reports, the earliest first."""

    row: Row
    regions: tuple[Region, ...]
    years: tuple[Year, ...]
    checks: tuple[Row, ...]

    @property
    def id(self) -> str:
        """Return the agency's id."""
        return str(self.row["id"])

    @property
    def reports(self) -> tuple[Row, ...]:
        """Return its reports, the latest first."""
        return tuple(year.report for year in reversed(self.years) if year.report)

    @property
    def carries(self) -> tuple[Carry, ...]:
        """Return the pairs of consecutive years of which both reports are there."""
        return tuple(
            Carry(one.report, other.report)
            for one, other in pairwise(self.years)
            if one.report and other.report and other.year == one.year + 1
        )

    def counted(self, status: str) -> int:
        """Return the number of years with a status."""
        return sum(year.status == status for year in self.years)

    def charts(self, t: Callable[..., str]) -> tuple[Chart, ...]:
        """Return the charts of requests, outcomes and disputes, with words by `t`."""
        if not any(report["requests_new"] is not None for report in self.reports):
            return ()
        return (
            self._chart("requests", "requests_new", ("requests_new",), t),
            self._chart("outcomes", "requests_handled", OUTCOMES, t),
            self._chart("reviews", "reviews", ("reviews_corrected", "reviews_rest"), t),
            self._chart("suits", "suits", ("suits_corrected", "suits_rest"), t),
        )

    def _chart(self, name: str, total: str, parts: tuple[str, ...], t: Callable[..., str]) -> Chart:
        rows = [
            (str(year.year), year.report[total] if year.report else None, _parts(year.report))
            for year in self.years
        ]
        labels = [(part, t(f"part_{part}")) for part in parts]
        return chart(name, t(f"chart_{name}"), labels, rows, nothing="—")


def _parts(report: Row | None) -> dict[str, Any]:
    """Return the figures of a report, with what is left of reviews and suits beside the corrected."""
    if report is None:
        return {}
    rest = {
        f"{name}_rest": report[name] - (report[f"{name}_corrected"] or 0)
        for name in ("reviews", "suits")
        if report[name] is not None
    }
    return {**dict(report), **rest}


def load(conn: sqlite3.Connection, agency_id: str) -> Agency | None:
    """Return the agency with this id, or None. Rows of `conn` must be sqlite3.Row."""
    row = conn.execute("select * from agencies where id = ?", (agency_id,)).fetchone()
    if row is None:
        return None
    reports = {
        report["year"]: report
        for report in conn.execute("select * from report_summary where agency_id = ?", (agency_id,))
    }
    due = conn.execute("select * from coverage where agency_id = ? order by year", (agency_id,))
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
    marks = ", ".join("?" * len(ACROSS))
    checks = conn.execute(
        "select c.*, r.year from checks c join reports r on r.id = c.report_id"
        f" where r.agency_id = ? and c.rule in ({marks}) order by r.year desc, c.rule, c.scope",
        (agency_id, *ACROSS),
    )
    return Agency(row, chain(conn, row["region_code"]), years, tuple(checks))
