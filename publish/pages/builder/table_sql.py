"""The SQL of a built table: the reports that enter it, and sums over them by row and year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gongkai.archive.store.search import IN_REGION
from gongkai.publish.pages.builder.table_measures import TableMeasure
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.wording.measures import MIN_DENOMINATOR

IS_GOVERNMENT = "kind = 'government' AND level <> 'town'"
"""Reports of whole governments, which mostly contain the numbers of the bodies below them."""

IS_BODY = f"NOT ({IS_GOVERNMENT}) AND covers <> 'compiled'"
"""Reports of one department, office, town or zone, which no other report of this kind contains."""

SERIES_SQL = f"CASE WHEN {IS_GOVERNMENT} THEN level WHEN covers = 'compiled' THEN 'compiled' ELSE 'bodies' END"
"""Which reports may be added to each other: governments of one level, or single bodies."""


def conditions(query: TableQuery) -> tuple[str, dict[str, Any]]:
    """Return SQL for the filters over a row `a` of `report_summary`, with its parameters."""
    found, parameters = ["1"], dict[str, Any]()
    for name, value in query.filters.items():
        parameters[name] = value
        found.append(IN_REGION if name == "region" else f"a.{name} = :{name}")
    return " AND ".join(found), parameters


def picked(columns: Iterable[TableMeasure], where: str) -> str:
    """Return a common table expression `picked`: the reports, with the columns of the measures."""
    own = "".join(f", {each.source} AS {each.key}" for each in columns if each.source)
    return f"picked AS (SELECT a.*{own} FROM report_summary a WHERE {where})"


def sums(columns: Sequence[TableMeasure]) -> str:
    """Return SQL that sums all measures over a group of `picked`."""
    return ", ".join(each.measure.sums() for each in columns)


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
