"""Reports that only other crawlers saw are asked for, though no list leads to them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from gongkai.archive.pipeline.import_documents import may_be_reports
from gongkai.clock import china_today, now, utc_stamp
from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.components.addresses_elsewhere import BATCH, AddressesElsewhere
from gongkai.crawler.imports.admission import Admission
from gongkai.crawler.imports.import_run import Import
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.sites.registry import netloc
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.tables.import_table import ReportElsewhere
from gongkai.replica.transport import Answer, Request, Transport
from tests.crawler.imports.foreign_files import packed, page
from tests.crawler.tiny import (
    FAST,
    HOST,
    HTML,
    PAGES,
    REPORT,
    REPORT_PATH,
    SITE,
    answers,
    crawl_one,
    served,
)

OLD = "/old/2015.html"
SEEN = "2019-05-01T04:00:00Z"


def report(year: int) -> str:
    return REPORT.format(title=f"某县水务局{year}年政府信息公开工作年度报告")


class Nights:
    """Nights over a portal of one report, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day: date = china_today()
        self.ended = ""
        self.pages: dict[str, str | Answer] = dict(PAGES)
        self.transport: Transport

    def answer(self, request: Request) -> Answer:
        return answers(self.pages, request)

    def crawl(self, **settings: str) -> Run:
        self.transport.requests.clear()
        proxy = f"http://127.0.0.1:{self.transport.server_port}"
        given = FAST | {"GONGKAI_ROTATION_DAYS": "9999", "GONGKAI_SEASON": ""} | settings
        given |= {"GONGKAI_TODAY": self.day.isoformat()}
        self.day += timedelta(days=1)
        while utc_stamp() <= self.ended:  # no night begins in the second in which another ends
            time.sleep(0.05)
        run = crawl_one(Job(replace(SITE, min_reports=1), self.folder, proxy, given))
        self.ended = utc_stamp()
        return run

    @property
    def asked(self) -> list[str]:
        return [url.removeprefix(HOST) for _, url, _ in self.transport.requests if "old" in url]

    def bring(self, pages: dict[str, str], day: str = SEEN) -> None:
        path = self.folder.parent / "other.warc.gz"
        path.write_bytes(
            packed([page(HOST + at, text.encode(), date=day) for at, text in pages.items()])
        )
        with closing(Analyst()) as analyst, Snapshots(self.folder) as snapshots:
            writer = ImportWriter(self.folder, snapshots.index)
            work = Import(snapshots.index, writer, Admission([SITE], analyst), may_be_reports, "X")
            work.read_file(path)
            work.finish()
            work.close()


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """A portal where one report is listed; others saw one more, in 2019."""
    (tmp_path / "snapshots").mkdir()
    opened = Nights(tmp_path / "snapshots")
    with served(opened.answer) as transport:
        opened.transport = transport
        yield opened


def counts(run: Run) -> dict[str, int]:
    names = ("reports", "reports_elsewhere", "asked_elsewhere", "removed", "missed", "unlinked")
    return {name: run.counts[name] for name in (*names, "errors_elsewhere") if name in run.counts}


def test_a_report_that_no_list_reaches_is_asked_for_once(nights: Nights) -> None:
    nights.bring({OLD: report(2015), "/other/": PAGES["/nb/"]})
    nights.pages[OLD] = report(2015)
    first, asked = nights.crawl(), nights.asked
    assert (first.outcome, asked) == ("ok", [OLD])
    assert counts(first) == {"reports": 1, "reports_elsewhere": 1, "asked_elsewhere": 1}
    second = nights.crawl()
    assert (second.outcome, nights.asked, counts(second)) == ("ok", [], {"reports": 1})
    assert nights.crawl(GONGKAI_ROTATION_DAYS="1").counts["asked_elsewhere"] == 1


@pytest.mark.parametrize("status", [404, 410])
def test_one_answer_that_it_is_gone_removes_it(nights: Nights, status: int) -> None:
    nights.bring({OLD: report(2015)})
    nights.pages[OLD] = Answer(status, HTML, b"<html>404</html>")
    run = nights.crawl()
    assert counts(run) == {"reports": 1, "asked_elsewhere": 1, "removed": 1}
    assert (nights.crawl().outcome, nights.asked) == ("ok", [])
    with Snapshots(nights.folder) as snapshots:
        notes = [each for each in snapshots.index.notes.all() if each.url == HOST + OLD]
    assert [(each.outcome, each.misses) for each in notes] == [("missing", 2)]


@pytest.mark.parametrize("other", ["<h1>某县人民政府</h1>欢迎", PAGES["/nb/"]])
def test_another_page_in_its_place_is_awaited_twice(nights: Nights, other: str) -> None:
    nights.bring({OLD: report(2015)})
    nights.pages[OLD] = other
    runs = [(nights.crawl(), nights.asked) for _ in range(3)]
    assert [counts(run) for run, _ in runs] == [
        {"reports": 1, "asked_elsewhere": 1, "missed": 1},
        {"reports": 1, "asked_elsewhere": 1, "removed": 1},
        {"reports": 1},
    ]
    assert [asked for _, asked in runs] == [[OLD], [OLD], []]


def test_what_robots_forbid_stays_unasked_and_the_others_do_not(nights: Nights) -> None:
    nights.bring({f"/old/a/{n}.html": report(2010 + n) for n in range(2)} | {OLD: report(2015)})
    nights.pages |= {
        "/robots.txt": Answer(
            200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /old/a/"
        ),
        OLD: report(2015),
    }
    run = nights.crawl()
    assert (run.outcome, nights.asked) == ("ok", [OLD])
    assert counts(run) == {"reports": 1, "asked_elsewhere": 3, "reports_elsewhere": 1}
    assert run.counts["robots"] == 2


def test_addresses_without_answers_do_not_fail_a_night(nights: Nights) -> None:
    nights.bring({f"/old/{n}.html": report(2010 + n) for n in range(6)})
    nights.pages |= {f"/old/{n}.html": Answer(500, HTML, b"oops") for n in range(6)}
    settings = {"RETRY_ENABLED": "False", "GONGKAI_MAX_ERRORS": "2"}
    run = nights.crawl(**settings)
    assert (run.outcome, run.counts["errors"], len(nights.asked)) == ("ok", 0, 6)
    assert counts(run)["errors_elsewhere"] == 6
    nights.crawl(**settings)
    assert len(nights.asked) == 6


def test_a_later_sighting_by_others_is_a_reason_to_ask_again(nights: Nights) -> None:
    nights.bring({OLD: report(2015)})
    nights.crawl()
    nights.bring({OLD: report(2015)}, day=utc_stamp(now() + timedelta(hours=1)))
    nights.pages[OLD] = report(2015)
    run = nights.crawl()
    assert (nights.asked, run.counts["returned"]) == ([OLD], 1)


def test_a_listed_report_is_not_asked_for_twice(nights: Nights) -> None:
    nights.bring({REPORT_PATH: str(PAGES[REPORT_PATH])})
    assert counts(nights.crawl()) == {"reports": 1}


def test_a_budget_leaves_the_rest_to_the_next_night(nights: Nights) -> None:
    nights.bring({f"/old/{n}.html": report(2010 + n) for n in range(6)})
    nights.pages |= {f"/old/{n}.html": report(2010 + n) for n in range(6)}
    first = nights.crawl(GONGKAI_MAX_PAGES="5", CONCURRENT_REQUESTS="1")
    seen = set(nights.asked)
    assert (first.outcome, 0 < len(seen) < 6) == ("partial", True)
    second = nights.crawl()
    assert (second.outcome, seen | set(nights.asked)) == (
        "ok",
        {f"/old/{n}.html" for n in range(6)},
    )
    assert not seen & set(nights.asked)


def test_of_each_host_one_address_is_tried_before_the_others() -> None:
    seen = [
        ReportElsewhere(f"http://{host}.gov.cn/{n}.html", SEEN, is_page=True)
        for host in ("dead", "lives")
        for n in range(BATCH + 2)
    ]
    addresses = AddressesElsewhere(seen)
    addresses.fill(seen, date(2026, 11, 1))
    first = addresses.next_batch()
    assert sorted(netloc(each.url) for each in first) == ["dead.gov.cn", "lives.gov.cn"]
    addresses.note_answer("http://lives.gov.cn/9.html")
    second = addresses.next_batch()
    assert ({netloc(each.url) for each in second}, len(second)) == ({"lives.gov.cn"}, BATCH)
    assert not {*first} & {*second}
    assert addresses.next_batch() == []
