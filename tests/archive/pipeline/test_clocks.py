"""What was fetched under a wrong clock: in order, with its probable time, and never as a citation."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.clock import utc_stamp
from gongkai.crawler.clock.clock_marks import ClockMark, write_marks
from gongkai.crawler.warc.compose import Exchange
from gongkai.crawler.warc.snapshot import Run, new_run_id
from tests.archive.folder import HOST, Folder, report_page

PATH = "/zwgk/202501/t20250120_1.html"
REAL = datetime(2025, 1, 21, 17, 0, tzinfo=UTC)
OLD, NEW = report_page(new__total="0"), report_page(new__total="7")


class Nights:
    """Nights of one portal with a clock that may be wrong, and a server whose clock is right."""

    def __init__(self, folder: Folder, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.real, self.off = REAL, timedelta()
        patch.setattr(clock, "now", lambda: self.real + self.off)

    def night(self, body: bytes, *, ahead: int = 0, server: bool = True) -> str:
        """Fetch the report a day later with a clock that is some days ahead; return the run."""
        self.real += timedelta(days=1)
        self.off = timedelta(days=ahead)
        date = f"Date: {format_datetime(self.real, usegmt=True)}\r\n" if server else ""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{date}\r\n".encode()
        run = Run(new_run_id(), "pingluo", utc_stamp(), utc_stamp(), "ok", {"requests": 1})
        writer = self.folder.snapshots.writer("pingluo", run.id)
        writer.write_exchange(
            Exchange(HOST + PATH, utc_stamp(), 200, b"GET / HTTP/1.1\r\n\r\n", head, body)
        )
        writer.write_run(run)
        writer.close()
        self.off = timedelta()
        return run.id

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Bring the archive up to date and query it."""
        self.folder.build()
        with closing(sqlite3.connect(self.folder.db)) as conn:
            return conn.execute(query).fetchall()


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """An empty folder of originals."""
    return Nights(Folder(tmp_path), monkeypatch)


CHANGED = "SELECT old, new FROM changes WHERE part = 'requests'"
SPANS = "SELECT first_seen, last_seen, current FROM revisions ORDER BY first_seen"


@pytest.mark.parametrize("server", [True, False])
@pytest.mark.parametrize("ahead", [400, -10_957])
def test_an_edit_is_told_forwards_after_a_night_with_a_wrong_clock(
    nights: Nights, ahead: int, server: bool
) -> None:
    nights.night(OLD, server=server)
    nights.night(OLD, ahead=ahead, server=server)
    nights.night(NEW, server=server)
    assert nights.rows(CHANGED) == [("0", "7")]
    spans = nights.rows(SPANS)
    assert [current for *_, current in spans] == [0, 1]
    assert all("2025-01-22" <= str(first) <= str(last) < "2025-01-26" for first, last, _ in spans)


def test_the_first_night_of_all_may_be_the_wrong_one(nights: Nights) -> None:
    nights.night(OLD, ahead=400)
    assert nights.rows("SELECT clock, substr(seen_at, 1, 4) FROM snapshots") == [
        ("doubtful", "2026")
    ]
    nights.night(NEW)
    assert nights.rows(CHANGED) == [("0", "7")]
    assert nights.rows(
        "SELECT clock, seen_at = server_date, fetched_at > '2026' FROM snapshots"
    ) == [
        ("wrong", 1, 1),
        ("", 1, 0),
    ]
    assert nights.rows("SELECT clock, server_lead FROM runs WHERE kind = 'crawl'")[0][0] == "wrong"


def test_many_builds_and_one_rebuild_agree_on_clocks(nights: Nights) -> None:
    for body, ahead in ((OLD, 0), (OLD, 400), (NEW, 0), (NEW, -10_957)):
        nights.night(body, ahead=ahead)
        nights.folder.build()
    before = nights.folder.dump()
    nights.folder.rebuild()
    assert nights.folder.dump() == before


def test_visits_after_a_fetch_keep_their_times_when_its_clock_is_judged_anew(
    nights: Nights,
) -> None:
    """The visits that found the same are kept as steps from the fetch, which moves by three weeks."""
    first = nights.night(OLD, ahead=-20, server=False)
    for _ in range(2):
        nights.night(OLD, server=False)
    span = "SELECT last_seen FROM reports UNION ALL SELECT last_seen FROM snapshots"
    last = [("2025-01-24T17:00:00Z",)] * 2
    assert nights.rows(span) == last
    for marks in ({first: ClockMark("", utc_stamp())}, {}):
        write_marks(nights.folder.snapshots.folder, marks)
        nights.folder.snapshots.apply_marks()
        assert nights.rows(span) == last
        before = nights.folder.dump()
        nights.folder.rebuild()
        assert nights.folder.dump() == before


def test_a_mark_reaches_the_archive_and_leaves_it(nights: Nights) -> None:
    nights.night(OLD, server=False)
    marked = nights.night(NEW, ahead=30, server=False)
    before = nights.rows("SELECT first_seen, last_seen FROM reports")
    write_marks(nights.folder.snapshots.folder, {marked: ClockMark("", utc_stamp())})
    nights.folder.snapshots.apply_marks()
    assert nights.rows("SELECT clock FROM snapshots ORDER BY seen_at") == [("",), ("marked",)]
    after = nights.rows("SELECT first_seen, last_seen FROM reports")
    assert str(after[0][1]) < "2025-01-24" < str(before[0][1])
    assert nights.rows(CHANGED) == [("0", "7")]
    write_marks(nights.folder.snapshots.folder, {})
    nights.folder.snapshots.apply_marks()
    assert nights.rows("SELECT first_seen, last_seen FROM reports") == before
