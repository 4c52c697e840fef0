"""Rows of a list that a publication has in order: those of a page are found without reading the others.

For a file, their keys are read a few at a time, and what belongs to them for these alone: nothing is sorted,
and no more than that is in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from gongkai.archive.rollups.list_specs import ListSpec
from gongkai.publish.datasette_types import Row
from gongkai.publish.pages.lists.listing import ListQuery, filter_conditions, ready_conditions

KEYS_READ = 200
"""Rows of a file that are looked up at a time."""


def page_of_list(
    spec: ListSpec, query: ListQuery, *, sorts: Mapping[str, str], condition: str = "1"
) -> tuple[str, str, dict[str, Any]]:
    """Return SQL for the rows of a page with :limit and :offset, SQL for their order, and parameters.

    `sorts` has the column of each order, `condition` is SQL for what is listed. The rows have the
    columns of the list; where they are joined with others as `p`, they are sorted again.
    """
    source, conditions, parameters = f"{spec.rows_table} l", [condition], dict[str, Any]()
    place = "l.place"
    if region := query.get("region"):
        source = f"{spec.places_table} w CROSS JOIN {spec.rows_table} l ON l.place = w.place"
        conditions.append("w.root = :region")
        place = (
            "w.place"  # the same number, but SQLite sees the order of an index in this one alone
        )
        parameters["region"] = region
    for name, value in query.chosen.items():
        if name != "region":
            conditions.append(f"l.{name} = :{name}")
            parameters[name] = int(value) if name == "year" else value
    chosen, values = ready_conditions(query)
    where, given = filter_conditions(query, ready=True)
    conditions += [chosen, where] if query.filters else []
    parameters |= {**values, **given}
    if where != "1":
        source += " CROSS JOIN agencies a ON a.rowid = l.agency"
    columns = ", ".join(f'l."{name}"' for name in spec.columns)
    inner, outer = (
        query.order({key: f"{alias}.{column}" for key, column in sorts.items()}, usual)
        for alias, usual in (("l", place), ("p", "p.place"))
    )
    sql = (
        f"SELECT l.place, {columns} FROM {source} WHERE {' AND '.join(conditions)}"
        f" ORDER BY {inner} LIMIT :limit OFFSET :offset"
    )
    return sql, outer, parameters


def rows_of_file(
    conn: sqlite3.Connection,
    spec: ListSpec,
    query: ListQuery,
    limit: int,
    sql: str,
    *,
    sorts: Mapping[str, str],
    condition: str = "1",
) -> Iterator[Row]:
    """Yield what belongs to no more than `limit` rows of a list, in their order.

    `sql` selects it for the rows `j` of the JSON array :keys, whose values are arrays of a place and the
    columns of the list, and sorts it by `j.key` first.
    """
    listed, _, parameters = page_of_list(spec, query, sorts=sorts, condition=condition)
    keys = conn.execute(listed, {**parameters, "limit": limit, "offset": 0})
    while some := keys.fetchmany(KEYS_READ):
        yield from conn.execute(sql, {"keys": json.dumps([tuple(row) for row in some])})


def column_of_key(spec: ListSpec, name: str) -> str:
    """Return SQL for a column of the list in the rows `j` of :keys."""
    return f"json_extract(j.value, '$[{spec.columns.index(name) + 1}]')"
