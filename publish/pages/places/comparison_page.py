"""Agencies and regions side by side: measures over the years, each value with its n."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongkai.archive.store.measures_sql import (
    ANSWERED,
    BODIES,
    GROUNDED,
    SERIES,
    SummedMeasure,
    picked_sql,
    sums_sql,
)
from gongkai.catalogue import Language, text
from gongkai.publish.charts.chart import Chart, Series
from gongkai.publish.http.query_args import BadValue
from gongkai.publish.pages.places.comparison_query import ComparisonQuery, Subject
from gongkai.publish.pages.places.grounds import (
    FAMILIES,
    GroundTable,
    ground_tables,
    part_title,
)
from gongkai.publish.pages.places.known_values import reports_by_year
from gongkai.publish.pages.places.totals import load_totals, own_series
from gongkai.publish.wording.measures import (
    MEASURES,
    NO_VALUE,
    Measure,
    MeasureValue,
    measure_value,
)
from gongkai.publish.wording.series import series_title

MAX_SUGGESTIONS = 12
MOST_LINES = 6
"""Lines that can be told apart in one frame."""

PROVINCES_WITH_AGENCIES = """
SELECT g.code, g.name FROM regions g WHERE g.parent_code IS NULL AND EXISTS (
  SELECT 1 FROM agencies a
  WHERE a.region_code BETWEEN substr(g.code, 1, 2) AND substr(g.code, 1, 2) || ':'
  AND EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = a.id))
ORDER BY g.code
"""
REGIONS_BY_NAME = """
SELECT g.code AS id, g.name, g.full_name FROM regions g
WHERE g.full_name LIKE :like ESCAPE '!' AND EXISTS (
  SELECT 1 FROM agencies a WHERE (a.region_code = g.code
   OR substr(a.region_code, 1, 4) || '00' = g.code
   OR substr(a.region_code, 1, 2) || '0000' = g.code)
  AND EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = a.id))
ORDER BY length(g.full_name), g.code LIMIT :limit
"""
AGENCIES_BY_NAME = """
SELECT a.id, a.name, g.full_name FROM agencies a LEFT JOIN regions g ON g.code = a.region_code
WHERE a.name LIKE :like ESCAPE '!' AND EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = a.id)
ORDER BY length(a.name), a.region_code, a.id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Line:
    """What is compared: an agency, or the reports of one series in a region.

    The series of an agency is "".
    """

    subject: Subject
    series: str = ""

    def title(self, lang: Language) -> str:
        """Return the name, with that of the series."""
        if not self.series:
            return self.subject.name
        return f"{self.subject.name}{text(lang, 'colon')}{series_title(self.series, lang)}"


Values = Mapping[tuple[Line, str, int], MeasureValue]
"""Values by (line, key of the measure, year)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison shows: subjects, measures, years and values.

    `lines` are the agencies, and for each region the series of reports that occur in it.
    `suggestions` are subjects that may be added, `all_years` the years of all reports.
    """

    query: ComparisonQuery
    subjects: tuple[Subject, ...]
    lines: tuple[Line, ...]
    measures: tuple[Measure, ...]
    years: tuple[int, ...]
    values: Values
    suggestions: tuple[Subject, ...]
    all_years: tuple[int, ...]

    def value_of(self, line: Line, measure: str, year: int) -> MeasureValue:
        """Return a value, an empty one if there is no report."""
        return self.values.get((line, measure, year), NO_VALUE)

    def without(self, subject: Subject) -> str:
        """Return the query string of the comparison without a subject."""
        return self.query.without(subject).query_string()

    def with_added(self, subject: Subject) -> str:
        """Return the query string of the comparison with another subject."""
        return self.query.with_added(subject).query_string()

    @property
    def drawn_lines(self) -> tuple[Line, ...]:
        """The agencies, and for each region the bodies in it and its own government."""
        return tuple(
            line
            for line in self.lines
            if not line.series or line.series in own_series(line.subject.level)
        )

    def chart(self, measure: Measure, lang: Language) -> Chart:
        """Return one chart of a measure with all lines that are drawn, all on one scale.

        Up to MOST_LINES stand in one frame; more of them are a small chart each.
        """
        return Chart(
            key=measure.key,
            title=measure.title(lang),
            kind="lines" if len(self.drawn_lines) <= MOST_LINES else "panels",
            is_rate=measure.is_rate,
            columns=tuple(str(year) for year in self.years),
            series=tuple(
                Series(
                    "-".join(filter(None, (line.subject.kind, line.subject.id, line.series))),
                    line.title(lang),
                    tuple(
                        self.shown_number(self.value_of(line, measure.key, year))
                        for year in self.years
                    ),
                )
                for line in self.drawn_lines
            ),
            basis=text(lang, "chart_reports", n=self._count_reports(measure)),
        )

    def answer_charts(self, lang: Language) -> tuple[Chart, ...]:
        """Return how requests were answered over the years, as shares, for each line with figures."""
        charts = (
            self._answer_chart(place, line, lang) for place, line in enumerate(self.drawn_lines)
        )
        return tuple(chart for chart in charts if not chart.is_empty)

    def _answer_chart(self, place: int, line: Line, lang: Language) -> Chart:
        def values(measure: SummedMeasure) -> tuple[int | None, ...]:
            found = (self.value_of(line, measure.key, year) for year in self.years)
            return tuple(
                None if value.is_small and not self.query.small else value.part for value in found
            )

        return Chart(
            key=f"answers-{place}",
            title=line.title(lang),
            kind="share",
            columns=tuple(str(year) for year in self.years),
            series=tuple(
                Series(each.key, part_title("answers", each.key, lang), values(each))
                for each in ANSWERED
            ),
            about=text(lang, "grounds_few"),
            basis=text(lang, "grounds_answers"),
        )

    def grounds(self, lang: Language) -> tuple[GroundTable, ...]:
        """Return the grounds of the last year, with a column for each line in place of a year."""
        return ground_tables(
            lambda measure, place: self.value_of(self.lines[place], measure.key, self.years[-1]),
            range(len(self.lines)),
            lang,
            ("answers", *FAMILIES),
        )

    def _count_reports(self, measure: Measure) -> int:
        return sum(
            self.value_of(line, measure.key, year).reports
            for line in self.drawn_lines
            for year in self.years
        )

    def shown_number(self, found: MeasureValue) -> int | float | None:
        """Return the number of a value, None for a rate of few cases that was not asked for."""
        return None if found.is_small and not self.query.small else found.number


def compare(conn: sqlite3.Connection, query: ComparisonQuery) -> Comparison:
    """Return a comparison.

    Raises:
        BadValue: There is no such agency or region.
    """
    agencies = tuple(_load_agencies(conn, query.agencies))
    regions = tuple(_load_regions(conn, query.regions))
    measures = tuple(MEASURES[key] for key in query.measures)
    handled = MEASURES["requests_handled"]
    summed = (*dict.fromkeys((*measures, handled)), *ANSWERED, *GROUNDED)
    values = {
        **_load_agency_values(conn, agencies, summed),
        **_load_region_values(conn, regions, summed),
    }
    all_years = tuple(reports_by_year(conn))
    known = {year for _, _, year in values}
    years = tuple(year for year in all_years if year in known and query.includes(year))
    subjects = (*agencies, *regions)
    lines = (
        *(Line(subject) for subject in agencies),
        *(line for subject in regions for line in _lines_of(subject, values)),
    )
    suggestions: tuple[Subject, ...] = ()
    if query.add:
        suggestions = tuple(_find_by_name(conn, query))
    elif not subjects:
        provinces = conn.execute(PROVINCES_WITH_AGENCIES)
        suggestions = tuple(Subject("region", code, name) for code, name in provinces)
    return Comparison(query, subjects, lines, measures, years, values, suggestions, all_years)


def _load_agencies(conn: sqlite3.Connection, ids: Sequence[str]) -> Iterator[Subject]:
    for id in ids:
        row = conn.execute(
            "SELECT a.name, g.full_name FROM agencies a LEFT JOIN regions g"
            " ON g.code = a.region_code WHERE a.id = ?",
            (id,),
        ).fetchone()
        if row is None:
            raise BadValue(id)
        yield Subject("agency", id, row[0], row[1] or "")


def _load_regions(conn: sqlite3.Connection, codes: Sequence[str]) -> Iterator[Subject]:
    for code in codes:
        row = conn.execute(
            "SELECT name, full_name, level FROM regions WHERE code = ?", (code,)
        ).fetchone()
        if row is None:
            raise BadValue(code)
        yield Subject("region", code, row[0], row[1], row[2])


def _lines_of(region: Subject, values: Values) -> Iterator[Line]:
    """Yield the series that occur in a region; the bodies of a region always have a line."""
    known = {line.series for line, _, _ in values if line.subject == region}
    yield from (Line(region, series) for series in SERIES if series in {BODIES, *known})


def _load_agency_values(
    conn: sqlite3.Connection, subjects: Sequence[Subject], measures: Sequence[SummedMeasure]
) -> dict[tuple[Line, str, int], MeasureValue]:
    by_id = {subject.id: subject for subject in subjects}
    where = "a.agency_id IN (SELECT value FROM json_each(:ids))"
    rows = conn.execute(
        f"WITH picked AS MATERIALIZED ({picked_sql(measures, where)})"
        f" SELECT agency_id, year, {sums_sql(measures)} FROM picked GROUP BY agency_id, year",
        {"ids": json.dumps(list(by_id))},
    ).fetchall()
    return {
        (Line(by_id[row["agency_id"]]), measure.key, row["year"]): measure_value(measure, row)
        for row in rows
        for measure in measures
    }


def _load_region_values(
    conn: sqlite3.Connection, subjects: Sequence[Subject], measures: Sequence[SummedMeasure]
) -> dict[tuple[Line, str, int], MeasureValue]:
    if not subjects:
        return {}
    by_code = {subject.id: subject for subject in subjects}
    totals = load_totals(conn, list(by_code), measures)
    return {
        (line, measure.key, year): total.value(measure, line.series)
        for (code, year), total in totals.items()
        for line in (Line(by_code[code], series) for series in total.sums)
        for measure in measures
    }


def _find_by_name(conn: sqlite3.Connection, query: ComparisonQuery) -> Iterator[Subject]:
    """Yield regions and agencies with the given part of a name that are not compared yet."""
    part = query.add.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    parameters = {"like": f"%{part}%", "limit": MAX_SUGGESTIONS}
    for code, name, full_name in conn.execute(REGIONS_BY_NAME, parameters):
        if code not in query.regions:
            yield Subject("region", code, name, full_name or "")
    for id, name, full_name in conn.execute(AGENCIES_BY_NAME, parameters):
        if id not in query.agencies:
            yield Subject("agency", id, name, full_name or "")
