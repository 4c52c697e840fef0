"""Times, numbers and URLs as pages show them."""

from __future__ import annotations

import pytest

from gongkai.publish.wording.formatting import (
    byte_size,
    circled_number,
    format_name,
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
    assert local_time("en", "2025-06-01T18:30:00Z") == "2025-06-02 02:30 (Beijing time, UTC+8)"
    assert local_time("zh", "not a time") == "not a time"
    assert [local_day("zh", at) for at in ("2025-06-01T18:30:00Z", "2025-06-01", None)] == [
        *("2025-06-02", "2025-06-01", "")
    ]
    assert local_day("en", "2025-06-01T18:30:00Z") == "2025-06-02"
    assert [byte_size(n) for n in (90, 1500, 2_340_000, None)] == ["90 B", "1.5 kB", "2.3 MB", ""]
    assert [circled_number(n) for n in (1, 20, 21)] == ["①", "⑳", "(21)"]


@pytest.mark.parametrize(
    ("media_type", "url", "name"),
    [
        ("application/vnd.ofd", "", "OFD"),
        ("application/octet-stream", "http://a.gov.cn/b/年报.ofd?x=1.pdf", "OFD"),
        ("", "file:///0123/a.DOC", "DOC"),
        ("application/octet-stream", "http://a.gov.cn/download?id=7", "application/octet-stream"),
        ("application/octet-stream", "http://a.gov.cn/a.exe", "application/octet-stream"),
        ("text/html", "http://a.gov.cn/a.ofd", "HTML"),
    ],
)
def test_a_format_that_the_server_did_not_know_is_named_by_its_address(
    media_type: str, url: str, name: str
) -> None:
    assert format_name(media_type, url) == name
