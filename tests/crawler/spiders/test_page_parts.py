"""Images and style sheets of report articles: fetched last, once, within bounds, and never read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.snapshot import Run, Snapshot
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer, Transport
from tests.crawler.tiny import (
    FAST,
    HOST,
    HTML,
    PAGES,
    REPORT,
    REPORT_PATH,
    SITE,
    TITLE,
    answers,
    crawl_one,
    served,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
LOGO, CHART, LATER, STYLE = "/img/logo.png", "/nb/202401/W1.png", "/img/lazy.gif", "/css/a.css"
HEAD = f'<link rel="StyleSheet" href="{STYLE}"><link rel="icon" href="/favicon.ico">'
IMAGES = (
    f'<img src="{LOGO}"><img src="W1.png"><img src="/blank.gif" data-original="{LATER}">'
    '<img src="http://cdn.elsewhere.com/b.png"><img src="data:image/png;base64,AAAA">'
)
ARTICLE = (
    REPORT.format(title=TITLE)
    .replace("<head>", f"<head>{HEAD}")
    .replace("</body>", f"{IMAGES}</body>")
)
PARTS: dict[str, str | Answer] = {
    LOGO: Answer(200, {"Content-Type": "image/png", "ETag": '"1"'}, PNG),
    CHART: Answer(200, {"Content-Type": "image/png"}, PNG + b"chart"),
    LATER: Answer(200, {"Content-Type": "image/gif"}, b"GIF89a"),
    STYLE: Answer(200, {"Content-Type": "text/css"}, b"p { color: red }"),
}


class Portal:
    """A portal whose answers a test may replace, and what was asked of it in each night."""

    def __init__(
        self, transport: Transport, pages: dict[str, str | Answer], snapshots: Path
    ) -> None:
        self.transport, self.pages, self.snapshots = transport, pages, snapshots

    def night(self, **settings: str) -> tuple[Run, list[str]]:
        """Crawl, and return the run with the paths of what is no page, in order."""
        before = len(self.transport.requests)
        job = Job(
            SITE,
            self.snapshots,
            f"http://127.0.0.1:{self.transport.server_port}",
            {**FAST, **settings},
        )
        run = crawl_one(job)
        asked = [url.removeprefix(HOST) for _, url, _ in self.transport.requests[before:]]
        return run, [path for path in asked if path not in PAGES and path != "/robots.txt"]

    def parts(self) -> dict[str, Snapshot]:
        """Return the last snapshot of each address that was asked for as a part."""
        with Snapshots(self.snapshots) as kept:
            return {each.url.removeprefix(HOST): each for each in kept.all() if each.role}


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    pages: dict[str, str | Answer] = {**PAGES, REPORT_PATH: ARTICLE, **PARTS}
    with served(lambda request: answers(pages, request)) as transport:
        yield Portal(transport, pages, tmp_path / "snapshots")


def test_parts_of_an_article_are_fetched_once_while_it_is_unchanged(portal: Portal) -> None:
    run, asked = portal.night()
    assert asked == [STYLE, LOGO, CHART, LATER]
    assert (run.outcome, run.counts["reports"], run.counts["new"]) == ("ok", 1, 3)
    assert run.counts["parts"] == 4
    assert set(portal.parts()) == set(PARTS)
    assert portal.night()[1] == []
    portal.pages[REPORT_PATH] = ARTICLE.replace("总体情况", "总体的情况")
    portal.pages[CHART] = Answer(200, {"Content-Type": "image/png"}, PNG + b"another")
    run, asked = portal.night()
    assert asked == [STYLE, LOGO, CHART, LATER]
    assert (run.counts["changed"], run.counts["parts"]) == (1, 4)
    with Snapshots(portal.snapshots) as kept:
        assert [kept.body(each)[-7:] for each in kept.versions(HOST + CHART)] == [
            b"\0\0chart",
            b"another",
        ]
    assert portal.night()[1] == []


def test_a_page_that_changes_every_night_costs_its_parts_once(portal: Portal) -> None:
    nights = []
    for number in range(5):
        portal.pages[REPORT_PATH] = ARTICLE.replace("</body>", f"浏览次数：{number}</body>")
        nights.append(len(portal.night()[1]))
    assert nights == [4, 4, 0, 0, 0]


def test_roles_stand_in_the_records_and_survive_a_new_index(portal: Portal) -> None:
    portal.night()
    before = portal.parts()
    with Snapshots(portal.snapshots) as kept:
        kept.reindex()
    assert portal.parts() == before


def test_a_missing_part_is_not_asked_for_again(portal: Portal) -> None:
    del portal.pages[LOGO]
    run, asked = portal.night()
    assert (run.outcome, run.counts["errors"], run.counts["parts"]) == ("ok", 0, 4)
    assert LOGO in asked
    assert portal.parts()[LOGO].status == 404
    assert portal.night()[1] == []


def test_a_refusal_ends_the_parts_and_not_the_night(portal: Portal) -> None:
    for path in PARTS:
        portal.pages[path] = Answer(403, HTML, b"<html>403</html>")
    run, asked = portal.night(GONGKAI_MAX_REFUSALS="2")
    assert (run.outcome, run.counts["blocked"], asked) == ("ok", 0, [STYLE])


def test_bounds_of_number_and_bytes(portal: Portal) -> None:
    run, asked = portal.night(GONGKAI_PARTS="2")
    assert (run.outcome, asked) == ("ok", [STYLE, LOGO])
    assert portal.night(GONGKAI_PARTS="0")[1] == []
    portal.pages[CHART] = Answer(200, {"Content-Type": "image/png"}, PNG + b"\0" * 90_000)
    run, asked = portal.night(GONGKAI_PART_BYTES="1000")
    assert (run.outcome, asked) == ("ok", [CHART, LATER])
    assert portal.night(GONGKAI_PART_BYTES="1000")[1] == []
    with Snapshots(portal.snapshots) as kept:
        (cut,) = kept.versions(HOST + CHART)
        assert len(kept.body(cut)) < 90_000
        assert list(kept.remarks()) == []


def test_a_budget_that_is_spent_on_pages_leaves_none_for_parts(portal: Portal) -> None:
    run, asked = portal.night(GONGKAI_MAX_PAGES="6")
    assert run.outcome == "ok", run.why
    assert len(asked) <= 2


def test_robots_txt_holds_for_parts(portal: Portal) -> None:
    rules = b"User-agent: *\nDisallow: /img/\n"
    portal.pages["/robots.txt"] = Answer(200, {"Content-Type": "text/plain"}, rules)
    run, asked = portal.night()
    assert asked == [STYLE, CHART]
    assert "robots" not in run.counts


@pytest.mark.parametrize("target", [LOGO, "{}?again"])
def test_a_part_that_leads_back_to_itself_costs_three_requests(portal: Portal, target: str) -> None:
    portal.pages[LOGO] = Answer(302, {"Location": target.format(LOGO)}, b"")
    portal.pages[f"{LOGO}?again"] = Answer(302, {"Location": LOGO}, b"")
    run, asked = portal.night()
    assert sum(path.startswith(LOGO) for path in asked) == 3
    assert run.outcome == "ok"
    assert set(portal.parts()) >= {CHART, LATER, STYLE}
    assert LOGO not in portal.night()[1]


def test_a_part_is_followed_to_where_it_was_moved(portal: Portal) -> None:
    portal.pages[LOGO] = Answer(301, {"Location": "/new/logo.png"}, b"")
    portal.pages["/new/logo.png"] = PARTS[LOGO]
    portal.night()
    assert "/new/logo.png" in portal.parts()
