"""The hooks by which Datasette shows an archive with our pages.

Datasette loads this module from the entry point `datasette`. Every hook first asks whether the
instance serves an archive. For an instance that does not, and for other databases beside an archive,
the hooks do nothing. What they need is imported late, because every `datasette` command in the same
environment loads the plugin.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

import pluggy

from gongkai.publish.datasette_types import AsgiApp, Datasette, Request, Response, View
from gongkai.publish.site import DATABASE, archive_of, find_archive

if TYPE_CHECKING:
    from jinja2 import Environment

hookimpl = pluggy.HookimplMarker("datasette")

Answer = Callable[[], Awaitable[Response]]


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, View]]:
    """Return our addresses with their views."""
    if find_archive(datasette) is None:
        return []
    from gongkai.publish.plugins.routes import ROUTES

    return list(ROUTES)


@hookimpl
def get_metadata(datasette: Datasette) -> dict[str, Any] | None:
    """Return titles, descriptions, facets and hidden tables from the data dictionary."""
    archive = find_archive(datasette)
    if archive is None:
        return None
    if not archive.metadata:
        from gongkai.publish.wording.metadata import datasette_metadata

        found = datasette_metadata(archive.schema.columns, archive.site.lang)
        if _other_databases(datasette):
            found = {"databases": found["databases"]}  # the title is not that of the others
        archive.metadata.update(found)
    return archive.metadata


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Add our templates and the names that they use."""
    archive = find_archive(datasette)
    if archive is not None:
        from gongkai.publish.http.template_loader import add_templates
        from gongkai.publish.pages.data.release_list import shown_data
        from gongkai.publish.plugins.chart_names import chart_names
        from gongkai.publish.views.table_cells import report_of, row_contexts
        from gongkai.publish.wording.template_names import template_names
        from gongkai.publish.wording.translation import install_texts, translator_of

        names = template_names(datasette) | {"other_databases": _other_databases(datasette)}
        names |= {
            **chart_names(datasette),
            "row_contexts": partial(row_contexts, datasette),
            "report_of": report_of,
            "offers_order": archive.schema.offers_order,
            "data_shown": lambda: shown_data(archive.site),
        }
        tables, is_alone = archive.schema.tables, archive.site.is_alone
        for own in add_templates(env, tables, names, close_sql=is_alone):
            install_texts(own, translator_of(datasette))


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]] | None:
    """Count the facets before the first reader asks for them."""
    if find_archive(datasette) is None:
        return None
    from gongkai.publish.views.search_views import prepare_facets

    return partial(prepare_facets, datasette)


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Make Datasette's search boxes search for our tokens.

    Datasette registers a function of the same name. The later one counts, hence `trylast`.
    """
    if _is_archive(datasette, database):
        from gongkai.archive.store.search import match_query

        conn.create_function("escape_fts", 1, match_query)


@hookimpl(tryfirst=True)
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Callable[[], Awaitable[object]] | None:
    """Refuse arguments that a table does not know, and narrow reports to a region.

    This comes first, so that an unknown column is a clear error before Datasette makes SQL of it.
    """
    if not _is_archive(datasette, database):
        return None
    from gongkai.publish.views.table_filters import filter_table

    return partial(filter_table, request, datasette.get_database(database), table, datasette)


@hookimpl(hookwrapper=True, specname="filters_from_request")
def bound_search(
    request: Request, database: str, table: str, datasette: Datasette
) -> Generator[None, Any, None]:
    """Read no more hits of a table's search box than those of a search."""
    outcome = yield
    archive = find_archive(datasette)
    if _is_archive(datasette, database) and archive is not None and archive.site.is_alone:
        from gongkai.publish.views.table_filters import bounded_search

        found = [each for each in outcome.get_result() if each is not None]
        bound = partial(bounded_search, request, datasette, table)
        outcome.force_result([partial(bound, each) for each in found])


@hookimpl(hookwrapper=True)
def register_facet_classes() -> Generator[None, Any, None]:
    """Add the facet of reports by region, and put ours in the place of Datasette's facet of columns.

    Other databases are counted as Datasette counts them.
    """
    outcome = yield
    from datasette.facets import ColumnFacet

    from gongkai.publish.facets.datasette_region import RegionFacet
    from gongkai.publish.facets.ready_facets import ReadyFacet

    ours = {ColumnFacet: ReadyFacet}
    found = [[ours.get(each, each) for each in classes] for classes in outcome.get_result()]
    outcome.force_result([[RegionFacet], *found])


@hookimpl
def render_cell(
    value: object, column: str, table: str, database: str, datasette: Datasette
) -> object:
    """Show codes as words, keys as named links, addresses as links and times by the clock."""
    if not _is_archive(datasette, database):
        return None
    from gongkai.publish.views.table_cells import render

    return render(datasette, table, column, value)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[AsgiApp], AsgiApp]:
    """Add security headers and validators to our answers."""
    if find_archive(datasette) is None:
        return lambda app: app
    from gongkai.publish.plugins.guarding import guard_answers

    return partial(guard_answers, datasette, covers=partial(_is_ours, datasette))


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Any, None]:
    """Answer in place of Datasette's own handler, which shows SQL and prints a traceback."""
    outcome = yield
    if _is_our_request(datasette, request):
        outcome.force_result([_error_page(datasette, request, exception)])


@hookimpl
def forbidden(datasette: Datasette, request: Request, message: str) -> Answer | None:
    """Say that an address is closed, without saying what is behind it."""
    if not _is_our_request(datasette, request):
        return None
    return _error_page(datasette, request, PermissionError(message))


def _error_page(datasette: Datasette, request: Request, exception: Exception) -> Answer:
    from gongkai.publish.views.error_view import error_page

    return partial(error_page, datasette, request, exception)


def _other_databases(datasette: Datasette) -> list[str]:
    return [name for name in datasette.databases if name not in ("_internal", DATABASE)]


def _is_archive(datasette: Datasette, database: str | None) -> bool:
    return database == DATABASE and find_archive(datasette) is not None


def _is_our_request(datasette: Datasette, request: Request) -> bool:
    if find_archive(datasette) is None:
        return False
    base = str(datasette.setting("base_url"))
    path = f"/{request.path.removeprefix(base).lstrip('/')}"
    return _is_ours(datasette, path, request.query_string)


def _is_ours(datasette: Datasette, path: str, query_string: str) -> bool:
    """Say whether our rules apply to an address: to all of them, if the archive is alone."""
    from gongkai.publish.plugins.routes import is_our_address

    return archive_of(datasette).site.is_alone or is_our_address(path, query_string)
