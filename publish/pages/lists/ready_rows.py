"""Rows of a list that a publication has in order: those of a page are found without reading the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.archive.rollups.list_specs import ListSpec
from gongkai.publish.pages.lists.listing import ListQuery, filter_conditions, ready_conditions


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
