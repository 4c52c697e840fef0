"""What a crawl asks of a site: robots.txt, pauses, retries, block pages, cookies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from scrapy.http import Response

from gongkai.crawler.components.retry import retry_after_seconds, server_time
from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import HOST, HTML, PAGES, REPORT_PATH, TITLE, answers, reason


def test_cookies_are_kept_and_versions_named_for_their_own_address_only(run):
    seen: list[tuple[str, str, str]] = []

    def moving(request: Request) -> Answer:
        path = request.url.removeprefix(HOST)
        cookie, tag = (request.headers.get(name, "") for name in ("cookie", "if-none-match"))
        seen.append((path, cookie, tag))
        if path == "/" and not cookie:
            return Answer(
                200, HTML | {"Set-Cookie": "visit=1; path=/", "ETag": '"one"'}, PAGES["/"].encode()
            )
        if path == "/":
            return answers(PAGES, request)
        if path == "/nb/" and tag:  # the column has moved since
            return Answer(302, {"Location": "/new/"})
        found = answers(PAGES | {"/new/": PAGES["/nb/"]}, request)
        return replace(found, headers=found.headers | {"ETag": f'"{path}"'})

    run(moving)
    assert seen == [
        ("/robots.txt", "", ""),
        ("/", "", ""),
        ("/nb/", "visit=1", ""),
        (REPORT_PATH, "visit=1", ""),
    ]
    seen.clear()
    run(moving)
    assert seen == [
        ("/robots.txt", "", ""),
        ("/", "", '"one"'),
        ("/nb/", "visit=1", '"/nb/"'),
        ("/new/", "visit=1", ""),
        (REPORT_PATH, "visit=1", f'"{REPORT_PATH}"'),
    ]


def test_a_fault_that_passes_is_retried_after_a_pause(run):
    tries: list[str] = []

    def faulty(request: Request) -> Answer:
        tries.append(request.url)
        if request.url.endswith("/nb/") and tries.count(request.url) < 3:
            return Answer(503, HTML | {"Retry-After": "1"}, b"busy")
        return answers(PAGES, request)

    started = datetime.now(UTC)
    found = run(faulty, GONGKAI_RETRY_WAIT_MAX="0.5")
    assert (datetime.now(UTC) - started).total_seconds() > 1.0  # twice what is waited at most
    assert found.outcome == "ok"
    assert [status for path, status in run.asked if path == "/nb/"] == [503, 503, 200]
    assert found.counts["errors"] == 0


def test_a_fault_that_stays_is_an_error(run):
    found = run(
        {
            "/nb/x.html": Answer(500, HTML, b"oops"),
            "/nb/": PAGES["/nb/"] + f'<a href="x.html">{TITLE}</a>',
        }
    )
    assert (found.outcome, found.counts["errors"]) == ("ok", 1)
    assert [status for path, status in run.asked if path == "/nb/x.html"] == [500] * 4


def test_block_pages_are_not_retried_and_end_the_crawl(run):
    paths = [f"/b/{number}" for number in range(20)]
    statuses = [403, 405, 412, 521] * 5
    blocked = {
        path: Answer(status, HTML, "云堤".encode())
        for path, status in zip(paths, statuses, strict=True)
    }
    home = "".join(f'<a href="{path}">{TITLE}{path}</a>' for path in paths)
    found = run({"/": home} | blocked, GONGKAI_BLOCK_DELAY="0.01", AUTOTHROTTLE_ENABLED="True")
    # one more may be under way when the fifth is seen
    assert found.counts["blocked"] in (5, 6)
    assert (found.outcome, reason(found)) == (
        "failed",
        f"Stopped: {found.counts['blocked']} block pages (云堤 {found.counts['blocked']})",
    )
    assert len(run.asked) == len(set(run.asked)) == 2 + found.counts["blocked"]


def test_robots_txt_is_obeyed_and_its_delay_applied(run):
    robots = Answer(
        200,
        {"Content-Type": "text/plain"},
        b"User-agent: *\nDisallow: /nb/202401/\nCrawl-delay: 0.7\n",
    )
    started = datetime.now(UTC)
    settings = {"AUTOTHROTTLE_ENABLED": "True", "DOWNLOAD_DELAY_JITTER": "0.9"}
    found = run({"/robots.txt": robots}, **settings)  # neither shortens a pause
    assert (datetime.now(UTC) - started).total_seconds() > 1.4
    assert found.counts["robots"] == 1
    assert (found.outcome, reason(found)) == ("failed", "No report was found")
    assert [path for path, _ in run.asked] == ["/robots.txt", "/", "/nb/"]


def test_a_date_in_retry_after_is_one_of_the_clock_of_the_site():
    headers = {"Date": "Mon, 01 Jan 2035 00:00:00 GMT"}
    response = Response(HOST, status=503, headers=headers)
    later = b"Mon, 01 Jan 2035 00:02:00 GMT"
    assert retry_after_seconds(later, server_time(response)) == 120.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Tue, 20 Jan 2026 00:01:00 GMT", 60.0),
        (b"Mon, 19 Jan 2026 00:00:00 GMT", 0.0),
        (b"soon", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    assert retry_after_seconds(value, datetime(2026, 1, 20, tzinfo=UTC)) == seconds
