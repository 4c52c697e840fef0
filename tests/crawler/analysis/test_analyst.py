"""The wall around a page: each limit holds, and the next page is analysed as if nothing had been."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.crawler.analysis.analyst import (
    AnalysisFailed,
    AnalysisLimits,
    Analyst,
    AnalystClosed,
)
from gongkai.crawler.analysis.page_analysis import PageAnalysis, analyze
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit
from tests.crawler.tiny import HOST, PAGES, REPORT_PATH
from tests.waiting import PATIENCE_SECONDS

HEAVY = b"<html><body>" + b"<p>a" * 900_000
"""3.6 MB of paragraphs: a page that takes some seconds and some hundred megabytes to read."""

MIB = 1 << 20


def page(body: bytes, role: Role = Role.HOME, **fields: int) -> FetchedPage:
    return FetchedPage(f"{HOST}/", 200, "text/html; charset=utf-8", body, Visit(role), **fields)


HOME = page(PAGES["/"].encode())
REPORT = page(PAGES[REPORT_PATH].encode(), Role.ARTICLE)


@pytest.fixture
def analyst(request: pytest.FixtureRequest) -> Iterator[Analyst]:
    with closing(Analyst(getattr(request, "param", AnalysisLimits()))) as found:
        yield found


def held_by(analyst: Analyst) -> int:
    process = analyst._process  # nobody else has to know it
    assert process is not None
    return process.pid


def test_the_process_finds_what_the_function_finds(analyst: Analyst) -> None:
    for each in (HOME, REPORT):
        assert analyst.analyze(each) == analyze(each)
    assert analyze(REPORT).is_report


def test_one_process_serves_all_pages(analyst: Analyst) -> None:
    analyst.analyze(HOME)
    first = held_by(analyst)
    analyst.analyze(REPORT)
    assert held_by(analyst) == first


@pytest.mark.parametrize(
    ("analyst", "limit"),
    [
        (AnalysisLimits(seconds=1.0), "time"),
        (AnalysisLimits(seconds=60.0, memory=250 * MIB), "memory"),
    ],
    indirect=["analyst"],
)
def test_a_page_beyond_a_limit_is_hostile_and_the_next_is_read(
    analyst: Analyst, limit: str
) -> None:
    assert analyst.analyze(page(HEAVY)) == PageAnalysis("hostile", limit=limit)
    assert analyst.analyze(HOME) == analyze(HOME)


def test_a_page_that_is_too_long_is_not_parsed() -> None:
    assert analyze(page(HEAVY, max_bytes=MIB)) == PageAnalysis("hostile", limit="size")


def test_a_document_may_be_longer_than_a_page() -> None:
    pdf = page(b"%PDF-1.7" + bytes(2 * MIB), Role.DOCUMENT, max_bytes=MIB)
    assert analyze(pdf).outcome == "document"


def test_a_page_without_an_end_gives_a_bounded_number_of_addresses() -> None:
    rows = "".join(f'<a href="/{n}.html">某局2024年政府信息公开年度报告</a>' for n in range(9_000))
    found = analyze(page(rows.encode()))
    assert 4_000 < len(found.next_pages) <= 20_000


def test_a_process_that_something_else_has_ended_is_started_again(analyst: Analyst) -> None:
    analyst.analyze(HOME)
    os.kill(held_by(analyst), signal.SIGKILL)
    assert analyst.analyze(HOME) == analyze(HOME)


def test_closing_ends_a_page_at_work(analyst: Analyst) -> None:
    analyst.analyze(HOME)
    pid, ended = held_by(analyst), []

    def work() -> None:
        with pytest.raises(AnalystClosed):
            analyst.analyze(page(HEAVY))
        ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.5)
    analyst.close()
    thread.join(PATIENCE_SECONDS)
    assert ended == [True]
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(AnalystClosed):
        analyst.analyze(HOME)


@pytest.mark.parametrize("analyst", [AnalysisLimits(seconds=60.0, wall=0.5)], indirect=True)
def test_a_machine_without_time_is_no_fault_of_the_page(analyst: Analyst) -> None:
    with pytest.raises(AnalysisFailed):
        analyst.analyze(page(HEAVY))


def test_the_process_has_no_network_and_starts_nothing(analyst: Analyst) -> None:
    analyst.analyze(HOME)
    process = Path(f"/proc/{held_by(analyst)}")
    status = dict(
        line.split(":\t", 1) for line in (process / "status").read_text("ascii").splitlines()
    )
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
    assert (process / "ns" / "net").readlink() != Path("/proc/self/ns/net").readlink()
