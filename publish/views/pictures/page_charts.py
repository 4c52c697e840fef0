"""Which pages have charts: the page and its pictures ask the same function, so that both show the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from gongkai.publish.datasette_types import Datasette, Request
from gongkai.publish.views.agency_view import agency_charts
from gongkai.publish.views.comparison_view import comparison_charts
from gongkai.publish.views.drawn_charts import PageCharts
from gongkai.publish.views.pictures.map_view import map_charts
from gongkai.publish.views.region_view import region_charts
from gongkai.publish.views.report_views import report_charts

Loader = Callable[[Request, Datasette], Awaitable[PageCharts | None]]

LOADERS: Mapping[str, Loader] = {
    r"/agency/(?P<id>[^/.]+)": agency_charts,
    r"/report/(?P<id>[^/.]+)": report_charts,
    r"/region(?:/(?P<code>[0-9]{1,12}))?": region_charts,
    r"/compare": comparison_charts,
    r"/map": map_charts,
}
"""The path of a page, as a pattern, and what loads its charts; None if there is no such page."""
