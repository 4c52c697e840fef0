"""Many nights over a small portal: what is asked for again, and how removals are noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from gongkai.clock import CHINA, china_today
from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer, Request, Transport
from tests.crawler.tiny import FAST, HOST, HTML, REPORT, SITE, answers, crawl_one, reason, served

OLD = {
    f"/nb/201901/t20190101_{number}.html": f"某县{name}局2018年政府信息公开工作年度报告"
    for number, name in enumerate(("教育", "财政", "民政", "水务", "交通", "卫健"), 1)
}


@dataclass
class Portal:
    """A list of reports on loopback that a test changes between two nights."""

    transport: Transport
    folder: Path
    reports: dict[str, str]
    pages: dict[str, object]
    day: date

    def night(self, days: int = 1, **settings: str) -> Run:
        self.day += timedelta(days=days)
        self.transport.requests.clear()
        proxy = f"http://127.0.0.1:{self.transport.server_port}"
        given = FAST | {"GONGKAI_TODAY": self.day.isoformat()} | settings
        return crawl_one(Job(replace(SITE, min_reports=1), self.folder, proxy, given))

    @property
    def asked(self) -> list[str]:
        return sorted(
            url.removeprefix(HOST) for _, url, _ in self.transport.requests if "robots" not in url
        )

    def answer(self, request: Request) -> Answer:
        rows = "".join(f'<a href="{path}">{title}</a>' for path, title in self.reports.items())
        rows = f"<ul>{rows}</ul>"  # without rows still a page, unlike an answer of no bytes
        pages = {"/": '<a href="/nb/">政府信息公开年报</a>', "/nb/": rows}
        found = answers(pages | self.pages, request)
        tag = f'"{hash(found.body)}"'
        if found.status == 200 and request.headers.get("if-none-match") == tag:
            return Answer(304, {})
        return replace(found, headers=found.headers | {"ETag": tag})


@pytest.fixture
def portal(tmp_path) -> Iterator[Portal]:
    """Six old reports, crawled once."""
    pages = {path: REPORT.format(title=title) for path, title in OLD.items()}
    opened = Portal(None, tmp_path, dict(OLD), pages, china_today() - timedelta(days=1))
    with served(lambda request: opened.answer(request)) as transport:
        opened.transport = transport
        first = opened.night(GONGKAI_SEASON="")
        assert (first.outcome, first.counts["reports"]) == ("ok", 6)
        yield opened


def outcome(run: Run) -> tuple[str, str]:
    return run.outcome, reason(run)


def counted(run: Run, *names: str) -> tuple[int, ...]:
    return tuple(run.counts.get(name, 0) for name in names)


def test_old_articles_take_turns_and_lists_do_not(portal):
    turns: list[str] = []
    for _ in range(7):
        run = portal.night(GONGKAI_ROTATION_DAYS="7", GONGKAI_SEASON="")
        articles = [path for path in portal.asked if path in OLD]
        assert set(portal.asked) - set(articles) == {"/", "/nb/"}
        assert outcome(run) == ("ok", "")
        assert counted(run, "reports", "resting") == (6, 6 - len(articles))
        turns += articles
    assert set(turns) == set(OLD)


def test_in_the_season_its_articles_are_asked_for_every_night(portal):
    portal.day = date(china_today().year + 1, 2, 1)
    new = f"/nb/{portal.day:%Y}01/t{portal.day:%Y}0120_99.html"
    title = f"某县教育局{portal.day.year - 1}年政府信息公开工作年度报告"
    portal.reports[new], portal.pages[new] = title, REPORT.format(title=title)
    settings = {"GONGKAI_ROTATION_DAYS": "9999"}  # no turns
    portal.night(**settings)
    for _ in range(2):
        portal.night(**settings)
        assert portal.asked == ["/", "/nb/", new]
    portal.day = date(china_today().year + 1, 5, 1)
    portal.night(**settings)
    assert portal.asked == ["/", "/nb/"]


QUIET = {"GONGKAI_ROTATION_DAYS": "9999", "GONGKAI_SEASON": ""}


def test_a_report_dropped_from_its_list_and_gone_is_removed_the_second_time(portal):
    path = next(iter(OLD))
    del portal.reports[path], portal.pages[path]
    first = portal.night(**QUIET)
    assert counted(first, "unlinked", "missed", "removed", "reports") == (1, 1, 0, 5)
    assert portal.asked == ["/", "/nb/", path]
    second = portal.night(**QUIET)
    assert counted(second, "unlinked", "missed", "removed", "reports") == (1, 0, 1, 5)
    third = portal.night(**QUIET)
    assert portal.asked == ["/", "/nb/"]
    assert counted(third, "unlinked", "removed", "reports") == (0, 0, 5)

    portal.reports[path], portal.pages[path] = OLD[path], REPORT.format(title=OLD[path])
    back = portal.night(**QUIET)
    assert counted(back, "returned", "reports") == (1, 6)
    portal.night(**QUIET)
    assert portal.asked == ["/", "/nb/"]


@pytest.mark.parametrize(
    "page", ["<h1>某县人民政府</h1>欢迎", Answer(302, HTML | {"Location": "/"})]
)
def test_a_report_dropped_from_its_list_that_answers_with_another_page_is_removed(portal, page):
    path = next(iter(OLD))
    del portal.reports[path]
    portal.pages[path] = page
    runs = [portal.night(**QUIET) for _ in range(3)]
    assert [counted(run, "missed", "removed") for run in runs] == [(1, 0), (0, 1), (0, 0)]
    with Snapshots(portal.folder) as snapshots:
        notes = [note for note in snapshots.index.notes.all() if note.url == HOST + path]
    assert [note.misses for note in notes] == [0, 1, 2]


def test_a_report_dropped_from_its_list_that_still_stands_is_no_loss(portal):
    path = next(iter(OLD))
    del portal.reports[path]
    first = portal.night(**QUIET)
    assert counted(first, "unlinked", "missed", "reports") == (1, 0, 6)
    second = portal.night(**QUIET)
    assert portal.asked == ["/", "/nb/"]
    assert counted(second, "unlinked", "missed", "reports") == (0, 0, 5)


def test_a_list_that_does_not_answer_says_nothing_of_its_reports(portal):
    portal.pages["/nb/"] = Answer(500, HTML, b"oops")
    run = portal.night(**QUIET, RETRY_ENABLED="False")
    assert portal.asked == ["/", "/nb/"]
    why = "No report was found; 1 page could not be fetched or read"
    assert outcome(run) == ("failed", why)


def test_a_list_that_is_suddenly_empty_fails_aloud_and_its_reports_are_looked_for(portal):
    portal.reports.clear()
    run = portal.night(**QUIET)
    assert portal.asked == ["/", "/nb/", *sorted(OLD)]
    assert counted(run, "unlinked", "missed", "reports") == (6, 0, 6)
    run = portal.night(**QUIET)
    assert outcome(run) == ("failed", "No report was found")


def test_half_of_last_time_fails_aloud_until_it_is_accepted(portal):
    for path in list(OLD)[:4]:
        del portal.reports[path], portal.pages[path]
    for _ in range(2):
        assert outcome(portal.night(**QUIET)) == ("failed", "2 reports found, 6 the last time")
    assert outcome(portal.night(**QUIET, GONGKAI_SHRINK_LIMIT="0")) == ("ok", "")
    assert outcome(portal.night(**QUIET)) == ("ok", "")


def test_a_budget_brings_what_is_new_first_and_goes_on_the_next_night(tmp_path, portal):
    new = {
        path.replace("2019", "2020"): title.replace("2018", "2019") for path, title in OLD.items()
    }
    portal.reports |= new
    portal.pages |= {path: REPORT.format(title=title) for path, title in new.items()}
    partial_ = ("partial", "The page budget is spent; the next night fetches the rest")
    settings = {"GONGKAI_ROTATION_DAYS": "1", "GONGKAI_SEASON": "", "GONGKAI_MAX_PAGES": "6"}
    assert outcome(portal.night(**settings)) == partial_
    assert set(portal.asked) - {"/", "/nb/"} <= set(new)
    seen = set(portal.asked)
    assert outcome(portal.night(**settings)) == partial_
    assert set(new) <= seen | set(portal.asked)


def test_outside_its_window_a_site_is_not_asked(portal):
    hour = (datetime.now(CHINA).hour + 2) % 24
    run = portal.night(GONGKAI_WINDOW=f"{hour:02}:00-{hour:02}:30")
    assert portal.asked == []
    assert outcome(run) == (
        "partial",
        "Outside the nightly window; the next night fetches the rest",
    )


def test_block_pages_fail_the_run_slow_it_down_and_are_kept(portal):
    portal.reports["/nb/b_1001.html"] = "某县公安局2018年政府信息公开工作年度报告"
    portal.pages["/nb/b_1001.html"] = Answer(200, HTML, "<html>访问由电信云堤防护</html>".encode())
    slowing = QUIET | {"AUTOTHROTTLE_ENABLED": "True"}  # which would make pauses shorter again
    run = portal.night(**slowing, GONGKAI_BLOCK_DELAY="0.3")
    assert outcome(run) == ("failed", "1 block page (云堤 1)")
    with Snapshots(portal.folder) as snapshots:
        assert "云堤" in snapshots.body(snapshots.latest(HOST + "/nb/b_1001.html")).decode()
    del portal.reports["/nb/b_1001.html"]
    again = portal.night(**slowing, GONGKAI_BLOCK_DELAY="0.8", DOWNLOAD_DELAY_JITTER="0")
    assert again.outcome == "ok"
    started, finished = (datetime.fromisoformat(at) for at in (again.started, again.finished))
    assert finished - started >= timedelta(seconds=1)  # two pauses, long from the beginning


def test_the_notes_are_made_again_from_the_files(portal, dump, warcio_check):
    path = next(iter(OLD))
    del portal.reports[path], portal.pages[path]
    portal.night(**QUIET)
    warcio_check(portal.folder)
    before = dump(portal.folder)
    assert len(before["notes"]) == 7
    (portal.folder / "index.db").unlink()
    with Snapshots(portal.folder):
        pass
    assert dump(portal.folder) == before
