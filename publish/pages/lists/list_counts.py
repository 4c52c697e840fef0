"""How many rows a list has under the choices of a reader, and how many each further choice would leave."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from gongkai.archive.rollups.list_specs import ListSpec
from gongkai.archive.rollups.listed_rows import has_list
from gongkai.publish.facets.counts import Counts, FacetCounts, count_rows, load_counts
from gongkai.publish.facets.ready_counts import ReadyCounts
from gongkai.publish.pages.lists.listing import (
    MOST_COUNTED,
    ListQuery,
    filter_conditions,
    ready_conditions,
    sql_conditions,
)


def load_list_counts(
    conn: sqlite3.Connection,
    path: Path,
    query: ListQuery,
    spec: ListSpec,
    names: tuple[str, ...],
    sql: str,
    condition: str = "1",
) -> Counts:
    """Return the counts of a list: those that are ready or kept, or counted anew where it is filtered.

    `sql` selects the columns `names` and a number `n` of rows of the agency `a`, with {where} for a
    condition. `condition` is SQL for what is listed of what is ready.
    """
    if has_list(conn, spec):
        if query.filters.keys() <= set(spec.filters):
            return ReadyCounts(conn, spec, names, condition, query.filters)
        return _count_some(conn, query, spec, names, condition)
    if not query.filters:
        return load_counts(path, names, sql.format(where="1"))
    where, parameters = filter_conditions(query)
    return count_rows(conn, names, sql.format(where=where), parameters)


def _count_some(
    conn: sqlite3.Connection,
    query: ListQuery,
    spec: ListSpec,
    names: tuple[str, ...],
    condition: str,
) -> Counts:
    """Count the rows of the agencies that a filter finds, no more than `MOST_COUNTED` of them.

    The plus takes the type from a rowid: columns of lists have none, and are compared by their index then alone.

    Where there are more, those with the chosen values alone are counted: other values are then not offered.
    """
    where, parameters = filter_conditions(query, ready=True)
    own, values = ready_conditions(query)
    chosen, more = sql_conditions(replace(query, filters={}), {name: f"l.{name}" for name in names})
    columns = ", ".join(f"l.{name}" for name in names)

    def count(further: str) -> FacetCounts:
        rows = (
            f"SELECT {columns} FROM agencies a CROSS JOIN {spec.rows_table} l"
            f" INDEXED BY {spec.rows_table}_by_agency ON l.agency = +a.rowid"
            f" WHERE {where} AND {condition} AND {own} AND {further} LIMIT {MOST_COUNTED + 1}"
        )
        listed = ", ".join(names)
        counted = f"SELECT {listed}, count(*) AS n FROM ({rows}) GROUP BY {listed}"
        return count_rows(conn, names, counted, {**parameters, **values, **more}, MOST_COUNTED)

    found = count("1")
    return count(chosen) if found.is_more and query.chosen else found
