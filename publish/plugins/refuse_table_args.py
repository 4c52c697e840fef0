"""What may be asked of a table page: anything else is a clear 400, never a 500."""

from datasette import hookimpl

from gongkai.publish.http.table_args import check
from gongkai.publish.wording.template_names import strings_of


@hookimpl(tryfirst=True)
def filters_from_request(request, database, table, datasette):
    """Refuse an address that asks for what the table has not."""

    async def checked():
        known = datasette.get_database(database)
        columns = await known.table_columns(table)
        is_view = bool(await known.get_view_definition(table))
        check(request.args, columns, is_view, strings_of(datasette))

    return checked
