"""Addresses of table pages in words that Datasette repeats: it loses some on the way to the next page.

A link to the next page has no argument without a value, and where a page ends Datasette reads from the columns
that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlencode

from gongkai.publish.datasette_types import AsgiApp, Receive, Scope, Send
from gongkai.publish.http.table_args import SORTS
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.dictionary import tables

Pairs = Sequence[tuple[str, str]]

_TABLE = re.compile(rf"/{DATABASE}/([a-z_0-9]+)(?:\.json)?\Z")
_OF_NOTHING = {"": "__in", "exact": "__in", "not": "__notin"}
"""How a column is compared with a text of no characters, and how with a list that has it."""


def repeat_arguments(app: AsgiApp) -> AsgiApp:
    """Return `app` with the addresses of its table pages in words that are kept."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (found := _TABLE.search(scope["path"])):
            query = scope["query_string"].decode("latin-1")
            scope = {**scope, "query_string": kept_query(query, found[1]).encode("latin-1")}
        await app(scope, receive, send)

    return answer


def kept_query(query: str, table: str) -> str:
    """Return a query string of a table page as Datasette repeats it; most stay as they are.

    >>> kept_query("status=&_size=5", "reports")
    'status__in=%5B%22%22%5D&_size=5'
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = list(_with_end_shown([_kept(name, value) for name, value in pairs], table))
    return query if kept == pairs else urlencode(kept)


def _kept(name: str, value: str) -> tuple[str, str]:
    column, _, lookup = name.partition("__")
    if value or name.startswith("_") or lookup not in _OF_NOTHING:
        return name, value
    return f"{column}{_OF_NOTHING[lookup]}", '[""]'


def _with_end_shown(pairs: Pairs, table: str) -> Iterator[tuple[str, str]]:
    """Yield the arguments, with the column that sorts among those shown where Datasette needs it there."""
    schema = tables().get(table)
    column = next((value for name, value in pairs if name in SORTS and value), "")
    is_needed = schema and (not schema.primary_key or ("_labels", "on") in pairs)
    if not (column and is_needed):
        yield from pairs
        return
    shown = [value for name, value in pairs if name == "_col"]
    yield from (pair for pair in pairs if pair != ("_nocol", column))
    if shown and column not in shown:
        yield "_col", column
