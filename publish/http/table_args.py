"""The arguments of a table page, looked at before Datasette acts on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from datasette.filters import Filters
from datasette.utils.asgi import BadRequest

LOOKUPS = frozenset(key for key, _, _ in Filters([]).lookups())
REFUSED = ("_where", "_fts_table", "_fts_pk", "_searchmode", "_through", "_trace", "_timelimit")
"""Arguments by which an address could ask raw SQL or raw FTS, or reach a hidden table."""

SORTS = ("_sort", "_sort_desc")


def check(args: Any, columns: Sequence[str], is_view: bool, t: Callable[..., str]) -> None:
    """Raise BadRequest with a clear sentence for the first argument that makes no sense."""
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


def _check_sort(args: Any, known: set[str], t: Callable[..., str]) -> None:
    given = [args.get(name) for name in SORTS if args.get(name)]
    if len(given) > 1:
        raise BadRequest(t("bad_argument", name=SORTS[1]))
    for column in given:
        if column not in known:
            raise BadRequest(t("bad_sort", column=column))


def _filters(args: Any) -> Iterator[tuple[str, str]]:
    """Return (column, lookup) of each filter, told from other arguments as Datasette does."""
    for name in args:
        if name.startswith("_") and "__" not in name:
            continue
        column, _, lookup = name.rpartition("__")
        yield (column, lookup) if column else (name, "exact")
