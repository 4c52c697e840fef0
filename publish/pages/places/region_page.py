"""One region: its agencies by year, its totals, and the regions next to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import ceil

from gongkai.archive.rollups.list_specs import AGENCIES
from gongkai.archive.rollups.listed_rows import has_list
from gongkai.archive.store.measures_sql import BODIES, SUMMED
from gongkai.archive.store.search import IN_REGION
from gongkai.catalogue import Language
from gongkai.publish.charts.chart import Chart
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.known_then import TooLargeThen
from gongkai.publish.pages.places.grounds import GroundTable, ground_tables
from gongkai.publish.pages.places.region_charts import region_charts
from gongkai.publish.pages.places.region_tree import (
    COUNTRY,
    Region,
    load_ancestors,
    load_children,
    load_predecessors,
    load_successors,
)
from gongkai.publish.pages.places.totals import (
    EMPTY,
    Total,
    Totals,
    load_totals,
    own_series,
    series_in,
)
from gongkai.publish.wording.measures import MEASURES
from gongkai.publish.wording.questions import asked_year, questions

PAGE_SIZE = 100
"""Agencies on a page of the matrix."""

SHOWN = (
    *("requests_new", "requests_handled", "disclosed", "refused"),
    *("disclosure_rate", "refusal_rate", "reviews", "suits"),
)
"""The measures of the tables, by their keys."""

_READY_AGENCIES = f"""
SELECT a.id, a.name, a.kind, g.code, g.name AS region
FROM (SELECT w.place, l."row" FROM {AGENCIES.places_table} w
      CROSS JOIN {AGENCIES.rows_table} l ON l.place = w.place
      WHERE w.root = :region ORDER BY w.place LIMIT :limit OFFSET :offset) p
CROSS JOIN agencies a ON a.rowid = p."row" LEFT JOIN regions g ON g.code = a.region_code
ORDER BY p.place
"""
_SHOWN = tuple(MEASURES[key] for key in SHOWN)


@dataclass(frozen=True)
class RegionPage:
    """A region, or the whole country, whose `code` is "" and whose `row` is None.

    `above` are the regions above it, and it. `parts` are the regions right below it, `siblings`
    those with the same parent, which are compared in `year`. `agencies` are those of this page,
    `matrix` has their coverage by (agency, year). `reporting_count` of all `agency_count` have a report.
    `of` is the series whose grounds are shown.
    """

    code: str
    row: Row | None
    above: tuple[Region, ...]
    years: tuple[int, ...]
    totals: Totals
    parts: tuple[Region, ...]
    part_totals: Totals
    siblings: tuple[Region, ...]
    sibling_totals: Totals
    year: int | None
    agencies: tuple[Row, ...]
    matrix: Mapping[tuple[str, int], Row]
    agency_count: int
    reporting_count: int
    page: int
    successors: tuple[Region, ...] = ()
    predecessors: tuple[Region, ...] = ()
    of: str = BODIES

    @property
    def pages(self) -> int:
        """The number of pages of the matrix."""
        return max(1, ceil(self.agency_count / PAGE_SIZE))

    @property
    def matrix_rows(self) -> Iterator[tuple[Row, list[Row | None]]]:
        """The agencies of this page with their coverage in each year, the latest first."""
        years = tuple(reversed(self.years))
        for agency in self.agencies:
            yield agency, [self.matrix.get((agency["id"], year)) for year in years]

    @property
    def has_comparison(self) -> bool:
        """Whether to compare: there are siblings, or another year was chosen and may be changed."""
        return len(self.siblings) > 1 or (self.year is not None and self.year != self.years[-1])

    def total(self, year: int) -> Total:
        """Return the total of the region in a year."""
        return self.totals.get((self.code, year), EMPTY)

    def charts(self, lang: Language) -> tuple[Chart, ...]:
        """Return charts of its reports and of what they count, the earliest year first."""
        level = str(self.row["level"]) if self.row else ""
        return region_charts(self.years, [self.total(year) for year in self.years], level, lang)

    def ground_tables(self, lang: Language) -> tuple[GroundTable, ...]:
        """Return the grounds and outcomes of the chosen series."""
        years = tuple(reversed(self.years_of(self.of)))
        return ground_tables(
            lambda measure, year: self.total(year).value(measure, self.of), years, lang
        )

    @property
    def series(self) -> tuple[str, ...]:
        """The series of reports that were summed, in the order in which they are shown."""
        return series_in(self.total(year) for year in self.years)

    @property
    def asked_year(self) -> int | None:
        """The latest year for which most reports are there."""
        counted = [(year, self.total(year).archived) for year in reversed(self.years)]
        return asked_year([each for each in counted if each[1]])

    @property
    def questions(self) -> tuple[tuple[str, str], ...]:
        """The questions that readers ask, with the paths that answer them for this region."""
        return questions(self.asked_year, self.code)

    def years_of(self, series: str) -> tuple[int, ...]:
        """Return the years in which a series has reports, the latest first."""
        return tuple(year for year in reversed(self.years) if self.total(year).reports(series))

    @property
    def sibling_series(self) -> tuple[str, ...]:
        """The series by which the siblings are compared."""
        level = str(self.row["level"]) if self.row else ""
        return tuple(
            series
            for series in own_series(level)
            if any(self.sibling(each.code).reports(series) for each in self.siblings)
        )

    def part(self, code: str, year: int) -> Total:
        """Return the total of a region right below, in a year."""
        return self.part_totals.get((code, year), EMPTY)

    def sibling(self, code: str) -> Total:
        """Return the total of a sibling in the year of comparison."""
        return self.sibling_totals.get((code, self.year or 0), EMPTY)


def load_region(
    conn: sqlite3.Connection, code: str, year: int | None = None, page: int = 1, of: str = BODIES
) -> RegionPage | None:
    """Return the page of a region, or None if there is no such code.

    `year` is that of the comparison with its siblings, by default the latest; `of` the series whose
    grounds are shown.
    """
    row = conn.execute("SELECT * FROM regions WHERE code = ?", (code,)).fetchone()
    if row is None and code != COUNTRY:
        return None
    totals = load_totals(conn, [code], SUMMED)
    years = tuple(sorted(year for (_, year), total in totals.items() if total.due or total.sums))
    below = load_children(conn, code)
    part_totals = load_totals(conn, [each.code for each in below]) if below else {}
    parts = tuple(
        each
        for each in below
        if any(part_totals.get((each.code, year), EMPTY).due for year in years)
    )
    compared = year if year in years else (years[-1] if years else None)
    sibling_totals: Totals = {}
    siblings: tuple[Region, ...] = ()
    if row is not None and compared:
        around = load_children(conn, row["parent_code"] or COUNTRY)
        # as of a day, what is around may have too many reports: then there is no comparison
        with suppress(TooLargeThen):
            sibling_totals = load_totals(conn, [each.code for each in around], _SHOWN, compared)
        siblings = tuple(
            each for each in around if sibling_totals.get((each.code, compared), EMPTY).due
        )
    agencies, agency_count, reporting_count = _load_agencies(conn, code, page)
    return RegionPage(
        code=code,
        row=row,
        above=load_ancestors(conn, code),
        years=years,
        totals=totals,
        parts=parts,
        part_totals=part_totals,
        siblings=siblings,
        sibling_totals=sibling_totals,
        year=compared,
        agencies=agencies,
        matrix=_load_matrix(conn, [str(agency["id"]) for agency in agencies]),
        agency_count=agency_count,
        reporting_count=reporting_count,
        page=page,
        successors=load_successors(conn, code) if row is not None and row["valid_to"] else (),
        predecessors=load_predecessors(conn, code) if row is not None else (),
        of=of,
    )


def _load_agencies(
    conn: sqlite3.Connection, code: str, page: int
) -> tuple[tuple[Row, ...], int, int]:
    """Return a page of the agencies of a region, its own first; how many all are; how many report."""
    if code == COUNTRY:
        return (), 0, 0
    parameters: dict[str, object] = {"region": code}
    offset = PAGE_SIZE * (page - 1)
    if has_list(conn, AGENCIES):
        counts = f"SELECT reporting, n FROM {AGENCIES.counts_table} WHERE root = :region"
        counted = {row["reporting"]: row["n"] for row in conn.execute(counts, parameters)}
        found = conn.execute(_READY_AGENCIES, {**parameters, "limit": PAGE_SIZE, "offset": offset})
        return tuple(found), sum(counted.values()), counted.get(1, 0)
    rows = f"FROM agencies a LEFT JOIN regions g ON g.code = a.region_code WHERE {IN_REGION}"
    agency_count, reporting_count = conn.execute(
        f"SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = a.id)), 0) {rows}",
        parameters,
    ).fetchone()
    found = conn.execute(
        "SELECT a.id, a.name, a.kind, g.code, g.name AS region"
        f" {rows} ORDER BY a.region_code, a.kind <> 'government', a.name, a.id"
        " LIMIT :limit OFFSET :offset",
        {**parameters, "limit": PAGE_SIZE, "offset": offset},
    )
    return tuple(found), agency_count, reporting_count


def _load_matrix(conn: sqlite3.Connection, ids: list[str]) -> dict[tuple[str, int], Row]:
    """Return the coverage of agencies by (agency, year)."""
    marks = ", ".join("?" * len(ids))
    rows = conn.execute(f"SELECT * FROM coverage WHERE agency_id IN ({marks})", ids)
    return {(row["agency_id"], row["year"]): row for row in rows}
