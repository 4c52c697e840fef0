"""`deadline`: a report was published after its last day.

Reports for 2008 to 2018: every 行政机关 by 31 March (text of 2007, article 31). Reports from 2019 on:
departments by 31 January, governments of county level and above by 31 March (text of 2019, article
49). That article names neither towns nor zones, and an office of a government may publish for its
department or for the government: what it leaves open is unsure.
"""

from __future__ import annotations

from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.store.deadlines import is_under_text_of_2007, last_day
from gongkai.clock import china_day
from gongkai.extract.chinese.zones import is_zone
from gongkai.extract.model.report import Finding, Verdict
from gongkai.messages import message


def deadline(report: ReportFacts) -> list[Finding]:
    """Return a finding where a report was published late.

    A report that was seen in time was published in time, whatever date its page has now. Without a
    date, only a portal that was crawled before the deadline proves that the report was missing.
    """
    due = last_day(report.year, report.kind)
    if report.first_seen and china_day(report.first_seen) <= due:
        return []
    if report.published_on:
        return [_late(report, due)] if report.published_on > due else []
    if report.watched and china_day(report.watched) <= due and report.first_seen:
        return [_unseen(report, due)]
    return []


def _late(report: ReportFacts, due: str) -> Finding:
    return Finding(
        rule="deadline",
        scope="",
        verdict=_verdict(report),
        left=report.published_on,
        right=due,
        message=message(
            "deadline_missed_2007" if is_under_text_of_2007(report.year) else "deadline_missed",
            published=report.published_on,
            due=due,
        ),
    )


def _verdict(report: ReportFacts) -> Verdict:
    """Return the verdict; a date two years late is often that of a page moved to a new portal."""
    moved = int(report.published_on[:4]) > report.year + 1
    return "source" if not moved and _is_named(report) else "unsure"


def _is_named(report: ReportFacts) -> bool:
    """Return whether the law names the agency, and it was late by all that it may have reported for."""
    if is_under_text_of_2007(report.year):
        return True
    if report.kind == "office":
        return report.published_on > last_day(report.year, "government")
    return report.kind == "department" or not (report.level == "town" or is_zone(report.agency))


def _unseen(report: ReportFacts, due: str) -> Finding:
    seen = china_day(report.first_seen)
    return Finding(
        rule="deadline",
        scope="",
        verdict="unsure",
        left=seen,
        right=due,
        message=message(
            "deadline_unseen_2007" if is_under_text_of_2007(report.year) else "deadline_unseen",
            due=due,
            seen=seen,
        ),
    )
