"""The last run of a portal, by the probable times, without reading the runs of others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.clock import seconds_of, stamp_of
from gongkai.crawler.clock.clock_verdicts import DAY
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.tables.stretches import FileOpening

FIRST = seconds_of("2026-01-05T18:00:00Z")
OUTCOMES = ("ok", "failed", "incomplete")
SITES = ("changjiang", "dongfang")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SnapshotIndex]:
    """An empty index."""
    opened = SnapshotIndex(tmp_path / "index.db")
    yield opened
    opened.close()


def _add(index: SnapshotIndex, number: int, site: str, outcome: str, day: int, shift: int) -> None:
    at = FIRST + day * DAY
    name = f"run{number:04}"
    stretches = index.stretches
    opening = FileOpening(f"{name}.warc", stretches.next_sequence(), site, name, stamp_of(at))
    stretch = stretches.begin(opening, 0, at)
    stretches.fill(stretch)
    index.runs.add(Run(name, site, stamp_of(at), stamp_of(at), outcome))
    index._db.execute("UPDATE stretches SET shift = ? WHERE id = ?", (shift, stretch))


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(min_value=0, max_value=1 << 32))
def test_it_is_the_last_of_all_in_order_of_time(index: SnapshotIndex, seed: int) -> None:
    random = Random(seed)
    with index.batch():
        index.clear()
        for number in range(random.randrange(12)):
            moved = random.choice((0, 0, -400, 9, -10)) * DAY
            place = (random.choice(SITES), random.choice(OUTCOMES), random.randrange(9))
            _add(index, number, *place, moved)
    for site in SITES:
        for outcomes in ((), ("ok",), ("ok", "incomplete")):
            ended = [run for run in index.runs.all(site) if not outcomes or run.outcome in outcomes]
            assert index.runs.last(site, outcomes) == (ended[-1] if ended else None)


def test_it_costs_the_same_after_many_runs(index: SnapshotIndex) -> None:
    steps = [_steps_after(index, runs) for runs in (30, 300)]
    assert steps[1] < 1.2 * steps[0]


def _steps_after(index: SnapshotIndex, runs: int) -> int:
    """Return the instructions of SQLite, in tens, for the last run after so many."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with index.batch():
        index.clear()
        for number in range(runs):
            _add(index, number, SITES[number % 2], "ok", number, -900 * DAY if number == 3 else 0)
    db: sqlite3.Connection = index._db
    db.set_progress_handler(count, 10)
    assert index.runs.last(SITES[0], ("ok",)) is not None
    db.set_progress_handler(None, 10)
    return steps
