"""Check that all statements of the report's year agree (`period`, `year_sources`)."""

from __future__ import annotations

from gongkai.extract.model.report import Finding
from gongkai.messages import message


def period_findings(title: int | None, period: int | None, published: str) -> list[Finding]:
    """Return the disagreements between title, statistical period and publication date.

    A report is published in the last days of its year or in the following year. Any other date is
    doubtful, because it may belong to the page instead of the report.
    """
    findings = []
    if title is not None and period is not None and title != period:
        findings.append(
            Finding(
                rule="period",
                scope="",
                verdict="source",
                left=str(title),
                right=str(period),
                message=message("period_differs", title=title, period=period),
            )
        )
    year = title or period
    if year is not None and published and int(published[:4]) not in (year, year + 1):
        findings.append(
            Finding(
                rule="year_sources",
                scope="",
                verdict="unsure",
                left=str(year),
                right=published,
                message=message("year_differs", year=year, published=published),
            )
        )
    return findings
