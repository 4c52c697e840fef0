"""The order of rows that have the same value in the column by which a table page is sorted.

Datasette sorts the first page by the column alone and the following ones by the keys of the table too, so
that rows of equal values are lost or shown twice. In a publication reports are numbered by date, and such
rows come in that order. All pages have it here: an index on the column has it as well, in both directions,
where one with the keys would have to be added for each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from datasette.utils import compound_keys_after_sql, escape_sqlite

_SORTED = re.compile(
    r"(?P<head>select [^()]+ from (?P<table>\w+|\[\w+\]) (?P<where>where .+ )?)"
    r"order by (?P<column>\w+|\[\w+\])(?P<falls> desc)?(?P<keys>, [^()]+)?(?P<end> limit \d+)",
    re.DOTALL,
)
"""The SQL that Datasette makes for the rows of a table page."""


@dataclass(frozen=True, slots=True)
class RowKeys:
    """What tells the rows of a table apart: the columns of its key, () for rowids alone."""

    columns: tuple[str, ...]
    has_rowid: bool


def sorted_table(sql: str) -> str:
    """Return the table of which some SQL shows a sorted page, "" if it does something else."""
    found = _SORTED.fullmatch(sql)
    return found["table"].strip("[]") if found else ""


def with_row_order(sql: str, keys: RowKeys, parameters: int) -> str:
    """Return the SQL of a sorted page with an order of rows that have the same value.

    `parameters` is the number of those of the SQL. A page in the order of the keys stays as it is.
    """
    found = _SORTED.fullmatch(sql)
    columns = list(keys.columns) or ["rowid"]
    escaped = ", ".join(map(escape_sqlite, columns))
    if not found or f"{found['column']}{found['keys'] or ''}" == escaped:
        return sql
    falls = found["falls"] or ""
    ties = ["rowid"] if keys.has_rowid else list(map(escape_sqlite, columns))
    head = found["head"]
    if found["keys"]:
        head = _after(head, found["table"], columns, keys, parameters, falls=bool(falls))
    order = ", ".join(f"{each}{falls}" for each in (found["column"], *ties))
    return f"{head}order by {order}{found['end']}"


def _after(
    head: str, table: str, columns: Sequence[str], keys: RowKeys, parameters: int, *, falls: bool
) -> str:
    """Return the beginning of the SQL in which the rows after the last one are those of this order."""
    is_plain = columns == ["rowid"]
    for first in reversed(range(parameters)):
        after = f"rowid > :p{first}" if is_plain else compound_keys_after_sql(columns, first)
        before, found, rest = head.rpartition(after)
        if not found:
            continue
        if keys.has_rowid and not is_plain:
            named = " and ".join(
                f"{escape_sqlite(name)} = :p{first + n}" for n, name in enumerate(columns)
            )
            after = f"rowid > (select rowid from {table} where {named})"
        return f"{before}{after.replace(' > ', ' < ') if falls else after}{rest}"
    return head
