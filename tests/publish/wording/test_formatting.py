"""Times, numbers and URLs as pages show them."""

from __future__ import annotations

import pytest

from gongkai.publish.wording.formatting import (
    byte_size,
    circled_number,
    local_day,
    local_time,
    web_url,
)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("http://www.pingluo.gov.cn/a", True),
        (" HTTPS://example.gov.cn/", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None, safe: bool) -> None:
    """Anything else is text."""
    assert bool(web_url(url)) is safe


def test_times_sizes_and_marks_as_people_read_them() -> None:
    """By the clock of Beijing in Chinese."""
    assert local_time("zh", "2025-06-01T18:30:00Z") == "2025-06-02 02:30（北京时间）"
    assert local_time("en", "2025-06-01T18:30:00Z") == "2025-06-01 18:30 UTC"
    assert local_time("zh", "not a time") == "not a time"
    assert [local_day("zh", at) for at in ("2025-06-01T18:30:00Z", "2025-06-01", None)] == [
        *("2025-06-02", "2025-06-01", "")
    ]
    assert local_day("en", "2025-06-01T18:30:00Z") == "2025-06-02"
    assert [byte_size(n) for n in (90, 1500, 2_340_000, None)] == ["90 B", "1.5 kB", "2.3 MB", ""]
    assert [circled_number(n) for n in (1, 20, 21)] == ["①", "⑳", "(21)"]
