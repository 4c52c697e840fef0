"""/agency/<id>.json, /region/<code>.json and /region.json: what the pages of places say, as data."""

from __future__ import annotations

from functools import partial

from datasette.utils.asgi import NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.query_args import page_number
from gongkai.publish.http.vintage import read_vintage
from gongkai.publish.pages.places.agency_export import agency_record
from gongkai.publish.pages.places.agency_page import load_agency
from gongkai.publish.pages.places.region_export import region_record
from gongkai.publish.pages.places.region_page import load_region
from gongkai.publish.pages.places.totals import is_country
from gongkai.publish.site import public_address
from gongkai.publish.views.responses import (
    as_of_day,
    json_page,
    json_response,
    query_archive,
    redirect,
    require_page_exists,
)
from gongkai.publish.wording.translation import translator_of


async def agency_json(request: Request, datasette: Datasette) -> Response:
    """Return an agency with its years.

    Raises:
        NotFound: There is no agency with this id.
    """
    day, agency_id = as_of_day(request), request.url_vars["id"]
    found = await query_archive(datasette, lambda conn: load_agency(conn, agency_id), day)
    if found is None:
        raise NotFound(translator_of(datasette)("agency_unknown"))
    return json_response(agency_record(found, day, partial(public_address, datasette)))


async def region_json(request: Request, datasette: Datasette) -> Response:
    """Return a region, or the country, with its totals and a page of its agencies.

    Raises:
        NotFound: There is no such region, or its list has fewer pages.
    """
    day, page = as_of_day(request), page_number(request.args)
    code = request.url_vars.get("code") or ""
    if is_country(code):
        return redirect(datasette, f"/region.json?{request.query_string}".rstrip("?"))
    vintage = read_vintage(request.args)
    found = await query_archive(
        datasette, lambda conn: load_region(conn, code, None, page), day, vintage
    )
    if found is None:
        raise NotFound(translator_of(datasette)("region_unknown"))
    require_page_exists(datasette, page, found.pages)
    return json_page(region_record(found, day, partial(public_address, datasette), vintage))
