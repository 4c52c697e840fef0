"""Datasette's own CSV as a spreadsheet may open it: no formulas, and the mark Excel needs."""

from datasette import hookimpl

from gongkai.publish.http.csv_response import sheets_made_safe


@hookimpl
def asgi_wrapper(datasette):
    """Wrap the application so that every CSV it sends is harmless."""
    return sheets_made_safe
