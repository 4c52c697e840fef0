"""The order of rows that have the same value in the column by which a table page is sorted.

Datasette sorts the first page by the column alone and the following ones by the keys of the table too, so
that rows of equal values are lost or shown twice. In a publication reports are numbered by date, and such
rows come in that order. Here all pages have the order of the keys, downwards where the column is: an index on
the column and the keys has it in both directions.

Where the next page begins Datasette says with OR, for which SQLite passes all rows of the pages before. Here
its rows are asked for in parts, each of which enters an index where it begins: those of equal value, those
beyond it, and those without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datasette.utils import compound_keys_after_sql, escape_sqlite

_ORDER = re.compile(
    r"\A(?P<column>\w+|\[\w+\])(?P<falls> desc)?(?P<keys>, [\w, \[\]]+?)?(?P<end> limit \d+)\Z"
)
"""What follows "order by" in the SQL that Datasette makes for the rows of a table page."""


def sorted_table(sql: str) -> str:
    """Return the table of which some SQL shows a page in an order, "" if it does something else."""
    head, _, order = sql.rpartition("order by ")
    columns, _, rest = head.partition(" from ")
    if not columns.startswith("select ") or "(" in columns or not _ORDER.match(order):
        return ""
    return rest.partition(" ")[0].strip("[]")


@dataclass(frozen=True, slots=True)
class OrderedSql:
    """SQL for the rows of a page. `value` is the parameter with the last value of the column, "" for none.

    The page is in the order of `column`, "" where that is the order of the keys.
    """

    sql: str
    column: str = ""
    value: str = ""


def with_row_order(sql: str, keys: Sequence[str], parameters: int) -> OrderedSql:
    """Return the SQL of a page with an order of rows that have the same value.

    `keys` are the columns of the key of the table, none for rowids, `parameters` is the number of those of
    the SQL.
    """
    head, _, order = sql.rpartition("order by ")
    found = _ORDER.match(order)
    if not found:
        return OrderedSql(sql)
    columns = tuple(keys) or ("rowid",)
    names = list(map(escape_sqlite, columns))
    column, falls = found["column"], found["falls"] or ""
    if f"{column}{found['keys'] or ''}" == ", ".join(names):
        column = ""
    else:
        names = [column, *(name for name in names if name != column)]
    ordered = ", ".join(f"{name}{falls}" for name in names)
    page = _Page(column, columns, bool(falls), f"order by {ordered}{found['end']}")
    for place in _places(page, parameters):
        before, is_found, after = head.rpartition(place.says)
        if is_found:
            rows = page.of(before, after, place.parts)
            return OrderedSql(rows, column.strip("[]"), place.value)
    return OrderedSql(f"{head}{page.order}", column.strip("[]"))


@dataclass(frozen=True, slots=True)
class _Page:
    """The order of a page: by a column ("" for none) and the keys, both downwards if it `falls`."""

    column: str
    keys: tuple[str, ...]
    falls: bool
    order: str

    def of(self, before: str, after: str, parts: Sequence[str]) -> str:
        """Return the SQL for the rows of some parts, one after the other.

        A part comes before the filters: of two bounds of a column SQLite enters an index by the first.
        """
        rows, _, filters = before.partition(" where ")
        narrowed = f" and {filters.removesuffix(' and ')}" if filters else ""
        each = [f"{rows} where {part}{narrowed}{after}{self.order}" for part in parts]
        if len(each) == 1:
            return each[0]
        limit = self.order.rpartition(" limit ")[2]
        rows = " union all ".join(f"select * from ({sql})" for sql in each)
        return f"{rows} limit {limit}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins, as Datasette says it, and the parts in which its rows are found.

    `value` is the parameter with the value of the last row, "" where there is none.
    """

    says: str
    parts: tuple[str, ...]
    value: str = ""


def _places(page: _Page, parameters: int) -> Iterator[_Place]:
    """Yield the places where a page can begin, by the parameter of the first key."""
    for first in reversed(range(parameters)):
        if page.column:
            yield from _places_by_column(page, first)
        else:
            yield _Place(_keys_after(page.keys, first), _rows_after(page, page.keys, first))


def _places_by_column(page: _Page, first: int) -> Iterator[_Place]:
    column, keys = page.column, _keys_after(page.keys, first)
    value = f":p{first + len(page.keys)}"
    equal = f"({column} = {value} and {keys})"
    empty = f"({column} is null and {keys})"
    others = [key for key in page.keys if escape_sqlite(key) != column]
    # SQLite believes what it counted of equal values: by that of a column of zeros it would not use the index
    without = f"unlikely({column} is null)"
    without_after = [f"{without} and {rows}" for rows in _rows_after(page, page.keys, first)]
    same = [f"unlikely({column} = {value}) and {rows}" for rows in _rows_after(page, others, first)]
    if page.falls:
        parts = (*same, f"{column} < {value}", without)
        says = f"({column} < {value} or {column} is null or {equal})"
        yield _Place(says, parts, value[1:])
        yield _Place(empty, tuple(without_after))
    else:
        parts = (*same, f"{column} > {value}")
        yield _Place(f"({column} > {value} or {equal})", parts, value[1:])
        nulls_first = (*without_after, f"{column} is not null")
        yield _Place(f"({column} is not null or {empty})", nulls_first)


def _keys_after(keys: Sequence[str], first: int) -> str:
    """Return how Datasette says which rows have higher keys."""
    return (
        f"rowid > :p{first}"
        if tuple(keys) == ("rowid",)
        else compound_keys_after_sql(list(keys), first)
    )


def _rows_after(page: _Page, keys: Sequence[str], first: int) -> tuple[str, ...]:
    """Return the condition for rows beyond some of the keys of the last one, as one comparison; none without keys.

    `first` is the parameter of the first key of the table.
    """
    values = {escape_sqlite(key): f":p{first + page.keys.index(key)}" for key in keys}
    sign = "<" if page.falls else ">"
    if len(values) > 1:
        return (f"({', '.join(values)}) {sign} ({', '.join(values.values())})",)
    return tuple(f"{name} {sign} {value}" for name, value in values.items())
