"""Which known addresses have their turn tonight: a pure function of dates."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.clock import china_date
from gongkai.crawler.components.revisit_schedule import Calendar, year_and_month_in
from gongkai.crawler.components.throttle import parse_window
from gongkai.crawler.setting_error import SettingError

SEASON = frozenset({1, 2, 3, 4})
START = date(2026, 6, 1)


@given(st.text(), st.integers(1, 40), st.sets(st.integers(0, 200)))
def test_no_address_waits_longer_than_a_round(address, days, lost):
    """Whatever nights are lost, the first night after a round is its turn."""
    last = START
    for night in range(1, 200):
        today = START + timedelta(days=night)
        due = Calendar(today, days, SEASON).is_due(address, last)
        waited = (today - last).days
        assert due or waited < days
        if due and night not in lost:
            last = today


def test_nights_are_equally_long():
    last = {f"www.x.gov.cn/202501/t20250120_{number}.html": START for number in range(2_800)}
    nights = Counter()
    for night in range(1, 57):
        today = START + timedelta(days=night)
        calendar = Calendar(today, 28, SEASON)
        for address, before in last.items():
            if calendar.is_due(address, before):
                last[address] = today
                nights[night] += 1
    assert all(60 <= nights[night] <= 145 for night in range(1, 57))
    assert sum(nights.values()) == 2 * len(last)


def test_nothing_is_due_twice_in_one_day_and_everything_in_rounds_of_one():
    assert not Calendar(START, 28, SEASON).is_due("x", START)
    assert Calendar(START, 1, SEASON).is_due("x", START - timedelta(days=1))
    assert Calendar(START, 0, SEASON).is_due("x", START)


def test_an_answer_from_the_future_is_due():
    assert Calendar(START, 28, SEASON).is_due("x", START + timedelta(days=400))


@pytest.mark.parametrize(
    ("today", "url", "first", "expected"),
    [
        ("2026-02-01", "/zwgk/202601/t20260123_5149115.html", "2024-01-01", True),
        ("2026-02-01", "/zwgk/202501/t20250123_5149115.html", "2024-01-01", False),
        ("2026-06-01", "/zwgk/202601/t20260123_5149115.html", "2026-01-24", False),
        # a report that turns up in an old folder while the site is watched
        ("2026-02-01", "/2019/art_1_20190101.html", "2026-01-24", True),
        ("2026-02-01", "/2019/art_1_20190101.html", "2025-01-24", False),
        # no date in the address: when it turned up
        ("2026-02-01", "/xwzx/xwzx/1280811.html", "2026-01-24", True),
        ("2026-02-01", "/xwzx/xwzx/1280811.html", "2025-01-24", False),
    ],
)
def test_what_belongs_to_the_running_season(today, url, first, expected):
    calendar = Calendar(date.fromisoformat(today), 28, SEASON)
    since = date(2024, 1, 1)
    assert calendar.in_season(url, date.fromisoformat(first), since) == expected


def test_a_first_crawl_in_season_does_not_make_old_articles_new():
    calendar = Calendar(date(2026, 2, 1), 28, SEASON)
    first = date(2026, 1, 30)
    assert not calendar.in_season("/zwgk/202501/t20250123_1.html", first, since=first)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://x.gov.cn/zwgk/202601/t20260123_5149115.html", (2026, 1)),
        ("http://x.gov.cn/art/2025/12/3/art_1_2.html", (2025, 12)),
        ("http://x.gov.cn/2022n52/P020260323561503366266.pdf", None),
        ("http://x.gov.cn/xwzx/1280811.html", None),
    ],
)
def test_dates_in_addresses(url, expected):
    assert year_and_month_in(url) == expected


def test_days_are_those_of_china():
    assert china_date("2026-01-20T16:30:00Z") == date(2026, 1, 21)


@pytest.mark.parametrize(
    ("text", "at", "seconds"),
    [
        ("22:00-06:00", "2026-01-20T14:00:00+00:00", 8 * 3600),
        ("22:00-06:00", "2026-01-20T21:59:00+00:00", 60),
        ("22:00-06:00", "2026-01-20T22:00:00+00:00", 0),
        ("01:00-05:00", "2026-01-20T18:00:00+00:00", 3 * 3600),
        ("01:00-05:00", "2026-01-20T21:00:00+00:00", 0),
    ],
)
def test_a_window_in_hours_of_china(text, at, seconds):
    assert parse_window(text).seconds_left(datetime.fromisoformat(at).astimezone(UTC)) == seconds


def test_a_window_that_is_none_is_refused():
    assert parse_window("") is None
    with pytest.raises(SettingError, match="window_wrong"):
        parse_window("at night")
