"""The SQL of a built table: the reports that enter it, and sums over them by row and year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gongkai.archive.store.measures_sql import SERIES_SQL, picked_sql, sums_sql
from gongkai.archive.store.search import IN_REGION
from gongkai.publish.pages.builder.table_measures import TableMeasure
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.wording.measures import MIN_DENOMINATOR


def conditions(query: TableQuery) -> tuple[str, dict[str, Any]]:
    """Return SQL for the filters over a row `a` of `report_summary`, with its parameters."""
    found, parameters = ["1"], dict[str, Any]()
    for name, value in query.filters.items():
        parameters[name] = value
        column = {"series": f"({SERIES_SQL})", "agency": "a.agency_id"}.get(name, f"a.{name}")
        found.append(IN_REGION if name == "region" else f"{column} = :{name}")
    return " AND ".join(found), parameters


def picked(columns: Iterable[TableMeasure], where: str) -> str:
    """Return a common table expression `picked`: the reports, with the columns of the measures."""
    return f"picked AS ({picked_sql((each.measure for each in columns), where)})"


def sums(columns: Iterable[TableMeasure]) -> str:
    """Return SQL that sums all measures over a group of `picked`."""
    return sums_sql(each.measure for each in columns)


def number_in(column: TableMeasure, year: int, *, small: bool) -> str:
    """Return SQL for the value of a measure in a year over a group; NULL where it is not shown."""
    measure = column.measure
    known = f"year = {year} AND ({measure.part}) IS NOT NULL"
    if not measure.is_rate:
        return f"sum(CASE WHEN {known} THEN {measure.part} END)"
    known += f" AND ({measure.whole}) IS NOT NULL"
    part = f"sum(CASE WHEN {known} THEN {measure.part} END)"
    whole = f"sum(CASE WHEN {known} THEN {measure.whole} END)"
    least = 1 if small else MIN_DENOMINATOR
    return f"CASE WHEN {whole} >= {least} THEN 1.0 * {part} / {whole} END"
