"""The questions that readers ask most, each with the page that answers it."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.publish.wording.formatting import url_with_query

ENOUGH = 0.5
"""A year is the one to ask about when it has this share of the reports of the year before it."""

REFUSED = (
    *("refused", "refusal_rate", "requests_handled"),
    *("ground_refused_state_secret", "ground_refused_law_forbids"),
    *("ground_refused_three_securities", "ground_refused_third_party"),
    *("ground_refused_internal_affairs", "ground_refused_process_info"),
    *("ground_refused_enforcement_file", "ground_refused_admin_query"),
)
"""The measures that show who refused, and on which ground."""


def asked_year(reports: Sequence[tuple[int, int]]) -> int | None:
    """Return the latest year for which most reports are there, None if there are none.

    `reports` has years with their number of reports, the latest first: a season takes months.
    """
    if len(reports) > 1 and reports[0][1] < ENOUGH * reports[1][1]:
        return reports[1][0]
    return reports[0][0] if reports else None


def questions(year: int | None, region: str = "") -> tuple[tuple[str, str], ...]:
    """Return the keys of the questions with the paths that answer them."""
    page = f"/region/{region}" if region else "/region"
    found = [
        (
            "contradicts",
            url_with_query("/checks", {"verdict": "source", "region": region, "sort": "-size"}),
        ),
        (
            "never",
            url_with_query("/coverage", {"status": "missing", "reports": "none", "region": region}),
        ),
        (
            "late",
            url_with_query("/coverage", {"status": "late", "region": region, "sort": "-late"}),
        ),
        ("developed", f"{page}#grounds"),
    ]
    if year is not None:
        wanted = {"region": region, "year": year, "m": REFUSED, "sort": f"-refused.{year}"}
        found.insert(0, ("refused", url_with_query("/table", wanted)))
        reports = {"answer": "refused", "year": year, "region": region}
        found.append(("refusing", url_with_query("/search", reports)))
    return tuple(found)
