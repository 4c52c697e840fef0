"""Backfill against a replica of both interfaces: what is asked for, fetched, and gone on with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.imports.admission import Admission
from gongkai.crawler.imports.import_run import Import
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.webarchives.backfill_run import Backfill, HostResult
from gongkai.crawler.webarchives.backfill_state import BackfillState
from gongkai.crawler.webarchives.captures import Capture, rank, wanted
from gongkai.crawler.webarchives.common_crawl import CommonCrawl
from gongkai.crawler.webarchives.polite_client import PoliteClient
from gongkai.crawler.webarchives.wayback import Wayback
from tests.crawler.imports.conftest import undecided
from tests.crawler.imports.foreign_files import HOST, SITE, report
from tests.crawler.webarchives.archive_replica import CRAWLS, ArchiveReplica, Kept, serve

NAME = "qingshitest.gov.cn"
PAGES = (
    Kept(f"{HOST}/xxgk/gknb/1.html", "20200301020304", report(2019)),
    Kept(f"{HOST}/xxgk/gknb/1.html", "20200501020304", report(2019)),
    Kept(f"{HOST}/xxgk/gknb/2.html", "20210301020304", report(2020), CRAWLS[1]),
    Kept(f"{HOST}/zwgk/202201/t20220120_9.html", "20220301020304", report(2021), CRAWLS[1]),
    Kept(f"{HOST}/xxgk/gknb/none.html", "20210301020305", b"<p>no", CRAWLS[1]),
    Kept(f"{HOST}/news/202107/t20210720_1.html", "20210801020304", b"<p>news", CRAWLS[1]),
    Kept(f"{HOST}/gknb/a.pdf", "20210801020304", b"%PDF-1.4 a", CRAWLS[1], mime="application/pdf"),
    Kept(f"{HOST}/gknb/a.png", "20210801020304", b"PNG", CRAWLS[1], mime="image/png"),
    Kept("http://www.elsewhere.gov.cn/gknb/1.html", "20210301020304", report(2020), CRAWLS[1]),
)
TAKEN = [
    *("/gknb/a.pdf", "/xxgk/gknb/1.html", "/xxgk/gknb/1.html", "/xxgk/gknb/2.html"),
    "/zwgk/202201/t20220120_9.html",
]


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """The process that analyses pages."""
    with closing(Analyst()) as opened:
        yield opened


class Stop(Exception):
    """The process dies."""


def run(
    folder: Path,
    replica: ArchiveReplica,
    analyst: Analyst,
    source: str,
    *,
    budget: int = 1000,
    since: int = 2008,
    dies_after: int = 0,
) -> HostResult:
    """Run a backfill of one host, which dies with the request of a number."""
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)

    client = PoliteClient("test", budget, pace=0, sleep=sleep)
    if dies_after:
        ask = client._ask

        def dying(url: str, headers: dict[str, str]) -> object:
            if client.requests > dies_after:
                raise Stop
            return ask(url, headers)

        client._ask = dying
    archive = (
        Wayback(client, replica.address)
        if source == "wayback"
        else CommonCrawl(client, replica.address, replica.address)
    )
    with Snapshots(folder) as snapshots, closing(BackfillState(folder)) as state:
        writer = ImportWriter(folder, snapshots.index)
        work = Import(snapshots.index, writer, Admission([SITE], analyst), undecided)
        with closing(work):
            backfill = Backfill(archive, state, work, snapshots.index, since)
            (result,) = backfill.run([NAME], lambda: None)
    return result


def kept(folder: Path) -> list[str]:
    with Snapshots(folder) as snapshots:
        return [each.url.removeprefix(HOST) for each in snapshots.all()]


@pytest.mark.parametrize("source", ["commoncrawl", "wayback"])
def test_reports_are_found_by_words_and_shapes(
    tmp_path: Path, analyst: Analyst, source: str
) -> None:
    with serve(PAGES) as replica:
        result = run(tmp_path, replica, analyst, source)
        assert (result.captures, result.wanted, result.fetched, result.why) == (8, 6, 6, "")
        assert sorted(kept(tmp_path)) == TAKEN
        assert sum(each.passed["no_report"] for each in result.records) == 1
        asked = len(replica.asked)
        again = run(tmp_path, replica, analyst, source)
    assert again.fetched == 0
    # the list of crawls alone is asked for again
    assert len(replica.asked) - asked == (source == "commoncrawl")
    with Snapshots(tmp_path) as snapshots:
        names = {note.collection for note in snapshots.imports()}
        times = sorted(each.fetched_at for each in snapshots.all())
    if source == "wayback":
        assert names == {"Wayback Machine"}
    else:
        assert names == {f"Common Crawl {crawl}" for crawl in CRAWLS}
        assert times[0] == "2020-03-01T02:03:04Z"


@pytest.mark.parametrize("source", ["commoncrawl", "wayback"])
def test_an_index_that_was_read_for_less_is_read_again(
    tmp_path: Path, analyst: Analyst, source: str
) -> None:
    """As versions left it that asked for documents alone, and not for addresses that were gone."""
    page = Kept(f"{HOST}/xxgk/gknb/1.html", "20190420020304", report(2018))
    gone = Kept(page.url, "20190520020304", b"<p>404", status="404")
    with serve([page]) as replica:
        run(tmp_path, replica, analyst, source)
    with closing(sqlite3.connect(tmp_path / "imports" / "backfill.db")) as conn, conn:
        conn.execute("UPDATE asked SET part = substr(part, 1, instr(part, ' ') - 1)")
    with serve([page, gone]) as replica:
        result = run(tmp_path, replica, analyst, source)
    assert (result.captures, result.fetched) == (2, 1)
    with Snapshots(tmp_path) as snapshots:
        assert [each.status for each in snapshots.all()] == [200, 404]


def test_a_collection_that_grows_is_asked_again_in_another_month(
    tmp_path: Path, analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(PAGES[:2]) as replica:
        run(tmp_path, replica, analyst, "wayback")
    later = clock.now() + timedelta(days=32)
    monkeypatch.setattr(clock, "now", lambda: later)
    with serve(PAGES[:3]) as replica:
        assert run(tmp_path, replica, analyst, "wayback").fetched == 1


@pytest.mark.parametrize("source", ["commoncrawl", "wayback"])
@pytest.mark.parametrize("budget", [1, 2, 3, 5])
def test_a_spent_budget_is_gone_on_with(
    tmp_path: Path, analyst: Analyst, source: str, budget: int
) -> None:
    with serve(PAGES) as replica:
        first = run(tmp_path, replica, analyst, source, budget=budget)
        assert first.why == "budget"
        assert len(replica.asked) == budget
        run(tmp_path, replica, analyst, source)
        fetched = [path for path in replica.asked if "/crawl-data/" in path or "/web/" in path]
    assert sorted(kept(tmp_path)) == TAKEN
    assert len(fetched) == 6


@pytest.mark.parametrize("source", ["commoncrawl", "wayback"])
def test_a_run_that_died_is_gone_on_with(tmp_path: Path, analyst: Analyst, source: str) -> None:
    with serve(PAGES) as replica:
        for requests in range(1, 16):
            with suppress(Stop):
                run(tmp_path, replica, analyst, source, dies_after=requests)
        run(tmp_path, replica, analyst, source)
    assert sorted(kept(tmp_path)) == TAKEN


def test_since_leaves_out_earlier_crawls(tmp_path: Path, analyst: Analyst) -> None:
    with serve(PAGES) as replica:
        run(tmp_path, replica, analyst, "commoncrawl", since=2021)
    assert sorted(kept(tmp_path)) == [TAKEN[0], *TAKEN[3:]]
    assert not [path for path in replica.asked if CRAWLS[0] in path]


@pytest.mark.parametrize("source", ["commoncrawl", "wayback"])
def test_an_archive_that_asks_for_patience_gets_it(
    tmp_path: Path, analyst: Analyst, source: str
) -> None:
    with serve(PAGES) as replica:
        replica.refusals = [429, 503]
        result = run(tmp_path, replica, analyst, source)
    assert (result.why, sorted(kept(tmp_path))) == ("", TAKEN)


def test_an_archive_that_refuses_is_left_alone(tmp_path: Path, analyst: Analyst) -> None:
    with serve(PAGES) as replica:
        replica.refusals = [429] * 50
        result = run(tmp_path, replica, analyst, "wayback")
    assert result.why == "HTTP 429"
    assert len(replica.asked) == 4


def test_waits_are_those_of_the_rules() -> None:
    with serve(PAGES) as replica:
        waits: list[float] = []
        client = PoliteClient("test", 100, sleep=waits.append)
        replica.refusals = [429]
        client.get(f"{replica.address}/cdx/search/cdx?url=x&from=1&fl=a", every=2.5)
        client.get(f"{replica.address}/cdx/search/cdx?url=x&from=1&fl=a", every=2.5)
    assert waits[0] == 60.0
    assert all(1.5 < wait <= 5.0 for wait in waits[1:])


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("/xxgk/gknb/2020/1.html", 2),
        ("/zfxxgknb/1.shtml", 2),
        ("/%E5%B9%B4%E6%8A%A5/1.html", 2),
        ("/%C4%EA%B1%A8/1.html", 2),
        ("/art/2021/1/28/art_1.html", 1),
        ("/zwgk/202103/t20210331_1.html", 1),
        ("/zwgk/202107/t20210731_1.html", 0),
        ("/gknb/banner.jpg", 0),
        ("/known", 3),
        ("/", 0),
    ],
)
def test_addresses_are_ranked(path: str, level: int) -> None:
    assert rank(HOST + path, {f"{NAME}/known"}) == level


def test_first_and_last_of_a_content_and_what_says_that_it_was_gone() -> None:
    def capture(at: str, status: str = "200", digest: str = "a", path: str = "/gknb/1") -> Capture:
        return Capture(HOST + path, f"{at}-01-01T00:00:00Z", status, "text/html", digest, "")

    found = [
        *(capture("2010", "404"), capture("2012"), capture("2013"), capture("2014")),
        *(capture("2015", "404", "x"), capture("2016", "301", "y"), capture("2017")),
        *(capture("2018", digest="b"), capture("2019", "410", "z"), capture("2020", "500")),
        capture("2019", "404", "x", "/gknb/never"),
    ]
    assert [(each.at[:4], each.status) for each in wanted(found, set(), {NAME})] == [
        *(("2012", "200"), ("2018", "200"), ("2015", "404"), ("2017", "200"), ("2019", "410")),
    ]


def test_a_whole_capture_is_chosen_before_a_cut_one() -> None:
    one = Capture(f"{HOST}/gknb/1", "2020", "200", "text/html", "sha1:a", "", truncated="length")
    other = Capture(f"{HOST}/gknb/1", "2021", "200", "text/html", "sha1:a", "")
    assert [*wanted([one, other], set(), {NAME})] == [other]
