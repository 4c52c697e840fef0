"""How the dictionary has tables shown: their names, columns, links and facets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gongkai.catalogue import Language
from gongkai.publish.wording.dictionary import TableSchema, find_field, tables


def column_label(lang: Language, table: str, column: str) -> str:
    """Return the label of a column, or its name if the dictionary does not have it."""
    field = find_field(table, column)
    return field.title(lang) if field else column


def column_description(lang: Language, table: str, column: str) -> str:
    """Return what the label of a column does not say, "" if there is nothing more."""
    field = find_field(table, column)
    return field.description(lang) if field else ""


def table_title(lang: Language, table: str) -> str:
    """Return the title of a table, or its name if the dictionary does not have it."""
    schema = tables().get(table)
    return schema.title(lang) if schema else table


def table_description(lang: Language, table: str) -> str:
    """Return what one row of a table is, "" if the dictionary does not have the table."""
    schema = tables().get(table)
    return schema.description(lang) if schema else ""


WIDER = {
    "requests": "requests_in_context",
    "cells": "figures",
    "refusal_reasons": "reasons_by_agency",
}
"""Tables, and those that have the same rows with the year, agency and region of their reports."""


def wider_table(table: str) -> str:
    """Return the table that has the rows of this one with year, agency and region, or ""."""
    return WIDER.get(table, "")


def picked_columns(request: Any) -> list[str]:
    """Return the columns that an address picks, [] for those that are shown by default."""
    return list(request.args.getlist("_col")) if request is not None else []


def other_args(request: Any) -> list[tuple[str, str]]:
    """Return the arguments of an address that stay when other columns are picked."""
    dropped = ("_col", "_nocol", "_next")
    names = [name for name in request.args if name not in dropped]
    return [(name, value) for name in names for value in request.args.getlist(name)]


def shown_columns(table: str, columns: list[str], picked: Sequence[str] = ()) -> list[str]:
    """Return the columns that a table page shows, the one that names a row first.

    Where columns are `picked`, these are shown. Otherwise keys and digests are left out. So is Datasette's own link to a row, if the row links to a
    report anyway or has no page.
    """
    schema = tables().get(table)
    if picked:
        return [name for name in columns if name in picked]
    if schema is None:
        return columns
    hidden = {"rowid"}
    if schema.label or "report_id" in columns or not schema.has_row_pages:
        hidden.add("Link")
    known = [name for name in schema.shown if name in columns]
    rest = [name for name in columns if name not in schema.fields and name not in hidden]
    return sorted([*rest, *known], key=lambda name: name != schema.label)


def cells_in_order(row: Any, names: list[str]) -> list[Any]:
    """Return the cells of one of Datasette's rows in the order of these columns."""
    cells = {cell["column"]: cell for cell in row.cells}
    return [cells[name] for name in names if name in cells]


def facets_in_order(table: str, facets: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the facets of a page in the order of the dictionary, the latest year first.

    Facets that only the address asks for come last.
    """
    schema = tables().get(table)
    names = []
    if schema:
        names = [next(iter(f)) if isinstance(f, dict) else f for f in schema.facets]
    order = {name: place for place, name in enumerate(names)}
    found = sorted(facets.values(), key=lambda facet: order.get(facet["name"], len(order)))
    for facet in found:
        if facet["name"] == "year":
            facet["results"].sort(key=lambda each: each["value"], reverse=True)
    return found


def label_target(schema: TableSchema, primary_keys: list[str]) -> tuple[str, str]:
    """Return the table that the label of a row links to, and the column with its key."""
    return schema.leads_to if schema.leads_to[0] else (schema.name, primary_keys[0])
