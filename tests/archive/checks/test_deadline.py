"""`deadline` on frozen cases: who, when, and what is known of when."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.archive.checks.deadline import deadline
from tests.archive.checks.reports import brief, known

DEPARTMENT = {"kind": "department"}
GOVERNMENT = {"kind": "government"}
TOWN = {"kind": "government", "level": "town"}
OFFICE = {"kind": "office"}
SEEN = "2026-05-01T02:00:00Z"


@pytest.mark.parametrize(
    ("who", "published", "verdict"),
    [
        (DEPARTMENT, "2025-01-31", ""),
        (DEPARTMENT, "2025-02-01", "source"),
        (DEPARTMENT, "2026-01-15", "unsure"),  # a page moved to a new portal, perhaps
        (GOVERNMENT, "2025-03-31", ""),
        (GOVERNMENT, "2025-04-01", "source"),
        (TOWN, "2025-03-31", ""),  # the article does not name townships
        (TOWN, "2025-04-01", "unsure"),
        (OFFICE, "2025-01-31", ""),
        (OFFICE, "2025-02-20", "unsure"),  # in time, if it is the government's
        (OFFICE, "2025-04-01", "source"),
    ],
)
def test_published_on_a_known_day(who: dict[str, Any], published: str, verdict: str) -> None:
    report = known(**who, published_on=published, first_seen=SEEN, watched=SEEN)
    due = "2025-03-31" if who["kind"] == "government" else "2025-01-31"
    assert brief(deadline(report)) == ([("", verdict, published, due)] if verdict else [])


@pytest.mark.parametrize(
    ("who", "year", "published", "verdict"),
    [
        (DEPARTMENT, 2018, "2019-03-12", ""),  # in time under the text of 2007
        (DEPARTMENT, 2018, "2019-04-01", "source"),
        (OFFICE, 2010, "2011-03-31", ""),
        (TOWN, 2010, "2011-04-02", "source"),  # that text names all 行政机关
        (DEPARTMENT, 2013, "2020-06-01", "unsure"),
        (DEPARTMENT, 2019, "2020-03-12", "source"),  # the first year of the earlier day
        ({"kind": "government", "agency": "岚湾综合实验区"}, 2024, "2025-04-01", "unsure"),
    ],
)
def test_the_day_depends_on_the_year(
    who: dict[str, Any], year: int, published: str, verdict: str
) -> None:
    report = known(**who, year=year, published_on=published, first_seen=SEEN, watched=SEEN)
    assert [finding.verdict for finding in deadline(report)] == ([verdict] if verdict else [])


def test_a_report_of_earlier_years_is_late_by_the_earlier_text() -> None:
    (found,) = deadline(known(year=2017, published_on="2018-04-03", first_seen=SEEN))
    assert (found.message_zh, found.message_en) == (
        "发布于2018-04-03，期限为2018-03-31（2007年公布的《政府信息公开条例》第三十一条）",
        "published on 2018-04-03, due by 2018-03-31"
        " (article 31 of the Regulations on Open Government Information of 2007)",
    )


def test_both_sentences_name_the_article() -> None:
    (found,) = deadline(known(published_on="2025-02-03", first_seen=SEEN))
    assert (found.message_zh, found.message_en) == (
        "发布于2025-02-03，期限为2025-01-31（《政府信息公开条例》第四十九条）",
        "published on 2025-02-03, due by 2025-01-31"
        " (article 49 of the Regulations on Open Government Information)",
    )


def test_seen_in_time_was_in_time_whatever_the_page_says_now() -> None:
    report = known(published_on="2025-06-01", first_seen="2025-01-21T02:00:00Z")
    assert deadline(report) == []


@pytest.mark.parametrize(
    ("watched", "first_seen", "expected"),
    [
        (
            "2025-01-10T02:00:00Z",
            "2025-02-03T02:00:00Z",
            [("", "unsure", "2025-02-03", "2025-01-31")],
        ),
        ("2025-01-10T02:00:00Z", "2025-01-31T02:00:00Z", []),
        ("2025-02-01T02:00:00Z", "2025-02-03T02:00:00Z", []),  # nobody looked before
        ("", "2025-02-03T02:00:00Z", []),  # a file from disk
    ],
)
def test_without_a_date_only_a_watched_portal_tells(
    watched: str, first_seen: str, expected: list[tuple[str, ...]]
) -> None:
    assert brief(deadline(known(watched=watched, first_seen=first_seen))) == expected
