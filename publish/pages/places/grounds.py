"""How requests were answered and on which grounds, how disputes ended: by year, with shares and n."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gongkai.archive.store.measures_sql import (
    ANSWERED,
    DECIDED,
    GROUNDED,
    OTHER_2019,
    SUMMED,
    SummedMeasure,
    picked_sql,
    sums_sql,
)
from gongkai.catalogue import Language, text
from gongkai.publish.charts.chart import Chart, Series
from gongkai.publish.wording.codes import ITEMS, RESULTS, code_label
from gongkai.publish.wording.measures import NO_VALUE, MeasureValue, measure_value

FAMILIES = ("refused", "unavailable", "rejected", "other")
PROCEEDINGS = ("review", "suit_direct", "suit_after_review")

_BY_KEY: Mapping[str, SummedMeasure] = {each.key: each for each in SUMMED}
_GROUND = "ground_"

REASONS_AND_OUTCOMES = (*FAMILIES, *PROCEEDINGS)
"""The groups of a page that shows how requests were answered elsewhere."""

PARTS: Mapping[str, tuple[SummedMeasure, ...]] = {
    "answers": ANSWERED,
    **{
        family: tuple(each for each in GROUNDED if each.key.startswith(f"{_GROUND}{family}"))
        for family in FAMILIES
    },
    **{
        name: tuple(each for each in DECIDED if each.key.startswith(f"{name}_") and each.whole)
        for name in PROCEEDINGS
    },
}
"""The parts of each group of answers or outcomes, in printed order."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "answers": (
        *("requests_handled", "disclosed", "refused", "unavailable", "rejected"),
        *("disclosure_rate", "refusal_rate"),
    ),
    **{
        family: (family, rate, "requests_handled", *(each.key for each in PARTS[family]))
        for family, rate in (
            ("refused", "refusal_rate"),
            ("unavailable", "unavailable_rate"),
            ("rejected", "rejection_rate"),
        )
    },
    "other": ("requests_handled", *(each.key for each in PARTS["other"])),
    **{name: (f"{name}_total", *(each.key for each in PARTS[name])) for name in PROCEEDINGS},
}
"""The measures of the built table that shows a group agency by agency."""

DETAILS: Mapping[str, tuple[str, ...]] = {
    "disclosed": ("disclosed", "disclosure_rate", "requests_handled"),
    **{family: COLUMNS[family] for family in ("refused", "unavailable", "rejected")},
    "reviews": ("reviews", "review_correction_rate", *(each.key for each in PARTS["review"])),
    "suits": (
        *("suits", "suit_correction_rate"),
        *(f"{name}_{end}" for name in PROCEEDINGS[1:] for end in ("total", "corrected")),
    ),
}
"""A published measure -> the measures of a built table that shows where its number comes from."""

RECENT = 3
"""Years of a built table to which a group leads; a reader can add more."""

EARLIER_YEARS = 4
"""Years beside which the grounds of a report stand."""

ValueOf = Callable[[SummedMeasure, int], MeasureValue]
"""The value of a measure in a year."""


@dataclass(frozen=True, slots=True)
class GroundRow:
    """One ground or outcome, with its value in each year of its table."""

    key: str
    title: str
    values: tuple[MeasureValue, ...]

    @property
    def is_used(self) -> bool:
        """Whether it has any case."""
        return any(value.part for value in self.values)

    @property
    def is_known(self) -> bool:
        """Whether any report prints it."""
        return any(value.reports for value in self.values)


@dataclass(frozen=True, slots=True)
class GroundTable:
    """A group of grounds over the years, the earliest first.

    `subtotal` has the whole group, None where that is the total. `total` has all requests handled, or
    all cases of the proceeding: what the shares are out of.
    `note` says what does not pool, "" if all does.
    """

    key: str
    title: str
    years: tuple[int, ...]
    rows: tuple[GroundRow, ...]
    subtotal: GroundRow | None
    total: GroundRow
    note: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The measures of the built table that shows the same agency by agency."""
        return COLUMNS[self.key]

    @property
    def recent_years(self) -> tuple[int, ...]:
        """The latest years, which fit beside each other in a built table."""
        return self.years[-RECENT:]

    def chart(self, lang: Language) -> Chart:
        """Return stacked bars of the grounds that occur; a dash where no report has a figure."""
        counts = tuple(value.reports for value in self.total.values)
        return Chart(
            key=f"grounds-{self.key}",
            title=self.title,
            columns=tuple(str(year) for year in self.years),
            series=tuple(
                Series(row.key, row.title, tuple(value.part for value in row.values))
                for row in self.rows
                if row.is_used
            ),
            counts=counts if max(counts, default=0) > 1 else (),
            about=text(lang, "grounds_n"),
            basis=text(lang, "chart_reports", n=sum(counts)),
        )


def ground_tables(
    value_of: ValueOf, years: Sequence[int], lang: Language, groups: Iterable[str] = PARTS
) -> tuple[GroundTable, ...]:
    """Return the groups that have any case in these years."""
    tables = (_ground_table(group, value_of, tuple(years), lang) for group in groups)
    return tuple(table for table in tables if any(row.is_used for row in table.rows))


def report_ground_tables(value_of: ValueOf, year: int, lang: Language) -> tuple[GroundTable, ...]:
    """Return the groups that have any case in a report, beside the years before it."""
    used = ground_tables(value_of, [year], lang, REASONS_AND_OUTCOMES)
    years = range(year - EARLIER_YEARS, year + 1)
    return ground_tables(value_of, years, lang, [table.key for table in used])


def _ground_table(
    group: str, value_of: ValueOf, years: tuple[int, ...], lang: Language
) -> GroundTable:
    def row(measure: SummedMeasure, title: str) -> GroundRow:
        return GroundRow(measure.key, title, tuple(value_of(measure, year) for year in years))

    whole = _BY_KEY[f"{group}_total" if group in PROCEEDINGS else "requests_handled"]
    rows = tuple(row(each, part_title(group, each.key, lang)) for each in PARTS[group])
    known = tuple(each for each in rows if each.is_known)
    keys = {each.key for each in known}
    does_not_pool = f"{_GROUND}{OTHER_2019}" in keys and len(keys) > 1 and group == "other"
    return GroundTable(
        key=group,
        title=group_title(group, lang),
        years=years,
        rows=known,
        subtotal=_subtotal(group, row, lang),
        total=row(
            whole, text(lang, "grounds_all_cases" if group in PROCEEDINGS else "grounds_all")
        ),
        note=text(lang, "grounds_other_note") if does_not_pool else "",
    )


def _subtotal(
    group: str, row: Callable[[SummedMeasure, str], GroundRow], lang: Language
) -> GroundRow | None:
    if group not in FAMILIES:
        return None
    answer = "other_handling" if group == "other" else group
    return row(_BY_KEY[f"answer_{answer}"], text(lang, "grounds_subtotal"))


def group_title(group: str, lang: Language) -> str:
    """Return the name of a group of grounds or outcomes."""
    if group == "answers":
        return text(lang, "grounds_answers")
    if group in PROCEEDINGS:
        return text(lang, "grounds_outcomes", proceeding=code_label("proceeding", group, lang))
    return text(lang, "grounds_family", family=code_label("family", group, lang))


def part_title(group: str, key: str, lang: Language) -> str:
    """Return the name of a ground or an outcome within its group."""
    if group == "answers":
        return text(lang, f"part_{key.removeprefix('answer_')}")
    if group in PROCEEDINGS:
        return RESULTS[key.removeprefix(f"{group}_")](lang)
    ground = key.removeprefix(_GROUND)
    return text(lang, "ground_other_2019") if ground == OTHER_2019 else ITEMS[ground](lang)


def load_agency_grounds(conn: sqlite3.Connection, agency_id: str) -> ValueOf:
    """Return the values of an agency's reports; those of other years are empty."""
    measures = (*ANSWERED, *GROUNDED, *DECIDED, _BY_KEY["requests_handled"])
    found = conn.execute(
        f"WITH picked AS MATERIALIZED ({picked_sql(measures, 'a.agency_id = :agency')})"
        f" SELECT year, {sums_sql(measures)} FROM picked GROUP BY year",
        {"agency": agency_id},
    )
    rows = {row["year"]: dict(row) for row in found}

    def value_of(measure: SummedMeasure, year: int) -> MeasureValue:
        return measure_value(measure, rows[year]) if year in rows else NO_VALUE

    return value_of
