"""One region, or the whole country, as data: its totals, the regions below it, its agencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from gongkai.publish.datasette_types import Row
from gongkai.publish.http.known_then import AsOf
from gongkai.publish.http.page_links import page_links
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.places.region_page import PAGE_SIZE, RegionPage
from gongkai.publish.pages.places.region_tree import Region
from gongkai.publish.pages.places.totals import Total, series_in
from gongkai.publish.wording.measures import MEASURES

Address = Callable[[str], str]
"""Returns the address of a path of the site."""


def region_record(
    page: RegionPage, as_of: AsOf | None, address: Address, vintage: int | None = None
) -> dict[str, Any]:
    """Return a region with the keys of the data contract; the country has none of the columns but `code`.

    `years` has for each year the reports by status of coverage, and for each series the sum of each
    measure with the number of `reports` that have it and, for a rate, its denominator `n`. `agencies` are
    those of this page. `as_of` is only there for a day. `vintage` is the year of the divisions, None for
    those that the reports name.
    """
    divisions = f"?vintage={vintage}" if vintage else ""
    return {
        **(dict(page.row) if page.row else {"code": page.code}),
        "regions": _named(page.above),
        "succeeded_by": _named(page.successors),
        "preceded_by": _named(page.predecessors),
        "years": [_year_record(year, page.total(year)) for year in page.years],
        "parts": [
            {**_name(each), "link": address(f"{_region_path(each.code)}{divisions}")}
            for each in page.parts
        ],
        "total": page.agency_count,
        "reporting": page.reporting_count,
        "size": PAGE_SIZE,
        "page": page.page,
        "pages": page.pages,
        "links": _links(page, as_of, address, vintage),
        "agencies": [_agency_record(page, row, address) for row in page.agencies],
        **({"as_of": as_of.day.isoformat()} if as_of else {}),
    }


def _region_path(code: str) -> str:
    return f"/region/{path_segment(code)}" if code else "/region"


def _links(
    page: RegionPage, as_of: AsOf | None, address: Address, vintage: int | None
) -> dict[str, str]:
    path = _region_path(page.code)
    day = {"as_of": as_of.day.isoformat()} if as_of else {}
    asked = {**day, **({"vintage": str(vintage)} if vintage else {})}

    def page_address(number: int) -> str:
        query = urlencode({**asked, **({"page": number} if number > 1 else {})})
        return address(f"{path}.json?{query}".rstrip("?"))

    links = page_links(page.page, page.pages, page_address)
    return {**links, "page": address(f"{path}?{urlencode(asked)}".rstrip("?"))}


def _named(regions: Iterable[Region]) -> list[dict[str, str]]:
    return [_name(each) for each in regions]


def _name(region: Region) -> dict[str, str]:
    return {"code": region.code, "name": region.name}


def _year_record(year: int, total: Total) -> Mapping[str, Any]:
    return {
        "year": year,
        "due": total.due,
        "archived": total.archived,
        "coverage": dict(total.coverage),
        "series": [
            {
                "series": series,
                "reports": total.reports(series),
                "measures": {key: _value(total, key, series) for key in MEASURES},
            }
            for series in series_in([total])
        ],
    }


def _value(total: Total, measure: str, series: str) -> Mapping[str, Any]:
    value = total.value_of(measure, series)
    return {
        "value": value.number,
        "n": value.n if value.is_rate else None,
        "reports": value.reports,
    }


def _agency_record(page: RegionPage, row: Row, address: Address) -> Mapping[str, Any]:
    covered = {year: found for year in page.years if (found := page.matrix.get((row["id"], year)))}
    return {
        "id": row["id"],
        "name": row["name"],
        "kind": row["kind"],
        "region_code": row["code"],
        "region": row["region"],
        "years": [
            {"year": year, "status": found["status"], "report_id": found["report_id"]}
            for year, found in covered.items()
        ],
        "link": address(f"/agency/{path_segment(row['id'])}"),
    }
