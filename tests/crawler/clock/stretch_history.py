"""Random histories of runs whose clocks are right or wrong, in the tables of an index in memory."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from random import Random

from gongkai.crawler.clock import clean_cut, clock_verdicts, verdict_table
from gongkai.crawler.clock.clock_verdicts import DAY, HOUR, ClockVerdict, Stretch
from gongkai.crawler.warc.tables.index_schema import SCHEMA
from gongkai.crawler.warc.tables.stretches import STRETCHES_SCHEMA, FileOpening, StretchTable
from gongkai.crawler.warc.tables.visits import VISITS_SCHEMA

FIRST = 1_780_000_000
CLOCKS = (0, 0, 0, 0, 0, 0, -3, -2 * HOUR, 400 * DAY, 3 * DAY, -2 * DAY, -10_000 * DAY)
"""Seconds by which the clock of a run is ahead."""

LITTLE_OFF = (0, 0, 0, -300, 300, -700, 700, 1500, -1500, 3000, 9000)
"""The same, about as much as clocks may differ without a word."""

SERVERS = (0, 0, 0, 0, 0, None, None, HOUR, -2 * HOUR, 700 * DAY)
"""Seconds by which the clock of a portal is ahead, None where it does not tell the time."""


def open_table() -> tuple[sqlite3.Connection, StretchTable]:
    """Return the empty tables of an index in memory."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(f"{SCHEMA};{STRETCHES_SCHEMA};{VISITS_SCHEMA}")
    table = StretchTable(db)
    table.verdicts.prepare()
    return db, table


class RandomHistory:
    """Runs of a few portals that begin, end, overlap, and have their clocks set.

    Each `step` changes stretches, and judges what may be judged in another way.
    """

    def __init__(self, seed: int, *, is_joined: bool = False) -> None:
        """Begin a history; where it `is_joined`, the first runs are those of two folders."""
        self._random = Random(seed)
        self.db, self.table = open_table()
        self._real = FIRST
        self._open: dict[str, tuple[FileOpening, int, int]] = {}
        self._sites = [f"site{number}" for number in range(self._random.choice((3, 6, 9)))]
        is_little = self._random.random() < 1 / 2
        self._clocks = LITTLE_OFF if is_little else CLOCKS
        self._gaps = (0, 1, 2, 60, 300, 600) if is_little else (0, 1, 2, 60, HOUR, DAY)
        self._trouble = self._random.choice((0.02, 0.1, 0.4, 0.6))
        self._files = 0
        if is_joined:
            self._join()

    def step(self) -> None:
        """Let something happen."""
        self._real += self._random.choice(self._gaps)
        site = self._random.choice(self._sites)
        if site not in self._open:
            self._begin(site)
        elif self._random.random() < self._trouble:
            self._random.choice((self._set_clock, self._move, self._discard, self._mark))(site)
        else:
            self._end(site)
        self.table.verdicts.judge_changed()

    def kept(self) -> dict[int, ClockVerdict]:
        """Return the verdicts that are kept."""
        rows = self.db.execute("SELECT id, shift, clock, out_of_order FROM stretches")
        found = {each: ClockVerdict(shift, name, bool(out)) for each, shift, name, out in rows}
        return {each: verdict for each, verdict in found.items() if verdict != ClockVerdict(0, "")}

    def judged_at_once(self) -> dict[int, ClockVerdict]:
        """Return the verdicts of judging everything."""
        rows = self.db.execute(
            "SELECT id, sequence, offset, site, run, started, ended, lead FROM stretches"
        )
        stretches = [Stretch(*row) for row in rows]
        numbers = self.db.execute(
            "SELECT 1 FROM stretches GROUP BY sequence HAVING count(DISTINCT warc) > 1"
        )
        if numbers.fetchone():  # they say nothing where folders were joined
            stretches = [replace(each, sequence=0) for each in stretches]
        return clock_verdicts.judge_stretches(stretches, self.table.marked())

    def _join(self) -> None:
        for number in range(2, self._random.choice((4, 8))):
            at = self._real - self._random.choice((0, HOUR, 3 * DAY))
            warc = f"other{number}.warc"
            opening = FileOpening(warc, number // 2, f"other{number % 2}", f"other{number}", "")
            stretch = self.table.begin(opening, 0, at)
            self.table.finish(stretch, at + 60, self._random.choice(((), (0,))))
        self.table.verdicts.judge()

    def _clock(self) -> int:
        troubled = self._random.random() < self._trouble
        return self._random.choice(self._clocks) if troubled else 0

    def _begin(self, site: str) -> None:
        self._files += 1
        ahead = self._clock()
        opening = FileOpening(
            f"{self._files}.warc", self.table.next_sequence(), site, f"run{self._files}", ""
        )
        stretch = self.table.begin(opening, 0, self._real + ahead)
        self._open[site] = (opening, stretch, ahead)

    def _finish(self, site: str) -> None:
        _, stretch, ahead = self._open[site]
        lead = self._random.choice(SERVERS if self._random.random() < self._trouble else (0, None))
        leads = () if lead is None else (lead - ahead,)
        self.table.finish(stretch, self._real + ahead, leads)

    def _end(self, site: str) -> None:
        self._finish(site)
        del self._open[site]

    def _set_clock(self, site: str) -> None:
        self._finish(site)
        opening = self._open[site][0]
        ahead = self._clock()
        offset = self._real - FIRST + self._random.randrange(1, 99)
        stretch = self.table.begin(opening, offset, self._real + ahead)
        self._open[site] = (opening, stretch, ahead)

    def _move(self, site: str) -> None:
        opening, stretch, _ = self._open[site]
        ahead = self._clock()
        self.table.move(stretch, self._real + ahead)
        self._open[site] = (opening, stretch, ahead)

    def _discard(self, site: str) -> None:
        """Remove a file; now and then, all that another one told goes with it."""
        warc = self._open.pop(site)[0].warc
        if self._random.random() < self._trouble / 2:
            warcs = self.db.execute("SELECT DISTINCT warc FROM stretches ORDER BY warc").fetchall()
            (other,) = self._random.choice(warcs)
            if other not in {opening.warc for opening, _, _ in self._open.values()}:
                self.table.forget(other)
        self.table.forget(warc)

    def _mark(self, site: str) -> None:
        self.table.set_marked({*self.table.marked(), self._open[site][0].run})
        self.table.verdicts.judge()


def ask_few_neighbours(patch: object) -> None:
    """Let short histories fall apart: fewer neighbours are asked, and fewer stretches read."""
    for module in (clock_verdicts, clean_cut, verdict_table):
        patch.setattr(module, "NEIGHBOURS", 2)  # type: ignore[attr-defined]
    patch.setattr(verdict_table, "LOOK_BACKS", (8, 24))  # type: ignore[attr-defined]
