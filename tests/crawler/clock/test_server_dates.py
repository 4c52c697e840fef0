"""The time of an answer by its server."""

from __future__ import annotations

import pytest

from gongkai.clock import utc_stamp
from gongkai.crawler.clock.server_dates import median_lead, server_time


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ([("Date", "Tue, 21 Jan 2025 17:00:00 GMT")], "2025-01-21T17:00:00Z"),
        ([("date", "Tue, 21 Jan 2025 17:00:00 GMT"), ("AGE", "3600")], "2025-01-21T18:00:00Z"),
        ([("Date", "Wed, 22 Jan 2025 01:00:00 +0800")], "2025-01-21T17:00:00Z"),
        ([("Date", "Tue Jan 21 17:00:00 2025")], "2025-01-21T17:00:00Z"),
        ([("Date", "Tuesday, 21-Jan-25 17:00:00 GMT"), ("Age", "-1")], "2025-01-21T17:00:00Z"),
        (
            [("Date", "Tue, 21 Jan 2025 17:00:00 GMT"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT")],
            "2025-01-21T17:00:00Z",
        ),
        ([("Date", "Tue, 21 Jan 2025 17:00:00 GMT"), ("Age", "9" * 400)], "2025-01-21T17:00:00Z"),
    ],
)
def test_a_date_is_read_with_its_age(headers: list[tuple[str, str]], at: str) -> None:
    found = server_time(headers)
    assert found is not None
    assert utc_stamp(found) == at


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Tue, 99 Jan 2025 17:00:00 GMT",
        "Mon, 01 Jan 99999 00:00:00 GMT",
        "1" * 9999,
    ],
)
def test_what_is_no_date_is_none(date: str) -> None:
    assert server_time([("Date", date)]) is None


def test_one_odd_server_does_not_move_the_median() -> None:
    assert median_lead([0, 1, -9_999_999]) == 0
    assert median_lead([]) is None
