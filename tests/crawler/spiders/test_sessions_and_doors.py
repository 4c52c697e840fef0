"""Portals that hang a session on their addresses: what is asked for, and what is kept."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answerer
from tests.crawler.tiny import FAST, HOST, HTML, PAGES, REPORT, SITE, TITLE, answers, served
from tests.replica.transport import Answer, Request

ARTICLE = "/nb/202402/t20240205_31.html"


def night(answerer: Answerer, folder: Path, **settings: str) -> tuple[Run, list[str]]:
    """Crawl the portal once; return the run and the paths that were asked for."""
    with served(answerer) as proxy:
        address = f"http://127.0.0.1:{proxy.server_port}"
        (run,) = crawl([SITE], folder, proxy=address, settings=FAST | settings)
        return run, [url.removeprefix(HOST) for _, url, _ in proxy.requests]


def addresses(folder: Path) -> set[str]:
    """Return the paths under which answers are kept."""
    with Snapshots(folder) as snapshots:
        return {snapshot.url.removeprefix(HOST) for snapshot in snapshots.all()}


def test_a_session_that_changes_every_night_leaves_one_address(tmp_path: Path) -> None:
    for number in range(1, 4):
        session = f";jsessionid={number:032X}.node2"
        pages = PAGES | {"/nb/": f'<a href="{ARTICLE}{session}">{TITLE}</a>'}
        pages[ARTICLE] = REPORT.format(title=TITLE)
        run, asked = night(partial(answers, pages), tmp_path)
        assert (run.outcome, run.counts["reports"]) == ("ok", 1)
        assert asked == ["/robots.txt", "/", "/nb/", ARTICLE]
    assert addresses(tmp_path) == {"/robots.txt", "/", "/nb/", ARTICLE}


def test_a_server_that_insists_on_a_session_in_the_path_is_followed_and_kept_without(
    tmp_path: Path,
) -> None:
    pages = PAGES | {
        "/nb/": f'<a href="..{ARTICLE}">{TITLE}</a>',
        ARTICLE: REPORT.format(title=TITLE),
    }

    def door(request: Request) -> Answer:
        path = request.url.removeprefix(HOST)
        inside = re.sub(r"^/\(S\(\w+\)\)", "", path)
        if inside == path and path != "/robots.txt":
            return Answer(302, {"Location": f"/(S(1nd5ej45lnuxy2555x4wnv55)){path}"}, b"")
        return answers(pages, Request(request.method, HOST + inside, request.headers))

    run, _ = night(door, tmp_path)
    assert (run.outcome, run.counts["reports"]) == ("ok", 1)
    assert addresses(tmp_path) == {"/robots.txt", "/", "/nb/", ARTICLE}


def test_a_parameter_that_turns_out_to_be_a_session_is_dropped_from_then_on(tmp_path: Path) -> None:
    asked_for = []
    for number in range(1, 5):
        link = f"/show.jsp?id=31&sid={number:032x}"
        report = Answer(200, HTML, REPORT.format(title=TITLE).encode())
        pages = PAGES | {"/nb/": f'<a href="{link}">{TITLE}</a>', link: report}
        pages["/show.jsp?id=31"] = report
        _, asked = night(partial(answers, pages), tmp_path)
        asked_for.append(next(path for path in asked if path.startswith("/show")))
    assert asked_for[2:] == ["/show.jsp?id=31"] * 2
