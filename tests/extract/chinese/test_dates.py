"""Days of publishing are days in China, whatever the offset of the time that names them."""

from __future__ import annotations

import pytest

from gongkai.extract.chinese.dates import find_first_date, find_stamp_date
from gongkai.extract.model.report import Source
from gongkai.extract.report import read
from tests.archive.folder import report_page


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-01-21T17:00:00Z", "2025-01-22"),
        ("2025-01-21T15:59:59Z", "2025-01-21"),
        ("2025-01-21 16:00 UTC", "2025-01-22"),
        ("发布时间：2025-01-21T17:00:00.000+00:00", "2025-01-22"),
        ("2025-01-22T01:00:00+08:00", "2025-01-22"),
        ("2025-01-22T01:00:00+0800", "2025-01-22"),
        ("2025-01-21T23:00:00-05:00", "2025-01-22"),
        ("2024-12-31T16:30:00Z", "2025-01-01"),
        ("2025-01-21T17:00:00", "2025-01-21"),  # without an offset it is the page's own clock
        ("2025-01-21 23:59", "2025-01-21"),
        ("2025-01-21T99:00:00Z", "2025-01-21"),
        ("2025-01-21T17:00:00+99:99", "2025-01-21"),
    ],
)
def test_a_time_with_an_offset_is_a_day_in_china(text: str, day: str) -> None:
    assert find_first_date(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1737478800000", "2025-01-22"),
        ("1737478800", "2025-01-22"),
        (" Tue, 21 Jan 2025 17:00:00 GMT ", "2025-01-22"),
        ("Wed, 22 Jan 2025 01:00:00 +0800", "2025-01-22"),
        ("20250121", ""),
        ("9999999999999", ""),
        ("yesterday", ""),
        ("", ""),
        ("1" * 99, ""),
    ],
)
def test_a_machines_time_is_a_day_in_china(text: str, day: str) -> None:
    assert find_stamp_date(text) == day


@pytest.mark.parametrize(
    "stamp", ["2025-02-13T17:00:00Z", "1739466000000", "Thu, 13 Feb 2025 17:00:00 GMT"]
)
def test_a_report_is_published_on_its_day_in_china(stamp: str) -> None:
    page = report_page().replace(
        b"<head>", f'<head><meta name="PubDate" content="{stamp}">'.encode()
    )
    found = read(page, Source(url="http://www.pingluo.gov.cn/a.html", media_type="text/html"))
    assert found.report is not None
    assert found.report.published_on == "2025-02-14"
