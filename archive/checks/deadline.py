"""`deadline`: departments publish by 31 January, governments of county level and above by 31 March.

《政府信息公开条例》第四十九条. The article does not name townships, and an office of a government may
publish for its department or for the government: what it leaves open is unsure.
"""

from __future__ import annotations

from gongkai.archive.checks.facts import ReportFacts
from gongkai.extract.model.report import Finding, Verdict
from gongkai.messages import message


def deadline(report: ReportFacts) -> list[Finding]:
    """Return a finding where a report was published late.

    A report that was seen in time was published in time, whatever date its page has now. Without a
    date, only a portal that was crawled before the deadline proves that the report was missing.
    """
    due = _due(report)
    if report.first_seen and report.first_seen[:10] <= due:
        return []
    if report.published_on:
        return [_late(report, due)] if report.published_on > due else []
    if report.watched and report.watched[:10] <= due and report.first_seen:
        return [_unseen(report, due)]
    return []


def _due(report: ReportFacts) -> str:
    return f"{report.year + 1}-{'03-31' if report.kind == 'government' else '01-31'}"


def _late(report: ReportFacts, due: str) -> Finding:
    return Finding(
        rule="deadline",
        scope="",
        verdict=_verdict(report),
        left=report.published_on,
        right=due,
        message=message("deadline_missed", published=report.published_on, due=due),
    )


def _verdict(report: ReportFacts) -> Verdict:
    """Return the verdict; a date two years late is often that of a page moved to a new portal."""
    moved = int(report.published_on[:4]) > report.year + 1
    own_rule = report.kind == "department" or (
        report.kind == "government" and report.level != "town"
    )
    late_for_all = report.kind == "office" and report.published_on[5:] > "03-31"
    return "source" if not moved and (own_rule or late_for_all) else "unsure"


def _unseen(report: ReportFacts, due: str) -> Finding:
    seen = report.first_seen[:10]
    return Finding(
        rule="deadline",
        scope="",
        verdict="unsure",
        left=seen,
        right=due,
        message=message("deadline_unseen", due=due, seen=seen),
    )
