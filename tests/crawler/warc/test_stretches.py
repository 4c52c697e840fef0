"""The order of fetching does not depend on the clock, and survives a new index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.clock import utc_stamp
from gongkai.crawler.clock import verdict_table
from gongkai.crawler.clock.clock_marks import ClockMark, MarksError, read_marks, write_marks
from gongkai.crawler.warc.compose import Exchange
from gongkai.crawler.warc.snapshot import Run, Snapshot, new_run_id
from gongkai.crawler.warc.store import Snapshots, StorageError
from gongkai.crawler.warc.writer import MOST_FILES_BY_STEPS

URL = "http://www.baisha.gov.cn/nb/1.html"
TONIGHT = datetime(2026, 2, 3, 18, 0, tzinfo=UTC)


class Machine:
    """A machine whose clock may be wrong, and a server whose clock is right or missing."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.real = TONIGHT
        self.off = timedelta()
        self.site = "baisha"
        patch.setattr(clock, "now", lambda: self.real + self.off)

    @contextmanager
    def night(self, ahead: int, *, server: bool = False, later: int = 1) -> Iterator[str]:
        """Open a run after some days, with a clock that is some days ahead; yield its id."""
        self.real += timedelta(days=later)
        self.off = timedelta(days=ahead)
        self.server = server
        run = Run(new_run_id(), self.site, utc_stamp(), utc_stamp(), "ok")
        with Snapshots(self.folder) as snapshots:
            self.writer = snapshots.writer(self.site, run.id)
            yield run.id
            self.writer.write_run(run)
            self.writer.close()

    def fetch(self, text: str) -> Snapshot:
        """Fetch the page, a minute after the last fetch."""
        self.real += timedelta(minutes=1)
        date = f"Date: {format_datetime(self.real, usegmt=True)}\r\n" if self.server else ""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{date}\r\n".encode()
        kept, _ = self.writer.write_exchange(
            Exchange(URL, utc_stamp(), 200, b"GET / HTTP/1.1\r\n\r\n", head, text.encode())
        )
        return kept

    def order(self, *, again: bool = False) -> list[str]:
        """Return the texts in order of fetching; `again` makes the index anew before."""
        with Snapshots(self.folder) as snapshots:
            if again:
                snapshots.reindex()
            return [snapshots.body(each).decode() for each in snapshots.all()]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with an empty folder of snapshots."""
    return Machine(tmp_path, monkeypatch)


@pytest.mark.parametrize("server", [False, True])
@pytest.mark.parametrize("ahead", [400, -10_950, 1])
def test_fetches_stay_in_order_after_a_night_with_a_wrong_clock(
    machine: Machine, ahead: int, server: bool
) -> None:
    texts = ["first", "wrong", "after", "later"]
    for text, off in zip(texts, (0, ahead, 0, 0), strict=True):
        with machine.night(off, server=server):
            machine.fetch(text)
            with Snapshots(machine.folder) as other:
                latest = other.latest(URL)
                assert latest is not None
                assert other.body(latest).decode() == text
    assert machine.order() == texts
    assert machine.order(again=True) == texts
    with Snapshots(machine.folder) as snapshots:
        seen = [each.seen_at for each in snapshots.all()]
        assert seen == sorted(seen)
        assert [run.clock for run in snapshots.runs()] == [
            "",
            "" if ahead == 1 else "wrong",
            "",
            "",
        ]


@pytest.mark.parametrize("has_fetched", [False, True])
def test_the_record_of_a_lost_crawl_says_nothing_about_the_clock(
    machine: Machine, has_fetched: bool
) -> None:
    """It is written hours after the crawl began, when others have begun."""
    machine.real += timedelta(days=1)
    lost, began = new_run_id(), utc_stamp()
    with Snapshots(machine.folder) as snapshots:
        machine.writer = snapshots.writer("baisha", lost)
        machine.server = True
        if has_fetched:
            machine.fetch("by the lost one")
        machine.writer.close()
    for hour in range(3):
        machine.site = f"other{hour}"
        with machine.night(0, server=True, later=0):
            machine.fetch(f"{hour} hours later")
        machine.real += timedelta(hours=1)
    with Snapshots(machine.folder) as snapshots:
        writer = snapshots.writer("baisha", lost)
        writer.write_run(Run(lost, "baisha", began, utc_stamp(), "failed"))
        writer.close()
    machine.order(again=True)
    with Snapshots(machine.folder) as snapshots:
        assert [(run.clock, run.seen_at) for run in snapshots.runs()] == [
            ("", run.started) for run in snapshots.runs()
        ]


def test_a_clock_that_is_set_right_during_a_run_begins_a_new_stretch(machine: Machine) -> None:
    with machine.night(0, server=True):
        machine.fetch("before")
    with machine.night(-9_000, server=True):
        machine.fetch("by the wrong clock")
        machine.off = timedelta()
        machine.fetch("by the right clock")
    assert machine.order() == ["before", "by the wrong clock", "by the right clock"]
    assert machine.order(again=True) == machine.order()
    with Snapshots(machine.folder) as snapshots:
        found = list(snapshots.all())
        assert [each.clock for each in found] == ["", "wrong", ""]
        assert found[1].seen_at == found[1].server_date
        assert found[1].fetched_at < "2010"


def test_a_clock_that_is_set_again_and_again_does_not_open_a_file_each_time(
    machine: Machine,
) -> None:
    texts = [f"fetch {number}" for number in range(40)]
    with machine.night(0):
        for number, text in enumerate(texts):
            machine.off = timedelta(seconds=-615 if number % 2 else 0)
            machine.fetch(text)
    assert len(machine.writer.files) == 1 + MOST_FILES_BY_STEPS
    order = machine.order()
    assert sorted(order) == sorted(texts)
    assert machine.order(again=True) == order


@pytest.mark.parametrize("hours", [-2.5, -2.9, 30])
def test_a_run_whose_clock_is_set_says_nothing_against_those_that_began_meanwhile(
    machine: Machine, hours: float
) -> None:
    with machine.night(0, server=True):
        long, began = machine.writer, machine.real
        machine.fetch("early")
        machine.real, machine.site = began + timedelta(hours=1), "other"
        with machine.night(0, later=0):
            machine.fetch("meanwhile")
        machine.real, machine.writer, machine.server = began + timedelta(hours=4), long, True
        machine.fetch("late")
        machine.off = timedelta(hours=hours)
        machine.fetch("after the step")
        with Snapshots(machine.folder) as other:
            assert [run.outcome for run in other.runs()] == ["running", "ok"]
        machine.fetch("after the step, too")
        machine.site = "baisha"
    assert len(long.files) == 2
    for again in (False, True):
        assert machine.order(again=again)[-2:] == ["after the step", "after the step, too"]
        with Snapshots(machine.folder) as snapshots:
            clocks = [run.clock for run in snapshots.runs() if run.site == "other"]
            assert clocks == [""]


def test_the_date_of_the_server_stands_beside_ours(machine: Machine) -> None:
    with machine.night(0, server=True):
        kept = machine.fetch("a")
    with machine.night(0):
        without = machine.fetch("b")
    assert kept.server_date == kept.fetched_at
    assert without.server_date == ""


def test_a_mark_moves_a_run_and_its_removal_moves_it_back(machine: Machine) -> None:
    with machine.night(0):
        machine.fetch("first")
    with machine.night(30) as marked:
        machine.fetch("ahead by a month")
    before = {path.name: path.read_bytes() for path in machine.folder.glob("*.warc.gz")}
    write_marks(machine.folder, {marked: ClockMark("the battery was flat", utc_stamp())})
    with Snapshots(machine.folder) as snapshots:
        assert [each.clock for each in snapshots.all()] == ["", "marked"]
        last = snapshots.index.stretches.last_end()
        assert last is not None
        assert last < TONIGHT.timestamp() + 20 * 24 * 3600
    with Snapshots(machine.folder) as snapshots:
        snapshots.reindex()
        assert [run.clock for run in snapshots.runs()] == ["", "marked"]
    write_marks(machine.folder, {})
    with Snapshots(machine.folder) as snapshots:
        assert [each.clock for each in snapshots.all()] == ["", ""]
        assert all(each.seen_at == each.fetched_at for each in snapshots.all())
    assert {path.name: path.read_bytes() for path in machine.folder.glob("*.warc.gz")} == before


def test_a_folder_whose_clocks_cannot_be_judged_is_read_and_judged_later(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["first", "wrong", "after"]
    for text, off in zip(texts[:2], (0, 400), strict=True):
        with machine.night(off):
            machine.fetch(text)
    with sqlite3.connect(machine.folder / "index.db") as conn:
        conn.execute("DROP TABLE unjudged")
    conn.close()
    with monkeypatch.context() as patch:
        patch.setattr(verdict_table, "judge_stretches", lambda *known: 1 // 0)
        with machine.night(0):
            machine.fetch("after")
        with Snapshots(machine.folder) as snapshots:
            assert [doubt.key for doubt in snapshots.doubts()] == ["clocks_not_judged"]
            assert len(list(snapshots.all())) == len(texts)
    with Snapshots(machine.folder) as snapshots:
        assert snapshots.doubts() == []
        assert [run.clock for run in snapshots.runs()] == ["", "wrong", ""]
    assert machine.order() == texts


def test_marks_that_cannot_be_read_are_named(machine: Machine) -> None:
    (machine.folder / "clock-marks.json").write_text('{"runs": ["x"]}', encoding="utf-8")
    with pytest.raises(MarksError):
        read_marks(machine.folder)
    with pytest.raises(StorageError, match="snapshots_unusable"):
        Snapshots(machine.folder)


def test_files_of_two_folders_in_one_are_ordered_by_their_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Machine(tmp_path / "one", monkeypatch)
    for text in ("1", "2"):
        with one.night(0):
            one.fetch(text)
    two = Machine(tmp_path / "two", monkeypatch)
    two.site, two.real = "sister", one.real
    for text in ("3", "4"):
        with two.night(0):
            two.fetch(text)
    for path in two.folder.glob("*.warc.gz"):
        path.rename(one.folder / path.name)
    assert one.order() == ["1", "2", "3", "4"]
    with Snapshots(one.folder) as snapshots:
        assert {run.clock for run in snapshots.runs()} == {""}
