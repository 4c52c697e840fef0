"""Charts of a region: which reports are there, and what governments and their departments counted.

Numbers of governments and of departments stand in charts of their own: one contains the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from gongkai.archive.store.measures_sql import BODIES, SUMMED
from gongkai.catalogue import Language, text
from gongkai.publish.charts.chart import Chart, Number, Series
from gongkai.publish.pages.places.grounds import ground_tables
from gongkai.publish.pages.places.region_tree import COUNTRY
from gongkai.publish.pages.places.totals import Total, load_totals, own_series
from gongkai.publish.wording.codes import code_label
from gongkai.publish.wording.series import series_title

STATUSES = ("found", "late", "removed", "missing", "blocked")
"""What became of reports that were due, from the bottom of a bar up."""

_BY_KEY = {each.key: each for each in SUMMED}
LEVEL_OF_COUNTRY = "country"

Part = tuple[str, str, Callable[[Total, str], Number | None]]
"""A part of a bar: its key, its name, and its value in the total of a year, for a series."""


def region_charts(
    years: Sequence[int], totals: Sequence[Total], level: str, lang: Language
) -> tuple[Chart, ...]:
    """Return the charts of a region over the years, the earliest first, without empty ones.

    `totals` has the total of each year, with all sums. `level` is that of the region.
    """
    charts = [_coverage(years, totals, lang)]
    for series in own_series(level or LEVEL_OF_COUNTRY):
        charts += [
            _chart("requests", series, years, totals, lang, [_published("requests_new", lang)]),
            _chart("reviews", series, years, totals, lang, _disputes("review", "reviews", lang)),
            _chart("suits", series, years, totals, lang, _disputes("suit", "suits", lang)),
        ]
    return tuple(chart for chart in charts if not chart.is_empty)


def load_region_charts(
    conn: sqlite3.Connection, code: str, lang: Language, of: str = BODIES
) -> tuple[str, tuple[Chart, ...]] | None:
    """Return the name of a region with its charts, None if there is no such code.

    `of` is the series whose grounds are shown.
    """
    row = conn.execute("SELECT name, level FROM regions WHERE code = ?", (code,)).fetchone()
    if row is None and code != COUNTRY:
        return None
    totals = {year: each for (_, year), each in load_totals(conn, [code], SUMMED).items()}
    years = sorted(year for year, total in totals.items() if total.due or total.sums)
    name, level = (row["name"], row["level"]) if row else (text(lang, "country"), "")
    charts = region_charts(years, [totals[year] for year in years], level, lang)
    known = [year for year in years if totals[year].reports(of)]
    grounds = ground_tables(lambda measure, year: totals[year].value(measure, of), known, lang)
    return name, (*charts, *(each.chart(lang) for each in grounds))


def _coverage(years: Sequence[int], totals: Sequence[Total], lang: Language) -> Chart:
    return Chart(
        key="coverage",
        title=text(lang, "chart_coverage"),
        columns=tuple(str(year) for year in years),
        series=tuple(
            Series(
                status,
                code_label("status", status, lang),
                tuple(total.count(status) if total.due else None for total in totals),
            )
            for status in STATUSES
            if any(total.count(status) for total in totals)
        ),
        basis=text(lang, "chart_due", n=sum(total.due for total in totals)),
    )


def _chart(
    name: str,
    series: str,
    years: Sequence[int],
    totals: Sequence[Total],
    lang: Language,
    parts: Sequence[Part],
) -> Chart:
    return Chart(
        key=f"{name}-{series}",
        title=f"{text(lang, f'chart_{name}')}{text(lang, 'colon')}{series_title(series, lang)}",
        columns=tuple(str(year) for year in years),
        series=tuple(
            Series(key, label, tuple(value_in(total, series) for total in totals))
            for key, label, value_in in parts
        ),
        counts=tuple(total.reports(series) or None for total in totals),
        basis=text(lang, "chart_reports", n=sum(total.reports(series) for total in totals)),
    )


def _published(key: str, lang: Language) -> Part:
    measure = _BY_KEY[key]
    return key, text(lang, f"part_{key}"), lambda total, series: total.value(measure, series).part


def _disputes(rate: str, whole: str, lang: Language) -> list[Part]:
    """Return the disputes that corrected something, and all others."""
    corrected, every = _BY_KEY[f"{rate}_correction_rate"], _BY_KEY[whole]

    def rest(total: Total, series: str) -> Number | None:
        all_of = total.value(every, series).part
        return None if all_of is None else all_of - (total.value(corrected, series).part or 0)

    return [
        (
            f"{whole}_corrected",
            text(lang, f"part_{whole}_corrected"),
            lambda total, series: total.value(corrected, series).part,
        ),
        (f"{whole}_rest", text(lang, f"part_{whole}_rest"), rest),
    ]
