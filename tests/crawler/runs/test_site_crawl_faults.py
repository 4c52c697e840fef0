"""Crawls with faults of the network and the portals: what is found, kept, retried and reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.sites.registry import load_sites
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica import faults
from gongkai.replica.content import reports
from gongkai.replica.server import Replica
from tests.crawler.tiny import FAST, SITE, crawl_one, reason

WEIBIN = {site.id: site for site in load_sites()}["weibin"]
REPORT = next(report.url for key, report in reports().items() if key.startswith("weib"))
PATH = urlsplit(REPORT).path  # a list names it by the bare host
QUICK = FAST | {"GONGKAI_RETRY_WAIT": "0", "DOWNLOAD_TIMEOUT": "1", "RETRY_TIMES": "2"}


class Crawl:
    """A portal that goes wrong, and what a crawl of it said and kept."""

    def __init__(self, replica: Replica, folder: Path) -> None:
        self.replica = replica
        self.folder = folder

    def __call__(self, **settings: str) -> Run:
        self.replica.requests.clear()
        return crawl_one(Job(WEIBIN, self.folder, self.replica.url, QUICK | settings))

    def statuses(self, part: str) -> list[int]:
        return [status for _, asked, status in self.replica.requests if part in asked]

    def bodies(self, part: str) -> list[bytes]:
        with Snapshots(self.folder) as snapshots:
            return [snapshots.body(one) for one in snapshots.all() if part in one.url]


@pytest.fixture
def crawl(tmp_path) -> Iterator[Crawl]:
    """Crawls 卫滨区 through whatever faults a test puts."""
    with Replica() as replica:
        yield Crawl(replica, tmp_path)


@pytest.fixture(scope="module")
def calm(tmp_path_factory) -> Run:
    """How the crawl goes without a fault."""
    with Replica() as replica:
        return Crawl(replica, tmp_path_factory.mktemp("calm"))()


def test_a_storm_of_faults_that_pass_costs_nothing(crawl, calm, warcio_check):
    crawl.replica.faults.storm(rate=0.4, seed=20261121)
    run = crawl(RETRY_TIMES="5")
    assert (run.outcome, run.counts["errors"]) == ("ok", 0)
    assert run.counts["reports"] == calm.counts["reports"]
    assert run.counts["requests"] > calm.counts["requests"]
    whole = crawl.replica.pages.page(REPORT).body
    assert whole in crawl.bodies(PATH)
    warcio_check(crawl.folder)


@pytest.mark.parametrize("fault", [faults.error(500), faults.error(503, "0"), faults.no_such_host])
def test_an_error_that_stays_is_one_error(crawl, calm, fault):
    crawl.replica.faults.put(PATH, fault)
    run = crawl()
    assert run.counts["errors"] == 1
    assert run.counts["reports"] == calm.counts["reports"] - 1
    assert len(crawl.statuses(PATH)) == 3


@pytest.mark.parametrize("fault", [faults.hang(1.5), faults.drip(5.0)])
def test_an_answer_that_never_comes_is_one_error(crawl, calm, fault):
    crawl.replica.faults.put(PATH, fault)
    run = crawl(RETRY_TIMES="1")
    assert run.counts["errors"] == 1
    assert run.counts["reports"] == calm.counts["reports"] - 1
    assert crawl.bodies(PATH) == []
    assert "took longer than 1.0 seconds" in (crawl.folder / "logs" / "weibin.log").read_text()


@pytest.mark.parametrize("fault", [faults.truncated, faults.reset])
def test_an_answer_that_is_cut_is_kept_each_time_and_asked_for_in_full_the_next_night(crawl, fault):
    whole = crawl.replica.pages.page(REPORT).body
    crawl.replica.faults.put(PATH, fault)
    crawl()
    kept = crawl.bodies(PATH)
    assert len(kept) == 3
    assert all(len(body) < len(whole) for body in kept)
    crawl.replica.faults.clear()
    crawl(GONGKAI_ROTATION_DAYS="9999")
    assert crawl.bodies(PATH)[-1] == whole


@pytest.mark.parametrize(
    "fault", [faults.redirect_loop, faults.gzip_garbage, faults.wrong_type, faults.empty]
)
def test_an_odd_answer_costs_only_itself(crawl, calm, fault):
    crawl.replica.faults.put(PATH, fault)
    run = crawl()
    assert run.outcome == "ok"
    # what calls itself a program is read by what it is
    lost = 0 if fault is faults.wrong_type else 1
    assert run.counts["reports"] == calm.counts["reports"] - lost
    assert crawl.statuses(PATH)


@pytest.mark.parametrize("status", [200, 202, 403, 405, 412, 521])
def test_a_block_page_fails_the_run_under_any_status(crawl, status):
    crawl.replica.faults.put(PATH, faults.blocked(status))
    run = crawl(GONGKAI_BLOCK_DELAY="0.01")
    assert (run.outcome, reason(run)) == ("failed", "1 block page (云堤 1)")
    assert crawl.bodies(PATH) == [faults.BLOCK_PAGE]
    assert len(crawl.statuses(PATH)) == 1


def test_a_name_that_does_not_resolve_is_a_site_that_does_not_answer(tmp_path):
    site = replace(SITE, url="http://www.gongkai.invalid/", hosts=("www.gongkai.invalid",))
    run = crawl_one(Job(site, tmp_path, None, QUICK))
    assert run.outcome == "failed"
    assert reason(run).startswith("The name www.gongkai.invalid cannot be resolved")
    assert "DNS lookup failed" in (tmp_path / "logs" / "tiny.log").read_text()


def test_a_portal_that_is_blocked_altogether_is_left_alone_soon(crawl):
    crawl.replica.faults.put("http", faults.blocked())
    run = crawl(ROBOTSTXT_OBEY="False")
    assert (run.outcome, reason(run)) == ("failed", "No report was found; 1 block page (云堤 1)")
    assert len(crawl.replica.requests) == 1


def test_a_report_that_moves_is_followed(crawl, calm):
    crawl()
    pages, new = crawl.replica.pages, "http://www.wbq.gov.cn/xwzx/xwzx/9999999.html"
    page = pages.page(REPORT)
    pages.put(new, page)
    pages.put(REPORT, replace(page, status=301, location=new, body=b""))
    run = crawl()
    assert (run.outcome, run.counts["reports"]) == ("ok", calm.counts["reports"])
    assert crawl.bodies(new) == [page.body]
