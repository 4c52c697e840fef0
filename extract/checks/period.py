"""`period` and `year_sources`: everything that states the report's year agrees."""

from __future__ import annotations

from gongkai.extract.model.report import Finding


def period_findings(title: int | None, period: int | None, published: str) -> list[Finding]:
    """Disagreements between the title's year, the statistical period and the publishing date.

    A report is published in its own last days or in the year after; any other date is doubtful,
    because it may be the page's and not the report's.
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
                message_zh=f"标题为{title}年，统计期限却写{period}年",
                message_en=f"the title says {title}, the statistical period is {period}",
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
                message_zh=f"报告年度为{year}年，发布日期却是{published}",
                message_en=f"the report is for {year}, but was published on {published}",
            )
        )
    return findings
