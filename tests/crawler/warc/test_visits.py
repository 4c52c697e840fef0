"""Visits that found what the one before had found: counted, and nothing about them is lost."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gongkai import clock
from gongkai.crawler.clock.clock_marks import ClockMark, write_marks
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.merging.merge_files import merge_months
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.snapshot import Run, Snapshot, new_run_id
from gongkai.crawler.warc.store import Snapshots, StorageError
from gongkai.crawler.warc.tables.packed_visits import (
    PlacedVisit,
    last_visit,
    pack_visit,
    unpack_visits,
)
from gongkai.crawler.warc.tables.page_notes import PageNote
from gongkai.crawler.warc.verify import verify_snapshots

SITE = "longhua"
FIRST = datetime(2026, 1, 5, 18, tzinfo=UTC)
PAGES = [f"<html>第{number}页</html>".encode() for number in range(3)]
ACTIONS = (
    "same",
    "same",
    "not modified",
    "repacked",
    "other",
    "gone",
    "error",
    "noted",
    "rendered",
)


@dataclass
class Nights:
    """A portal that is crawled night after night by a clock that is set."""

    snapshots: Snapshots
    set_clock: object
    night: int = 0
    page: int = 0
    kept: tuple[Snapshot, ...] = ()

    def crawl(self, make, actions, urls=("a", "b"), days: int = 1) -> None:
        """Fetch each address once, in another second each, as a run that ends."""
        self.night += days
        at = FIRST + timedelta(days=self.night)
        self.set_clock(at)
        run = new_run_id()
        writer = self.snapshots.writer(SITE, run)
        for number, (url, action) in enumerate(zip(urls, actions, strict=False)):
            self.set_clock(at + timedelta(seconds=number + 1))
            self.fetch(make, writer, f"http://www.longhua.gov.cn/{url}", action)
        ended = clock.utc_stamp()
        writer.write_run(Run(run, SITE, clock.utc_stamp(at), ended, "ok"))
        writer.close()

    def fetch(self, make, writer, url: str, action: str) -> None:
        """Let an address answer in one of several ways, and keep what is told of the answer."""
        if action == "other":
            self.page = (self.page + 1) % len(PAGES)
        body, headers = PAGES[self.page], [("Content-Type", "text/html"), ("ETag", str(self.night))]
        if action == "repacked":
            body = gzip.compress(body, mtime=self.night)
            headers.append(("Content-Encoding", "gzip"))
        status = {"gone": 404, "error": 500}.get(action, 200)
        has_document = self.snapshots.index.latest(url, good=True) is not None
        if action.startswith("not modified") and has_document:
            status, body = 304, b""
        kept, _ = writer.write_exchange(
            make(url=url, body=body, headers=headers, status=status, fetched_at=clock.utc_stamp())
        )
        if action.endswith("noted"):
            note = PageNote(kept.id, url, SITE, "not_report", "article", "", False, 1)
            writer.write_note(note, kept.fetched_at)
        if action == "rendered":
            self.kept += (writer.write_rendering(url, PAGES[self.page] + b"<p>", kept),)
        self.kept += (kept,)


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def set_clock(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    with Snapshots(tmp_path) as snapshots:
        yield Nights(snapshots, set_clock)


def rows(snapshots: Snapshots) -> int:
    return len(list(snapshots.rows()))


def test_a_visit_that_found_the_same_adds_no_row(nights, exchange):
    nights.crawl(exchange, ["same", "same"])
    for action in ("same", "not modified", "repacked", "same"):
        nights.crawl(exchange, [action, action])
        assert rows(nights.snapshots) == 2
    first, second = nights.snapshots.rows()
    last = nights.snapshots.latest(first.url)
    assert (last.fetched_at, last.status, last.digest) == (
        "2026-01-10T18:00:01Z",
        200,
        first.digest,
    )
    assert nights.snapshots.body(last) == PAGES[0]
    (a, b) = nights.snapshots.confirmations()
    assert [each.snapshot for each in (a, b)] == [first.id, second.id]
    assert list(a.times) == [f"2026-01-{day:02}T18:00:01Z" for day in (7, 8, 9, 10)]
    assert (a.last, a.warc, a.offset) == (last.id, last.warc, last.offset)


def test_the_validators_of_the_last_visit_are_asked_with(nights, exchange):
    for _ in range(3):
        nights.crawl(exchange, ["same"])
    found = nights.snapshots.index.latest("http://www.longhua.gov.cn/a", good=True)
    assert found.etag == "3"


@pytest.mark.parametrize("action", ["other", "gone", "error", "noted"])
def test_what_is_news_has_a_row(nights, exchange, action):
    for each in ("same", "same", action):
        nights.crawl(exchange, [each])
    assert rows(nights.snapshots) == 2
    nights.crawl(exchange, ["same"])
    assert rows(nights.snapshots) == {"gone": 3, "error": 3}.get(action, 2)


def test_a_page_that_is_rendered_the_same_every_night_has_two_rows(nights, exchange):
    for _ in range(4):
        nights.crawl(exchange, ["rendered"])
    assert rows(nights.snapshots) == 2
    assert sorted(len(each.times) for each in nights.snapshots.confirmations()) == [3, 3]


def test_a_visit_by_a_clock_that_is_marked_has_a_row(nights, exchange, tmp_path):
    for _ in range(5):
        nights.crawl(exchange, ["same", "same"])
    marked = sorted(nights.snapshots.index.runs.all(), key=lambda run: run.started)[2]
    write_marks(tmp_path, {marked.id: ClockMark("a battery", "2026-01-20T00:00:00Z")})
    nights.snapshots.apply_marks()
    assert [(each.fetched_at[:10], each.clock) for each in nights.snapshots.rows()] == [
        *[("2026-01-06", "")] * 2,
        *[("2026-01-08", "marked")] * 2,
    ]
    assert [len(each.times) for each in nights.snapshots.confirmations()] == [3, 3]
    assert {each.id for each in nights.snapshots.all()} == {each.id for each in nights.kept}
    assert verify_snapshots(nights.snapshots).wrong == []


def test_every_fetch_can_be_read_back_from_its_record(nights, exchange):
    for action in ("same", "repacked", "not modified", "same", "other", "same"):
        nights.crawl(exchange, [action, "same"])
    assert list(nights.snapshots.all()) == list(nights.kept)
    assert [len(nights.snapshots.body(each)) for each in nights.kept] == [
        each.bytes for each in nights.kept
    ]
    assert nights.snapshots.versions(nights.kept[0].url) == list(nights.kept[::2])


@pytest.fixture
def chained(nights, exchange, monkeypatch):
    """Nights of an earlier version, by which each answer "not modified" refers to the one before."""
    with monkeypatch.context() as patch:
        patch.setattr(SnapshotIndex, "original_of", lambda index, entry: entry)
        nights.crawl(exchange, ["other"])
        for _ in range(4):
            nights.crawl(exchange, ["not modified, noted"])
    return nights


def test_a_chain_of_revisits_is_read_to_its_end(chained, exchange):
    snapshots, kept = chained.snapshots, chained.kept
    assert [snapshots.refers(each) for each in kept] == ["", *(each.id for each in kept[:-1])]
    assert [snapshots.body(each) for each in kept] == [PAGES[1]] * 5
    chained.crawl(exchange, ["not modified"])
    assert snapshots.refers(chained.kept[-1]) == kept[0].id
    snapshots.reindex()
    assert [snapshots.body(each) for each in chained.kept] == [PAGES[1]] * 6
    assert verify_snapshots(snapshots).wrong == []


def test_revisits_in_a_circle_have_no_document(chained, exchange):
    snapshots, kept = chained.snapshots, chained.kept
    circle = "UPDATE snapshots SET refers = ? WHERE id = ?"
    snapshots.index._db.execute(circle, (kept[-1].id, kept[1].id))
    for each in kept[1:]:
        with pytest.raises(StorageError, match="original_missing"):
            snapshots.body(each)
    chained.crawl(exchange, ["not modified"])
    assert snapshots.body(kept[0]) == PAGES[1]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    history=st.lists(
        st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3), min_size=2, max_size=9
    ),
    gap=st.sampled_from([1, 1, 11]),
)
@example(
    # the last answer confirms one that has a row because it was rendered, and is a revisit itself
    history=[
        ["other"],
        ["other", "error", "same"],
        ["noted", "error", "rendered"],
        ["repacked"],
        ["not modified"],
    ],
    gap=1,
)
def test_an_index_made_again_and_merged_months_tell_the_same(
    tmp_path_factory, monkeypatch, exchange, dump, history, gap
):
    """What the crawl wrote night by night, a new index finds in the files, before and after a merge."""
    folder = tmp_path_factory.mktemp("nights")

    def set_clock(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    with Snapshots(folder) as snapshots:
        nights = Nights(snapshots, set_clock)
        for actions in history:
            nights.crawl(exchange, actions, urls=("a", "b", "a"), days=gap)
        told = {each.id: each for each in nights.kept}
        assert {each.id: each for each in snapshots.all()} == told
        assert all(len(snapshots.body(each)) == each.bytes for each in nights.kept)
        before = dump(folder)
        snapshots.reindex()
        assert dump(folder) == before
        cover_leftovers(snapshots)
        set_clock(FIRST + timedelta(days=200))
        merge_months(snapshots)
        merged = dump(folder)
        assert verify_snapshots(snapshots).wrong == []
        assert {each.id for each in snapshots.all()} == told.keys()
        snapshots.reindex()
        assert dump(folder) == merged


@given(
    st.lists(
        st.builds(
            PlacedVisit,
            st.integers(0, 1 << 40),
            st.integers(-(1 << 33), 1 << 33),
            st.integers(0, 1 << 40),
        )
    )
)
def test_what_is_packed_is_unpacked(visits: list[PlacedVisit]) -> None:
    packed = b"".join(map(pack_visit, visits))
    assert unpack_visits(packed) == visits
    assert [last_visit(packed)] == visits[-1:] if visits else not packed


def test_a_visit_takes_ten_bytes() -> None:
    assert len(pack_visit(PlacedVisit(200_000, 20_000, 200_000_000))) <= 10
