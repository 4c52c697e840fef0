"""One agency over the years, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gongkai.publish.http.known_then import AsOf
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.places.agency_page import Agency, Year

Address = Callable[[str], str]
"""Returns the address of a path of the site."""


def agency_record(agency: Agency, as_of: AsOf | None, address: Address) -> dict[str, Any]:
    """Return an agency with the keys of the data contract.

    `reports` are its rows of `report_summary`, `changes` those of `agency_links` of its line. `as_of` is
    only there for a day.
    """
    then = f"?{as_of.query}" if as_of else ""
    path = f"/agency/{path_segment(agency.id)}"
    return {
        **dict(agency.row),
        "regions": [{"code": each.code, "name": each.name} for each in agency.regions],
        "years": [_year_record(each, then, address) for each in agency.years],
        "reports": [dict(row) for row in agency.reports],
        "checks": [dict(row) for row in agency.checks],
        "duties": [dict(row) for row in agency.duties],
        "changes": [dict(row) for row in agency.changes],
        "links": {"self": address(f"{path}.json{then}"), "page": address(f"{path}{then}")},
        **({"as_of": as_of.day.isoformat()} if as_of else {}),
    }


def _year_record(year: Year, then: str, address: Address) -> Mapping[str, Any]:
    report_id = str(year.report["report_id"]) if year.report else None
    return {
        "year": year.year,
        "status": year.status,
        "deadline": year.deadline,
        "published_on": year.published_on,
        "days_late": year.days_late,
        "report_id": report_id,
        "link": address(f"/report/{path_segment(report_id)}{then}") if report_id else None,
    }
