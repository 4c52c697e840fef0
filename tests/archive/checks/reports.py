"""Reports as the rules are told of them, for frozen cases."""

from __future__ import annotations

from typing import Any

from gongkai.archive.checks.facts import ReportFacts
from gongkai.extract.forms import FORM_2021

APPLICANTS = tuple(column.key for column in FORM_2021.applicants)


def known(agency: str = "平罗县教育局", year: int = 2024, **facts: Any) -> ReportFacts:
    """Return a report of a department of 平罗县; `facts` are fields of `ReportFacts`."""
    told: dict[str, Any] = {
        "report_id": f"{agency}-{year}",
        "agency_id": agency,
        "region_code": "640221",
        "level": "county",
        "kind": "department",
    }
    return ReportFacts(agency=agency, year=year, **{**told, **facts})


def carried(**numbers: int | None) -> dict[str, int | None]:
    """Return a row of table two, zeros but for what is named."""
    return {**dict.fromkeys(APPLICANTS, 0), **numbers}


def brief(findings: list[Any]) -> list[tuple[str, ...]]:
    """Return scope, verdict and both values of findings."""
    return [(f.scope, f.verdict, f.left, f.right) for f in findings]
