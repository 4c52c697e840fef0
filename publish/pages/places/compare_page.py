"""Agencies and regions side by side: measures over the years, each value with its n."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from gongkai.publish.http import query_args as arguments
from gongkai.publish.pages.places.charts import Chart, chart
from gongkai.publish.pages.places.totals import totals
from gongkai.publish.wording.measures import MEASURES, NOTHING, Measure, Value, value

MOST = 8
"""Agencies, and as many regions: more cannot be read side by side."""

MOST_MEASURES = 6
DEFAULT = ("requests_handled", "disclosure_rate")
OFFERED = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared. `small` shows rates of few cases too; `add` looks for more to add."""

    agencies: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    measures: tuple[str, ...] = DEFAULT
    first: int | None = None
    last: int | None = None
    small: bool = False
    add: str = ""

    @classmethod
    def of(cls, args: Any) -> Asked:
        """Return what an address asks. Raises BadValue, TooMany."""
        measures = arguments.several(args, "measure", MOST_MEASURES)
        for key in measures:
            if key not in MEASURES:
                raise arguments.BadValue(key)
        regions = arguments.several(args, "region", MOST)
        return cls(
            agencies=arguments.several(args, "agency", MOST),
            regions=tuple(arguments.division(code) for code in regions),
            measures=measures or DEFAULT,
            first=arguments.whole(args, "from"),
            last=arguments.whole(args, "to"),
            small=bool(args.get("small")),
            add=arguments.text(args, "add"),
        )

    def query(self, **changed: Any) -> str:
        """Return the query string of this comparison, or of one that differs from it."""
        asked = replace(self, add="", **changed)
        pairs: list[tuple[str, object]] = [
            *(("agency", id) for id in asked.agencies),
            *(("region", code) for code in asked.regions),
            *(("measure", key) for key in asked.measures if asked.measures != DEFAULT),
            *(("from", asked.first),) * bool(asked.first),
            *(("to", asked.last),) * bool(asked.last),
            *(("small", 1),) * asked.small,
        ]
        return urlencode(pairs)


@dataclass(frozen=True, slots=True)
class Subject:
    """An agency or a region that is compared."""

    kind: str
    id: str
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Subjects, years, and their values by (subject, measure, year)."""

    asked: Asked
    subjects: tuple[Subject, ...]
    measures: tuple[Measure, ...]
    years: tuple[int, ...]
    values: Mapping[tuple[Subject, str, int], Value]
    offered: tuple[Subject, ...]
    all_years: tuple[int, ...]

    def of(self, subject: Subject, measure: str, year: int) -> Value:
        """Return a value, an empty one where there is no report."""
        return self.values.get((subject, measure, year), NOTHING)

    def without(self, subject: Subject) -> str:
        """Return the query string of the comparison without a subject."""
        return self._query(subject, add=False)

    def with_added(self, subject: Subject) -> str:
        """Return the query string of the comparison with another subject."""
        return self._query(subject, add=True)

    def _query(self, subject: Subject, *, add: bool) -> str:
        name = "agencies" if subject.kind == "agency" else "regions"
        have = [id for id in getattr(self.asked, name) if id != subject.id]
        return self.asked.query(**{name: (*have, *((subject.id,) * add))})

    def charts(self, measure: Measure, lang: str) -> tuple[Chart, ...]:
        """Return a chart for each subject, all on one scale."""
        shown = {
            (subject, year): self._shown(self.of(subject, measure.key, year))
            for subject in self.subjects
            for year in self.years
        }
        most = 1.0 if measure.is_rate else max((n for n in shown.values() if n), default=1)
        return tuple(
            chart(
                f"{measure.key}-{place}",
                subject.name,
                [(measure.key, measure.title(lang))],
                [(str(year), (n := shown[subject, year]), {measure.key: n}) for year in self.years],
                nothing="—",
                most=most,
            )
            for place, subject in enumerate(self.subjects, 1)
        )

    def _shown(self, found: Value) -> int | float | None:
        return None if found.small and not self.asked.small else found.number

    def sheet(self, lang: str) -> Iterator[list[object]]:
        """Yield the comparison as rows: one a subject, year and measure."""
        yield (
            [
                "kind",
                "id",
                "name",
                "region",
                "year",
                "measure",
                "value",
                "numerator",
                "n",
                "reports",
            ]
            if lang == "en"
            else ["类别", "编号", "名称", "地区", "年度", "指标", "数值", "分子", "n", "报告数"]
        )
        for subject in self.subjects:
            for measure in self.measures:
                for year in self.years:
                    found = self.of(subject, measure.key, year)
                    number = self._shown(found)
                    yield [
                        *(subject.kind, subject.id, subject.name, subject.place, year),
                        *(measure.key, round(number, 4) if number is not None else None),
                        *(found.part, found.n if measure.is_rate else None, found.reports),
                    ]


def compare(conn: sqlite3.Connection, asked: Asked) -> Comparison:
    """Return the comparison. Raises BadValue for an agency or a region that is not there."""
    subjects = (*_agencies(conn, asked.agencies), *_regions(conn, asked.regions))
    measures = tuple(MEASURES[key] for key in asked.measures)
    values = {
        **_of_agencies(conn, [s for s in subjects if s.kind == "agency"], measures),
        **_of_regions(conn, [s for s in subjects if s.kind == "region"], measures),
    }
    rows = conn.execute("select distinct year from reports order by year").fetchall()
    all_years = tuple(row[0] for row in rows)
    known = {year for _, _, year in values}
    years = tuple(
        year
        for year in all_years
        if year in known and (asked.first or 0) <= year <= (asked.last or 9999)
    )
    offered = tuple(_offered(conn, asked)) if asked.add or not subjects else ()
    return Comparison(asked, subjects, measures, years, values, offered, all_years)


def _agencies(conn: sqlite3.Connection, ids: Sequence[str]) -> Iterator[Subject]:
    for id in ids:
        row = conn.execute(
            "select a.name, g.full_name from agencies a left join regions g"
            " on g.code = a.region_code where a.id = ?",
            (id,),
        ).fetchone()
        if row is None:
            raise arguments.BadValue(id)
        yield Subject("agency", id, row[0], row[1] or "")


def _regions(conn: sqlite3.Connection, codes: Sequence[str]) -> Iterator[Subject]:
    for code in codes:
        row = conn.execute("select name, full_name from regions where code = ?", (code,)).fetchone()
        if row is None:
            raise arguments.BadValue(code)
        yield Subject("region", code, row[0], row[1])


def _of_agencies(
    conn: sqlite3.Connection, subjects: Sequence[Subject], measures: Sequence[Measure]
) -> dict[tuple[Subject, str, int], Value]:
    marks = ", ".join("?" * len(subjects))
    sums = ", ".join(measure.sums() for measure in measures)
    named = {subject.id: subject for subject in subjects}
    rows = conn.execute(
        f"select agency_id, year, {sums} from report_summary where agency_id in ({marks})"
        " group by agency_id, year",
        list(named),
    )
    return {
        (named[row["agency_id"]], measure.key, row["year"]): value(measure, row)
        for row in rows
        for measure in measures
    }


def _of_regions(
    conn: sqlite3.Connection, subjects: Sequence[Subject], measures: Sequence[Measure]
) -> dict[tuple[Subject, str, int], Value]:
    if not subjects:
        return {}
    named = {subject.id: subject for subject in subjects}
    found = totals(conn, list(named), [measure.key for measure in measures])
    return {
        (named[code], measure.key, year): total.of(measure.key)
        for (code, year), total in found.items()
        for measure in measures
    }


def _offered(conn: sqlite3.Connection, asked: Asked) -> Iterator[Subject]:
    """Yield what could be added: regions and agencies by name, or the provinces at first."""
    if not asked.add:
        for code, name in conn.execute(
            "select g.code, g.name from regions g where g.parent_code is null and exists"
            " (select 1 from agencies a where substr(a.region_code, 1, 2) = substr(g.code, 1, 2))"
            " order by g.code"
        ):
            yield Subject("region", code, name)
        return
    like = f"%{asked.add.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    for kind, question, have in (
        (
            "region",
            "select g.code as id, g.name, g.full_name from regions g"
            " where g.full_name like :like escape '!' and exists (select 1 from agencies a"
            " where a.region_code = g.code or substr(a.region_code, 1, 4) || '00' = g.code"
            " or substr(a.region_code, 1, 2) || '0000' = g.code)"
            " order by length(g.full_name), g.code limit :most",
            asked.regions,
        ),
        (
            "agency",
            "select a.id, a.name, g.full_name from agencies a left join regions g"
            " on g.code = a.region_code where a.name like :like escape '!'"
            " order by length(a.name), a.region_code, a.id limit :most",
            asked.agencies,
        ),
    ):
        for row in conn.execute(question, {"like": like, "most": OFFERED}):
            if row[0] not in have:
                yield Subject(kind, row[0], row[1], row[2] or "")
