"""Filters of Datasette's table pages: invalid ones are refused, and reports have one by region.

The search box of the table of reports reads no more hits than the search page.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from datasette.filters import FilterArguments
from datasette.utils import await_me_maybe
from datasette.utils.asgi import BadRequest

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.store.search import INDEX, match_query
from gongkai.publish.datasette_types import Arguments, Database, Datasette, Request, Translator
from gongkai.publish.facets.bitmaps import facets_of
from gongkai.publish.facets.datasette_region import ARGUMENT, region_condition
from gongkai.publish.http.table_args import check_table_args
from gongkai.publish.interface.known_parameters import check_table_names
from gongkai.publish.pages.lists import search_hits
from gongkai.publish.site import archive_of
from gongkai.publish.views.responses import query_archive
from gongkai.publish.wording.metadata import SEARCHED
from gongkai.publish.wording.translation import translator_of

_MATCH = "match escape_fts(:search))"
"""How the condition ends that Datasette makes of the words of a search box."""

LATEST_FIRST = table_schemas()[SEARCHED].sort_desc
"""The column by which reports are sorted where no other is named, the latest first."""

_PAGING = ("_search", "_next", "_size", "_shape")
"""Arguments that neither narrow nor sort."""


async def filter_table(
    request: Request, database: Database, table: str, datasette: Datasette
) -> object:
    """Return the filter by region that an address asks for, or None.

    Raises:
        BadRequest: The table does not know an argument of the address.
    """
    t = translator_of(datasette)
    columns = await database.table_columns(table)
    is_view = await database.get_view_definition(table) is not None
    check_table_args(request.args, columns, is_view, t)
    for name in request.args:
        if not name.startswith("_") and "__" in name and not request.args.get(name):
            raise BadRequest(t("filter_without_value", name=name))
    counted = [name for name in request.args if name.startswith("_facet")]
    if counted and not datasette.setting("allow_facet"):
        raise BadRequest(t("bad_argument", name=counted[0]))
    if request.path.endswith(".json"):
        check_table_names(request.args)
    code = request.args.get(ARGUMENT)
    if not code or table != SEARCHED:
        return None
    return FilterArguments(*region_condition(code, t))


def table_conditions(
    args: Arguments, table: str, t: Translator
) -> tuple[list[str], dict[str, object]]:
    """Return the conditions of what only the table of reports knows: words and a region.

    Raises:
        BadRequest: The region is no code.
    """
    conditions: list[str] = []
    parameters: dict[str, object] = {}
    if table != SEARCHED:
        return conditions, parameters
    if code := args.get(ARGUMENT):
        where, values, _ = region_condition(code, t)
        conditions += where
        parameters |= values
    if words := args.get("_search"):
        conditions.append(f"rowid IN (SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :search)")
        parameters["search"] = match_query(words)
    return conditions, parameters


async def bounded_search(
    request: Request, datasette: Datasette, table: str, filters: object
) -> object:
    """Return filters of a table page; those of words that stand in very many reports read the latest alone.

    Raises:
        BadRequest: Such words are narrowed or sorted, or too many reports would have to be looked into, which
            only the search page can do.
    """
    found = await await_me_maybe(filters)
    clauses = found.where_clauses if isinstance(found, FilterArguments) else []
    at = next((n for n, clause in enumerate(clauses) if clause.endswith(_MATCH)), None)
    if at is None:
        return found
    t, path = translator_of(datasette), archive_of(datasette).path
    words = request.args.get("_search") or ""
    address = datasette.urls.path(f"/search?{urlencode({'q': words})}")
    hits = await query_archive(datasette, lambda conn: _find_hits(conn, path, words))
    if hits is None:
        return found
    if not hits.are_all and _narrows(request.args):
        raise BadRequest(t("table_search_frequent", n=len(hits.rows), address=address))
    clauses[at] = "rowid IN (SELECT value FROM json_each(:search_hits))"
    found.params["search_hits"] = json.dumps(hits.rows)  # they are asked for with each facet again
    if not hits.are_all:
        found.extra_context["search_is_cut"] = len(hits.rows)
    return found


def _narrows(args: Arguments) -> bool:
    """Return whether arguments narrow or sort. Links to following pages name the order that is there anyway."""
    return any(
        name not in _PAGING and (name, args.get(name)) != ("_sort_desc", LATEST_FIRST)
        for name in args
    )


@dataclass(frozen=True, slots=True)
class _Hits:
    """The latest rowids of reports with some words, and whether those are all."""

    rows: list[int]
    are_all: bool


def _find_hits(conn: sqlite3.Connection, path: Path, words: str) -> _Hits | None:
    """Return what a table shows of the reports with some words, None in an archive, where all are asked for."""
    most = search_hits.most_hits(conn)
    if most is None:
        return None
    facets = facets_of(path)
    rows = search_hits.find_latest(conn, facets, words, most)
    return _Hits(rows[:most], len(rows) <= most)
