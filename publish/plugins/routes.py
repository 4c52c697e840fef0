"""All addresses of the site, with the views that answer them."""

from __future__ import annotations

import re

from gongkai.publish.datasette_types import View
from gongkai.publish.pages.data.file_answers import PATH
from gongkai.publish.plugins.forwarding import forwarded
from gongkai.publish.plugins.strict_files import strict
from gongkai.publish.plugins.todays_files import of_today
from gongkai.publish.site import DATABASE
from gongkai.publish.views import (
    agency_view,
    built_table_view,
    codebook_view,
    comparison_view,
    data_views,
    feed_view,
    home_view,
    list_views,
    original_view,
    region_view,
    report_views,
    search_views,
    sitemap_view,
    sources_view,
    static_view,
)
from gongkai.publish.views.interface import openapi_view, places_view
from gongkai.publish.views.kept import change_view, proof_view, viewer_view
from gongkai.publish.views.pictures import chart_view, map_view
from gongkai.publish.views.queries import sql_view
from gongkai.publish.views.releases import release_views

_VIEWS: tuple[tuple[str, View], ...] = (
    (r"^/$", home_view.home),
    (r"^/search$", search_views.search),
    (r"^/search\.csv$", search_views.search_csv),
    (r"^/search\.json$", search_views.search_json),
    (r"^/names\.json$", search_views.names_json),
    (r"^/report/(?P<id>[^/.]+)$", report_views.report),
    (r"^/report/(?P<id>[^/.]+)\.json$", report_views.report_json),
    (r"^/report/(?P<id>[^/.]+)\.csv$", report_views.report_csv),
    (r"^/kept/(?P<digest>[0-9a-f]{64})$", original_view.original),
    (rf"{proof_view.PATTERN}$", proof_view.proof),
    (rf"{proof_view.PATTERN}\.json$", proof_view.proof_json),
    (rf"{proof_view.PATTERN}\.zip$", proof_view.proof_package),
    (rf"{proof_view.PATTERN}/page$", proof_view.proof_page),
    (rf"{proof_view.PATTERN}/page\.png$", proof_view.proof_picture),
    (rf"{change_view.PATTERN}$", change_view.change),
    (rf"{change_view.PATTERN}/(?P<version>before|after)$", change_view.version_page),
    (rf"{change_view.PATTERN}/(?P<version>before|after)\.png$", change_view.version_picture),
    (rf"{viewer_view.PATTERN}$", viewer_view.viewer),
    (rf"{viewer_view.PATTERN}/page$", viewer_view.viewer_page),
    (rf"{viewer_view.PATTERN}/page/(?P<number>[0-9]{{1,3}})\.png$", viewer_view.viewer_picture),
    (viewer_view.AS_OF, viewer_view.as_of),
    (r"^/agency/(?P<id>[^/.]+)$", agency_view.agency),
    (r"^/agency/(?P<id>[^/.]+)\.json$", places_view.agency_json),
    (r"^/region(?:/(?P<code>[0-9]{1,12}))?$", region_view.region),
    (r"^/region(?:/(?P<code>[0-9]{1,12}))?\.json$", places_view.region_json),
    (r"^/compare$", comparison_view.comparison),
    (r"^/compare\.csv$", comparison_view.comparison_csv),
    *chart_view.VIEWS,
    (r"^/map$", map_view.region_map),
    (r"^/table$", built_table_view.built_table),
    (r"^/table\.csv$", built_table_view.built_table_csv),
    (r"^/table\.xlsx$", built_table_view.built_table_xlsx),
    (r"^/table\.json$", built_table_view.built_table_json),
    (r"^/checks$", list_views.checks),
    (r"^/checks\.csv$", list_views.checks_csv),
    (r"^/checks\.json$", list_views.checks_json),
    (r"^/changes$", list_views.changes),
    (r"^/changes\.csv$", list_views.changes_csv),
    (r"^/changes\.json$", list_views.changes_json),
    (r"^/coverage$", list_views.coverage),
    (r"^/coverage\.csv$", list_views.coverage_csv),
    (r"^/coverage\.json$", list_views.coverage_json),
    (feed_view.PATTERN, feed_view.feed),
    (r"^/search\.atom$", feed_view.search_feed),
    (r"^/table\.atom$", feed_view.table_feed),
    (r"^/status$", sources_view.sources),
    (r"^/robots\.txt$", sitemap_view.robots),
    (r"^/sitemap\.xml$", sitemap_view.sitemap),
    (r"^/sitemap/pages\.xml$", sitemap_view.sitemap_pages),
    (sitemap_view.BLOCK_PATTERN, sitemap_view.sitemap_block),
    (r"^/sql$", sql_view.sql),
    (r"^/sql\.csv$", sql_view.sql_csv),
    (r"^/sql\.json$", sql_view.sql_json),
    (r"^/data$", data_views.data),
    (r"^/releases$", release_views.releases),
    (r"^/releases\.json$", release_views.releases_json),
    (r"^/releases\.atom$", release_views.releases_feed),
    (r"^/releases/catalog\.jsonld$", release_views.catalogue),
    (rf"^/releases/{release_views.NUMBER}$", release_views.release),
    (rf"^/releases/{release_views.NUMBER}/{release_views.FILE}$", release_views.release_file),
    (r"^/data/dictionary$", data_views.dictionary),
    (r"^/codebook$", codebook_view.codebook_html),
    (r"^/codebook\.json$", codebook_view.codebook_data),
    (r"^/codebook\.xml$", codebook_view.codebook_ddi),
    (rf"^{openapi_view.PAGE}$", openapi_view.interface),
    (r"^/openapi\.json$", openapi_view.openapi),
    (rf"^/download/(?P<name>{PATH})$", data_views.download),
    (static_view.PATTERN, static_view.static_file),
    (rf"^/{DATABASE}/(?P<table>[^/.]+)\.csv$", data_views.table_csv),
    # rows that have a page of their own, in place of Datasette's page of the row
    (rf"^/{DATABASE}/reports/(?P<id>[^/.]+)$", report_views.redirect_row),
    (rf"^/{DATABASE}/agencies/(?P<id>[^/.]+)$", agency_view.redirect_row),
    (rf"^/{DATABASE}/regions/(?P<code>[0-9]{{1,12}})$", region_view.redirect_row),
)

ROUTES: tuple[tuple[str, View], ...] = tuple(
    (path, forwarded(each) if "(?P<id>" in path else each)
    for path, view in _VIEWS
    for each in [of_today(path, strict(path, view))]
)
"""Regular expressions of paths and their views. Datasette takes the first that matches."""

_DATABASE_PAGE = re.compile(rf"/{DATABASE}(?:\.\w+)?")
_OURS = [re.compile(rf"^/{DATABASE}(?:[/.]|$)"), *(re.compile(each) for each, _ in ROUTES)]


def is_our_address(path: str, query_string: str) -> bool:
    """Say whether an address, without the base of the site, leads to a page or data of the archive.

    An SQL query is Datasette's: where it is allowed, its own page with its own editor answers it.
    """
    if _DATABASE_PAGE.fullmatch(path) and "sql=" in query_string:
        return False
    return any(pattern.match(path) for pattern in _OURS)
