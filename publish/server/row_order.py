"""The order of rows that have the same value in the column by which a table page is sorted.

Datasette sorts the first page by the column alone and the following ones by the keys of the table too, so
that rows of equal values are lost or shown twice. In a publication reports are numbered by date, and such
rows come in that order. Here all pages have the order of the keys, downwards where the column is: an index on
the column and the keys has it in both directions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from datasette.utils import compound_keys_after_sql, escape_sqlite

_ORDER = re.compile(
    r"\A(?P<column>\w+|\[\w+\])(?P<falls> desc)?(?P<keys>, [\w, \[\]]+?)?(?P<end> limit \d+)\Z"
)
"""What follows "order by" in the SQL that Datasette makes for the rows of a table page."""


def sorted_table(sql: str) -> str:
    """Return the table of which some SQL shows a sorted page, "" if it does something else."""
    head, _, order = sql.rpartition("order by ")
    columns, _, rest = head.partition(" from ")
    if not columns.startswith("select ") or "(" in columns or not _ORDER.match(order):
        return ""
    return rest.partition(" ")[0].strip("[]")


def with_row_order(sql: str, keys: Sequence[str], parameters: int) -> str:
    """Return the SQL of a sorted page with an order of rows that have the same value.

    `keys` are the columns of the key of the table, none for rowids, `parameters` is the number of those of
    the SQL. A page in the order of the keys stays as it is.
    """
    head, _, order = sql.rpartition("order by ")
    found = _ORDER.match(order)
    columns = list(keys) or ["rowid"]
    escaped = list(map(escape_sqlite, columns))
    if not found or f"{found['column']}{found['keys'] or ''}" == ", ".join(escaped):
        return sql
    falls = found["falls"] or ""
    if falls and found["keys"]:
        head = _falling_after(head, columns, parameters)
    ordered = ", ".join(f"{each}{falls}" for each in (found["column"], *escaped))
    return f"{head}order by {ordered}{found['end']}"


def _falling_after(head: str, columns: Sequence[str], parameters: int) -> str:
    """Return the beginning of the SQL in which the rows after the last one have lower keys."""
    for first in reversed(range(parameters)):
        is_plain = columns == ["rowid"]
        after = f"rowid > :p{first}" if is_plain else compound_keys_after_sql(columns, first)
        before, found, rest = head.rpartition(after)
        if found:
            return f"{before}{after.replace(' > ', ' < ')}{rest}"
    return head
