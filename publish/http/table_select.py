"""The rows of a table that an address asks for, as one SELECT: as Datasette filters and sorts them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datasette.filters import Filters
from datasette.utils import escape_sqlite
from datasette.utils.asgi import BadRequest

from gongkai.publish.datasette_types import Arguments, Translator


@dataclass(frozen=True, slots=True)
class TableSelect:
    """A query for all rows of a table page. `limit` is None for all of them."""

    table: str
    columns: tuple[str, ...]
    conditions: tuple[str, ...]
    parameters: Mapping[str, object]
    order: str = ""
    limit: int | None = None

    @property
    def sql(self) -> str:
        """The SELECT statement."""
        columns = ", ".join(escape_sqlite(each) for each in self.columns)
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        order = f" ORDER BY {self.order}" if self.order else ""
        limit = "" if self.limit is None else f" LIMIT {self.limit}"
        return f"SELECT {columns} FROM {escape_sqlite(self.table)}{where}{order}{limit}"


def table_select(
    args: Arguments,
    table: str,
    columns: Sequence[str],
    t: Translator,
    *,
    extra: tuple[Sequence[str], Mapping[str, object]] = ((), {}),
    sort_desc: str = "",
    keys: Sequence[str] = (),
) -> TableSelect:
    """Return the query of an address whose arguments are checked.

    `extra` are further conditions with their parameters, `sort_desc` the column by which a table
    that is not sorted otherwise is sorted, `keys` those that order rows of equal values. `_size` is a number of rows, or "max" for all; where a
    page of a list begins (`_next`) has no meaning here.

    Raises:
        BadRequest: A column is unknown, or `_size` is not a number.
    """
    clauses, parameters = Filters(sorted(_filters(args))).build_where_clauses(table)
    conditions, more = extra
    return TableSelect(
        table=table,
        columns=_chosen_columns(args, columns, t),
        conditions=(*clauses, *conditions),
        parameters={**parameters, **more},
        order=_order(args, sort_desc, keys),
        limit=_limit(args, t),
    )


def _filters(args: Arguments) -> Iterator[tuple[str, str]]:
    for name in args:
        if not (name.startswith("_") and "__" not in name):
            for value in args.getlist(name):
                yield name, value


def _chosen_columns(args: Arguments, columns: Sequence[str], t: Translator) -> tuple[str, ...]:
    wanted, unwanted = args.getlist("_col"), args.getlist("_nocol")
    for name in (*wanted, *unwanted):
        if name not in columns:
            raise BadRequest(t("bad_column", column=name))
    chosen = [name for name in columns if name in wanted] if wanted else list(columns)
    return tuple(name for name in chosen if name not in unwanted) or tuple(columns)


def _order(args: Arguments, sort_desc: str, keys: Sequence[str]) -> str:
    rising = args.get("_sort") or ""
    column = rising or args.get("_sort_desc") or sort_desc
    if not column:
        return ""
    falls = "" if rising else " DESC"
    return ", ".join(f"{escape_sqlite(each)}{falls}" for each in dict.fromkeys((column, *keys)))


def _limit(args: Arguments, t: Translator) -> int | None:
    size = args.get("_size") or "max"
    if size == "max":
        return None
    if not (size.isascii() and size.isdecimal() and len(size) <= 9):
        raise BadRequest(t("bad_value", value=size))
    return int(size)
