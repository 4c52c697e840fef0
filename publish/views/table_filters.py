"""Filters of Datasette's table pages: invalid ones are refused, and reports have one by region."""

from __future__ import annotations

from datasette.filters import FilterArguments

from gongkai.publish.datasette_types import Database, Datasette, Request
from gongkai.publish.facets.datasette_region import ARGUMENT, region_condition
from gongkai.publish.http.table_args import check_table_args
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
    code = request.args.get(ARGUMENT)
    if not code or table != "reports":
        return None
    return FilterArguments(*region_condition(code, t))
