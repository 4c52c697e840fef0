"""Filters of Datasette's table pages: invalid ones are refused, and reports have one by region."""

from __future__ import annotations

from datasette.filters import FilterArguments

from gongkai.archive.store.search import INDEX, match_query
from gongkai.publish.datasette_types import Arguments, Database, Datasette, Request, Translator
from gongkai.publish.facets.datasette_region import ARGUMENT, region_condition
from gongkai.publish.http.table_args import check_table_args
from gongkai.publish.interface.known_parameters import check_table_names
from gongkai.publish.wording.metadata import SEARCHED
from gongkai.publish.wording.translation import translator_of


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
