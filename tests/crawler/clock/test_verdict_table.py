"""Verdicts that are kept and judged again in part are those of judging everything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.crawler.clock.clock_verdicts import DAY, HOUR, ClockVerdict
from gongkai.crawler.warc.tables.stretches import FileOpening, StretchTable
from tests.crawler.clock.stretch_history import (
    FIRST,
    RandomHistory,
    ask_few_neighbours,
    open_table,
)

STEPS_OF_A_HISTORY = 60
SITES = 30


@pytest.fixture(scope="module")
def few_neighbours() -> Iterator[None]:
    """Let short histories fall apart into parts."""
    with pytest.MonkeyPatch.context() as patch:
        ask_few_neighbours(patch)
        yield


@pytest.mark.usefixtures("few_neighbours")
@settings(max_examples=25)
@given(seed=st.integers(min_value=0, max_value=1 << 32), is_joined=st.booleans())
def test_verdicts_step_by_step_are_those_of_judging_everything(
    seed: int, *, is_joined: bool
) -> None:
    history = RandomHistory(seed, is_joined=is_joined)
    for _ in range(STEPS_OF_A_HISTORY):
        history.step()
        assert history.kept() == history.judged_at_once()


class Nights:
    """Nights of many portals in the tables of an index; each run takes a minute."""

    def __init__(self) -> None:
        self.db, self.table = open_table()
        self.runs = 0
        self._steps = 0
        self.db.set_progress_handler(self._count, 10)

    def run(self, ahead: int = 0, lead: int | None = 0, warc: str = "") -> ClockVerdict:
        """Let one portal be crawled by a clock that is so far ahead; return what is thought of it."""
        self.runs += 1
        number = self.table.next_sequence()
        site, run = f"site{self.runs % SITES}", f"run{self.runs}"
        at = FIRST + (self.runs // SITES) * DAY + self.runs % SITES * 120 + ahead
        opening = FileOpening(warc or f"{number}.warc", number, site, run, "")
        stretch = self.table.begin(opening, 0, at)
        self.table.verdicts.judge_changed()
        self.table.finish(stretch, at + 60, () if lead is None else (lead - ahead,))
        self.table.verdicts.judge_changed()
        return self.table.shift_of(stretch)

    def steps_of_run(self, ahead: int = 0, lead: int | None = 0) -> int:
        """Return how many instructions of SQLite a run takes, in tens."""
        before = self._steps
        self.run(ahead, lead)
        return self._steps - before

    def _count(self) -> int:
        self._steps += 1
        return 0


def _after(runs: int) -> Nights:
    """Return so many runs of which an early one had a clock that is ahead still; no server said so."""
    nights = Nights()
    for number in range(runs):
        nights.run(3000 * DAY if number == 5 else 0, None if number == 5 else 0)
    return nights


@pytest.fixture(scope="module")
def few() -> Nights:
    """Ten nights."""
    return _after(300)


@pytest.fixture(scope="module")
def many() -> Nights:
    """A hundred nights."""
    return _after(3000)


@pytest.mark.parametrize(
    ("ahead", "lead"),
    [(0, 0), (0, None), (0, 2 * HOUR), (0, -700 * DAY), (900 * DAY, 0), (-900 * DAY, None)],
)
def test_what_a_run_costs_does_not_grow_with_the_runs_before(
    few: Nights, many: Nights, ahead: int, lead: int | None
) -> None:
    assert many.steps_of_run(ahead, lead) < 1.2 * few.steps_of_run(ahead, lead)


def _joined_after(runs: int) -> Nights:
    """Return so many runs in a folder to which a file of another one was brought."""
    nights = Nights()
    nights.run()
    other = nights.table.begin(FileOpening("other.warc", 1, "sister", "run", ""), 0, FIRST - DAY)
    nights.table.finish(other, FIRST - DAY + 60, (0,))
    for _ in range(runs):
        nights.run()
    return nights


@pytest.mark.parametrize("lead", [0, None])
def test_what_a_run_without_a_doubt_costs_does_not_grow_in_joined_folders(
    lead: int | None,
) -> None:
    few, many = _joined_after(100), _joined_after(1000)
    assert many.steps_of_run(lead=lead) < 1.2 * few.steps_of_run(lead=lead)


def test_a_site_that_confirms_our_clock_at_last_is_believed_of_its_past() -> None:
    nights = Nights()
    for number in range(4 * SITES):
        nights.run(lead=400 * DAY if number % SITES == 3 else None)
    assert {each.verdict.clock for each in nights.table.verdicts.suspects()} == {"doubtful"}
    for _ in range(SITES):
        nights.run()
    assert {each.verdict.clock for each in nights.table.verdicts.suspects()} == {"wrong"}


def test_files_of_two_folders_count_as_joined_until_one_is_removed() -> None:
    nights = Nights()
    nights.run()
    nights.table.begin(FileOpening("other.warc", 1, "sister", "run", ""), 0, FIRST)
    shared = "SELECT sequence FROM shared_numbers"
    assert nights.db.execute(shared).fetchall() == [(1,)]
    nights.table.forget("other.warc")
    assert nights.db.execute(shared).fetchall() == []


def test_tables_of_an_earlier_version_are_judged_once() -> None:
    nights = Nights()
    nights.run()
    nights.db.executescript("DROP TABLE shared_numbers; DROP INDEX stretches_lead;")
    nights.db.execute("INSERT INTO stretches SELECT 7, sequence, 'other.warc', 0, site, run, started,"
                      " ended, lead, 0, '', 0, 9, file, 0, 0, 0, '', 1 FROM stretches")  # fmt: skip
    nights.db.executescript("DROP TABLE unjudged; DROP TRIGGER unjudged_begins")
    table = StretchTable(nights.db)
    for unjudged in (2, 0):
        table.verdicts.prepare()
        assert table.verdicts.unjudged() == unjudged
        table.verdicts.judge()
    assert nights.db.execute("SELECT sequence FROM shared_numbers").fetchall() == [(1,)]
    assert _indexes(nights.db) >= {"stretches_lead", "stretches_misfits"}


def _add_as_another_program(nights: Nights, number: int, warc: str, started: int) -> None:
    """Add a stretch to the table and note nothing of it."""
    nights.db.execute(
        "INSERT INTO stretches (id, sequence, warc, offset, site, run, started, ended, number, file, base)"
        " VALUES (?1, ?2, ?3, 0, 'x', '', ?4, ?4, ?1, ?3, 0)",
        (10_000 + number, number, warc, started),
    )


def test_what_another_program_added_is_judged_with_all(nights_apart: Nights) -> None:
    nights = nights_apart
    _add_as_another_program(nights, nights.runs + 1, "x.warc", FIRST - 900 * DAY)
    assert nights.table.verdicts.unjudged() == 1
    nights.run()
    assert nights.table.shift_of(10_000 + nights.runs).clock == "wrong"
    assert nights.table.verdicts.unjudged() == 0


def test_another_folder_that_another_program_joined_is_seen(nights_apart: Nights) -> None:
    nights = nights_apart
    _add_as_another_program(nights, 1, "x.warc", FIRST - 900 * DAY)
    assert nights.db.execute("SELECT sequence FROM shared_numbers").fetchall() == []
    nights.run()
    assert nights.db.execute("SELECT sequence FROM shared_numbers").fetchall() == [(1,)]
    assert list(nights.table.verdicts.suspects()) == []


@pytest.fixture
def nights_apart() -> Nights:
    """Some nights of their own, which a test may change."""
    nights = Nights()
    for _ in range(SITES):
        nights.run()
    return nights


def _indexes(db: sqlite3.Connection) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'index'"
    return {name for (name,) in db.execute(query)}
