"""A portal costs only itself: what it may take is bounded, and its process is ended from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from gongkai.crawler.runs import site_crawl, supervised_pool
from gongkai.crawler.runs.jobs import Job, crawl
from gongkai.crawler.runs.pools import process_pool, run_all
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer, Request, Transport
from tests.crawler.tiny import FAST, HTML, PAGES, SITE, answers, crawl_one, reason, served
from tests.paths import ROOT
from tests.waiting import PATIENCE_SECONDS, wait_until

LINKS = "".join(
    f'<a href="/r{n}.html">某局{2000 + n % 25}年政府信息公开工作年度报告{n}</a>' for n in range(300)
)
GOOD = Site("good", "某市", "640221", "http://www.good.gov.cn/", cms="trs")


def proxy_of(transport: Transport) -> str:
    return f"http://127.0.0.1:{transport.server_port}"


def tarpit(asked: list[str], retry_after: str, request: Request) -> Answer:
    asked.append(request.url)
    path = request.url.partition(".gov.cn")[2]
    if path == "/robots.txt":
        return Answer(404, HTML, b"")
    if path == "/":
        return Answer(200, HTML, LINKS.encode())
    return Answer(429, HTML | {"Retry-After": retry_after}, b"wait")


def test_a_site_that_refuses_everything_is_left_after_some_tens(tmp_path: Path) -> None:
    asked: list[str] = []
    with served(partial(tarpit, asked, "0")) as transport:
        run = crawl_one(Job(SITE, tmp_path, proxy_of(transport), FAST))
    assert (run.outcome, reason(run)) == ("failed", "The site refused to answer again and again")
    assert 30 <= len(asked) < 40


def test_waiting_for_a_site_has_an_end(tmp_path: Path) -> None:
    asked: list[str] = []
    bounds = {"GONGKAI_MAX_PAUSE_MINUTES": "0.05", "GONGKAI_RETRY_WAIT_MAX": "2"}
    with served(partial(tarpit, asked, "2")) as transport:
        run = crawl_one(Job(SITE, tmp_path, proxy_of(transport), FAST | bounds))
    assert (run.outcome, reason(run)) == ("failed", "The site refused to answer again and again")
    assert len(asked) < 10


def test_a_site_that_asks_for_hours_is_asked_another_night(tmp_path: Path) -> None:
    asked: list[str] = []
    with served(partial(tarpit, asked, "7200")) as transport:
        run = crawl_one(Job(SITE, tmp_path, proxy_of(transport), FAST))
    assert run.outcome == "failed"
    assert reason(run).startswith("The site asks to be left alone")
    assert len(asked) <= 5


def test_a_site_that_only_fails_is_left_after_some_tens(tmp_path: Path) -> None:
    def failing(request: Request) -> Answer:
        answer = tarpit([], "", request)
        return Answer(500, HTML, b"") if answer.status == 429 else answer

    with served(failing) as transport:
        settings = FAST | {"RETRY_TIMES": "0"}
        run = crawl_one(Job(SITE, tmp_path, proxy_of(transport), settings))
    assert reason(run) == "Too many pages in a row could not be fetched"
    assert 20 <= run.counts["errors"] < 25


def test_a_site_without_an_end_has_one_night(tmp_path: Path) -> None:
    def endless(request: Request) -> Answer:
        time.sleep(0.2)
        answer = tarpit([], "", request)
        return Answer(200, HTML, b"<p>text</p>") if answer.status == 429 else answer

    with served(endless) as transport:
        settings = FAST | {"GONGKAI_MAX_MINUTES": "0.05"}
        run = crawl_one(Job(SITE, tmp_path, proxy_of(transport), settings))
    assert run.outcome == "partial"
    assert reason(run).startswith("The time for one night is spent")
    assert run.counts["requests"] < 60


def test_a_site_with_too_many_addresses_is_named(tmp_path: Path) -> None:
    pages = {**PAGES, "/": LINKS + PAGES["/"]}
    with served(partial(answers, pages)) as transport:
        settings = FAST | {"GONGKAI_MAX_ADDRESSES": "20"}
        run = crawl_one(Job(SITE, tmp_path, proxy_of(transport), settings))
    assert run.outcome == "failed"
    assert run.counts["unfollowed"] > 200


HANG_SECONDS = 600


def hang_or_work(job: Job) -> Run:
    """Hang as in one regular expression, where no signal is handled; other sites are well."""
    if job.site.id == "good":
        return Run("0" * 32, job.site.id, "", "", "ok")
    with Snapshots(job.snapshots) as kept:
        writer = kept.writer(job.site.id, "1" * 32)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        time.sleep(HANG_SECONDS)
        writer.close()
    raise AssertionError


def die_or_work(job: Job) -> Run:
    """Die as without memory, while another site is at work."""
    if job.site.id == "good":
        time.sleep(2)
        return Run("0" * 32, job.site.id, "", "", "ok")
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_a_process_past_its_wall_is_ended_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_crawl, "WALL_GRACE_SECONDS", 1.0)
    monkeypatch.setattr(supervised_pool, "KILL_GRACE_SECONDS", 1.0)
    settings = {"GONGKAI_MAX_MINUTES": "0.05"}
    jobs = [Job(site, tmp_path, settings=settings) for site in (SITE, GOOD)]
    began = time.monotonic()
    runs = dict(run_all(jobs, [partial(process_pool, 2, None, "")] * 2, hang_or_work))
    assert time.monotonic() - began < HANG_SECONDS
    assert (runs["good"].outcome, runs["tiny"].outcome) == ("ok", "failed")
    expected = "The crawl did not end within 0.05 minutes and was stopped"
    assert reason(runs["tiny"]) == expected
    with Snapshots(tmp_path) as kept:
        (kept_run,) = [run for run in kept.runs() if run.id == "1" * 32]
        assert (kept_run.outcome, reason(kept_run)) == ("failed", expected)


def test_a_process_that_dies_takes_no_other_with_it(tmp_path: Path) -> None:
    jobs = [Job(site, tmp_path) for site in (SITE, GOOD)]
    runs = dict(run_all(jobs, [partial(process_pool, 2, None, "")], die_or_work))
    assert (runs["good"].outcome, runs["tiny"].outcome) == ("ok", "failed")
    assert reason(runs["tiny"]) == "The process of the crawl died 1 time"


@pytest.mark.parametrize("trap", ["answer", "page"])
def test_a_crawl_ends_within_seconds_whatever_the_site_does(tmp_path: Path, trap: str) -> None:
    """SIGTERM comes while an answer does not, or while a page is analysed that takes for ever."""
    heavy = b"<html>" + b"<p>a" * 900_000
    is_over = threading.Event()

    def trapping(request: Request) -> Answer:
        if request.url.endswith("/nb/"):
            (tmp_path / "asked").touch()
            if trap == "page":
                return Answer(200, HTML, heavy)
            is_over.wait()
        return answers(PAGES, request)

    with served(trapping) as transport:
        settings = FAST | {"GONGKAI_PAGE_SECONDS": "600"}
        job = f"Job({SITE!r}, Path({str(tmp_path)!r}), {proxy_of(transport)!r}, {settings!r})"
        script = (
            "from pathlib import Path; from gongkai.crawler.runs.jobs import Job, crawl\n"
            "from gongkai.crawler.sites.registry import Site\n"
            f"job = {job}\n"
            "crawl([job.site], job.snapshots, proxy=job.proxy, settings=job.settings)\n"
        )
        program = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, start_new_session=True)
        wait_until(lambda: (tmp_path / "asked").exists())
        time.sleep(1)
        os.killpg(program.pid, signal.SIGTERM)
        try:
            program.wait(PATIENCE_SECONDS)
            wait_until(lambda: not members(program.pid))
        finally:
            is_over.set()
    with Snapshots(tmp_path) as kept:
        assert [run.outcome for run in kept.runs()] == ["interrupted"]


def members(group: int) -> list[int]:
    """Return the processes of a session that are at work."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session, *_ = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(session) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def test_a_hostile_portal_costs_only_itself(tmp_path: Path) -> None:
    """A night over a handful of portals: the good one is whole beside the others."""
    bad = replace(GOOD, id="bad", url="http://www.bad.gov.cn/")

    def portals(request: Request) -> Answer:
        if "bad.gov.cn" in request.url:
            return tarpit([], "0", request)
        return answers(PAGES, request)

    with served(portals) as transport:
        proxy = proxy_of(transport)
        runs = crawl([bad, SITE], tmp_path, proxy=proxy, settings=FAST, workers=2)
    assert [run.outcome for run in runs] == ["failed", "ok"]
    assert runs[1].counts["reports"] == 1


def test_a_site_that_fills_the_memory_ends_and_the_next_is_whole(tmp_path: Path) -> None:
    """Scrapy and Twisted log such an error, and would wait for the page until the time is spent."""
    large = Answer(200, {"Content-Type": "application/pdf"}, b"%PDF-1.4\n" + bytes(60 << 20))
    rows = LINKS.replace(".html", ".pdf")

    def answer(request: Request) -> Answer:
        host, _, path = request.url.removeprefix("http://").partition("/")
        if path == "robots.txt":
            return Answer(404, HTML, b"")
        if host == "www.good.gov.cn":
            return Answer(200, HTML, PAGES[f"/{path}"].encode())
        return Answer(200, HTML, rows.encode()) if path == "" else large

    bounds = {"GONGKAI_CRAWL_MEMORY_MB": "400"}
    with served(answer) as transport:
        tiny, good = crawl(
            [SITE, GOOD], tmp_path, proxy=proxy_of(transport), settings=FAST | bounds, workers=1
        )
    assert (tiny.outcome, good.outcome) == ("hostile", "ok")
    assert reason(tiny).startswith("The site sent more than the memory of a crawl may hold")
    assert good.counts["reports"] == 1
