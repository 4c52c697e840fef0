"""Cells of Datasette's table pages as people read them."""

from datasette import hookimpl

from gongkai.publish.pages.data.table_cells import TARGETS, labelled, shown


@hookimpl
def render_cell(value, column, table, database, datasette):
    """Show codes in words, keys by their names, addresses as links, times by the clock."""
    if column in TARGETS and isinstance(value, str) and value:
        return labelled(datasette, database, table, column, value)
    return shown(datasette, column, value)
