"""The arguments of a table page, checked before Datasette uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datasette.filters import Filters
from datasette.utils.asgi import BadRequest

from gongkai.publish.datasette_types import Arguments, Translator

LOOKUPS = frozenset(key for key, _, _ in Filters([]).lookups())
REFUSED = ("_where", "_fts_table", "_fts_pk", "_searchmode", "_through", "_trace", "_timelimit")
"""Arguments that would run SQL or FTS syntax from the address, or read a hidden table."""

SORTS = ("_sort", "_sort_desc")


def check_table_args(args: Arguments, columns: Sequence[str], is_view: bool, t: Translator) -> None:
    """Check all arguments of a table page.

    Raises:
        BadRequest: An argument is invalid; the text says which.
    """
    known = {*columns, "rowid"}
    for name in args:
        if name in REFUSED:
            raise BadRequest(t("bad_argument", name=name))
    _check_sort(args, known, t)
    for column, lookup in _filters(args):
        if column not in known:
            raise BadRequest(t("bad_column", column=column))
        if lookup not in LOOKUPS:
            raise BadRequest(t("bad_lookup", lookup=lookup))
    following = args.get("_next") or ""
    if is_view and following and not (following.isascii() and following.isdecimal()):
        raise BadRequest(t("bad_value", value=following))


def _check_sort(args: Arguments, known: set[str], t: Translator) -> None:
    columns = [column for name in SORTS if (column := args.get(name))]
    if len(columns) > 1:
        raise BadRequest(t("bad_argument", name=SORTS[1]))
    for column in columns:
        if column not in known:
            raise BadRequest(t("bad_sort", column=column))


def _filters(args: Arguments) -> Iterator[tuple[str, str]]:
    """Yield (column, lookup) for each filter, told from other arguments as Datasette does."""
    for name in args:
        if name.startswith("_") and "__" not in name:
            continue
        column, _, lookup = name.rpartition("__")
        yield (column, lookup) if column else (name, "exact")
