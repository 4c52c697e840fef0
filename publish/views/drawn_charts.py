"""Charts of pages as pictures that stand alone, and the one that stands for its page on other sites."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gongkai.publish.charts.chart import Caption
from gongkai.publish.charts.inline_picture import chart_address
from gongkai.publish.charts.standing_picture import Picture, standing_picture
from gongkai.publish.datasette_types import Datasette
from gongkai.publish.http.known_then import AsOf
from gongkai.publish.rendering.chart_png import png_size
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.responses import query_archive
from gongkai.publish.wording.formatting import local_day
from gongkai.publish.wording.translation import translator_of

LATEST = "SELECT max(last_seen) FROM reports"


@dataclass(frozen=True, slots=True)
class PageCharts:
    """The charts of a page.

    `subject` says of whom, `address` is the path of the page with its query, and `as_of` the day as of
    which they are, None for now.
    """

    subject: str
    address: str
    charts: tuple[Picture, ...]
    as_of: AsOf | None = None


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """A picture that other sites show beside a link to a page: its whole address, pixels and words."""

    address: str
    width: int
    height: int
    words: str


async def draw_chart(datasette: Datasette, page: PageCharts, chart: Picture) -> str:
    """Return a chart of a page as an SVG document with its origin."""
    t = translator_of(datasette)
    day = page.as_of.day.isoformat() if page.as_of else await _latest_day(datasette)
    caption = Caption(
        source=t("picture_source"),
        date=t("picture_date", day=day) if day else "",
        address=public_address(datasette, f"{page.address}#chart-{chart.key}"),
    )
    return standing_picture(replace(chart, title=_title(datasette, page, chart)), caption)


async def shared_picture(datasette: Datasette, page: PageCharts) -> SharedPicture | None:
    """Return the first chart of a page as the picture for other sites.

    None where there is no chart, or where the site knows no base: the address must be a whole one.
    """
    chart = next((each for each in page.charts if not each.is_empty), None)
    if chart is None or not site_of(datasette).base_url:
        return None
    width, height = png_size(await draw_chart(datasette, page, chart))
    t = translator_of(datasette)
    return SharedPicture(
        public_address(datasette, chart_address(page.address, chart.key).png),
        width,
        height,
        f"{_title(datasette, page, chart)}{t('colon')}{chart.words(t('list_comma'))}"[:MOST_WORDS],
    )


MOST_WORDS = 420
"""Characters of a description. Sites that show pictures cut longer ones."""


def _title(datasette: Datasette, page: PageCharts, chart: Picture) -> str:
    if not page.subject:
        return chart.title
    return f"{page.subject}{translator_of(datasette)('colon')}{chart.title}"


async def _latest_day(datasette: Datasette) -> str:
    (latest,) = await query_archive(datasette, lambda conn: conn.execute(LATEST).fetchone())
    return local_day("zh", latest) if latest else ""
