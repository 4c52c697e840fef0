"""/region and /region/<code>: who published in a region, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound

from gongkai.archive.store.measures_sql import BODIES, SERIES
from gongkai.catalogue import text
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.known_then import AsOf, address_then
from gongkai.publish.http.paths import path_segment
from gongkai.publish.http.query_args import choice, page_number, positive_int
from gongkai.publish.http.vintage import VINTAGES, read_vintage
from gongkai.publish.pages.places.grounds import DETAILS
from gongkai.publish.pages.places.region_charts import load_region_charts
from gongkai.publish.pages.places.region_page import SHOWN, RegionPage, load_region
from gongkai.publish.pages.places.totals import is_country
from gongkai.publish.site import site_of
from gongkai.publish.views.drawn_charts import PageCharts, shared_picture
from gongkai.publish.views.responses import (
    as_of_context,
    as_of_day,
    query_archive,
    redirect,
    redirect_permanently,
    render_page,
    require_page_exists,
)
from gongkai.publish.wording.codes import code_label
from gongkai.publish.wording.translation import translator_of


async def region(request: Request, datasette: Datasette) -> Response:
    """Return the page of a region, or of the country.

    Raises:
        NotFound: There is no such region, or its list has fewer pages.
    """
    code = request.url_vars.get("code") or ""
    if is_country(code):
        return redirect(datasette, f"/region?{request.query_string}".rstrip("?"))
    year, page = positive_int(request.args, "year"), page_number(request.args)
    day, of = as_of_day(request), choice(request.args, "of", SERIES) or BODIES
    vintage = read_vintage(request.args)
    found = await query_archive(
        datasette, lambda conn: load_region(conn, code, year, page, of), day, vintage
    )
    if found is None:
        raise NotFound(translator_of(datasette)("region_unknown"))
    require_page_exists(datasette, page, found.pages)
    lang = site_of(datasette).lang
    name = str(found.row["name"]) if found.row else text(lang, "country")
    charts = PageCharts(name, _address(code, of, day, vintage), found.charts(lang), day)
    context = {
        "page": found,
        "shown": SHOWN,
        "details": DETAILS,
        "charts": charts.charts,
        "grounds": found.ground_tables(lang),
        "chart_page": charts.address,
        "here": partial(_query, {"of": of, "year": year, "page": page, "vintage": vintage}, day),
        "vintage": vintage,
        "vintages": VINTAGES,
        "words": _matrix_words(datasette, found, day),
        "shared": await shared_picture(datasette, charts),
        **as_of_context(datasette, request, day, {"of": "" if of == BODIES else of}),
    }
    return await render_page(datasette, request, "region.html", context)


@dataclass(frozen=True, slots=True)
class MatrixWords:
    """What the cells of a matrix say, each text once: there are thousands of cells.

    `whys` and `statuses` are by code, `links` by the id of a report.
    """

    whys: Mapping[str, str]
    statuses: Mapping[str, str]
    links: Mapping[str, str]


def _matrix_words(datasette: Datasette, page: RegionPage, day: AsOf | None) -> MatrixWords:
    lang, base = site_of(datasette).lang, datasette.urls.path("/report/")
    cells = page.matrix.values()
    whys = {cell["why"] for cell in cells if cell["why"]}
    return MatrixWords(
        {why: text(lang, "due_because", why=code_label("why", why, lang)) for why in whys},
        {each: code_label("status", each, lang) for each in {cell["status"] for cell in cells}},
        {
            cell["report_id"]: address_then(f"{base}{path_segment(cell['report_id'])}", day)
            for cell in cells
            if cell["report_id"]
        },
    )


async def region_charts(request: Request, datasette: Datasette) -> PageCharts | None:
    """Return the charts of the page of a region, None if there is no such region."""
    code, lang = request.url_vars.get("code") or "", site_of(datasette).lang
    day, of = as_of_day(request), choice(request.args, "of", SERIES) or BODIES
    vintage = read_vintage(request.args)
    found = await query_archive(
        datasette, lambda conn: load_region_charts(conn, code, lang, of), day, vintage
    )
    if found is None:
        return None
    name, charts = found
    return PageCharts(name, _address(code, of, day, vintage), charts, day)


def _query(chosen: Mapping[str, object], day: AsOf | None, **changed: object) -> str:
    """Return the query string of the same page with something changed."""
    pairs = {**chosen, "as_of": day.day if day else None, **changed}
    usual = {"of": BODIES, "page": 1}
    return urlencode({name: value for name, value in pairs.items() if value != usual.get(name)})


def _address(code: str, of: str, day: AsOf | None, vintage: int | None) -> str:
    path = f"/region/{code}" if code else "/region"
    chosen = _query({"of": of, "vintage": vintage}, None)
    return address_then(f"{path}?{chosen}" if chosen else path, day)


async def redirect_row(request: Request, datasette: Datasette) -> Response:
    """Redirect from the row of a region to its page."""
    return redirect_permanently(datasette, f"/region/{request.url_vars['code']}")
