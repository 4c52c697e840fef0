"""`kill -9` of builds that bring an archive up to date: the next one gives what a whole one gives."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.archive.folder import Folder, dump, report_page
from tests.faults.killing import PROGRAM, run_killed

AGENCIES = (
    "教育局",
    "民政局",
    "水务局",
    "审计局",
    "司法局",
    "财政局",
    "文化旅游广电局",
    "交通运输局",
)
YEARS = (2023, 2024)
RUNS = ("1" * 32, "2" * 32)
"""The ids of the crawls of both nights."""


@dataclass
class Figures:
    """What was done to builds, and what was found afterwards."""

    killed: int = 0
    ended: int = 0
    half: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the figures for a person."""
        yield (
            f"{self.killed} builds of a night killed, {self.half} of which had written some of it; "
            f"{self.ended} were faster"
        )
        yield from self.wrong or ["every archive is that of a whole build"]


def kill_builds(folder: Path, kills: int, seed: int) -> Figures:
    """Kill builds of a second night, each on a copy of the archive of the first one.

    Every other copy is killed twice. The next build has to make what an undisturbed one makes, which is what
    a rebuild makes, and the one after it finds nothing to do.
    """
    dice, figures = random.Random(seed), Figures()
    with Folder(folder) as made:
        keep_first_night(made)
        build(folder, made.db)
        first = folder / "first.db"
        shutil.copy(made.db, first)
        keep_second_night(made)
        seconds = build(folder, made.db)
        expected = made.dump()
        run_killed([*command(folder, made.db), "--rebuild"], None)
        if made.dump() != expected:
            figures.wrong.append("night by night is not what a rebuild makes")
    before = dump(first)
    while figures.killed + figures.ended < kills:
        db = folder / f"{figures.killed + figures.ended}.db"
        shutil.copy(first, db)
        for _ in range(dice.randint(1, 2)):
            if run_killed(command(folder, db), dice.uniform(0.3, 1) * seconds):
                figures.killed += 1
            else:
                figures.ended += 1
        figures.half += dump(db) not in (before, expected)
        build(folder, db)
        figures.wrong += [f"{db.name}: {problem}" for problem in problems(folder, db, expected)]
    return figures


def problems(folder: Path, db: Path, expected: object) -> Iterator[str]:
    """Yield what is wrong with an archive after the build that followed on kills."""
    if dump(db) != expected:
        yield "it says something else"
    with closing(sqlite3.connect(db)) as conn:
        if conn.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            yield "it is broken"
        if conn.execute("SELECT count(*) FROM pending").fetchone() != (0,):
            yield "something waits for the next build"
    content = db.read_bytes()
    build(folder, db)
    if db.read_bytes() != content:
        yield "a further build changed it"


def build(folder: Path, db: Path) -> float:
    """Build to the end, and return how long it took."""
    started = time.monotonic()
    run_killed(command(folder, db), None)
    return time.monotonic() - started


def command(folder: Path, db: Path) -> list[str]:
    """The command that builds an archive from the originals of a folder."""
    return [*PROGRAM, "build", "--db", str(db), "--snapshots", str(folder / "snapshots")]


def keep_first_night(folder: Folder) -> None:
    """Keep two reports of each agency, but for the last one, which has none yet."""
    for number, agency in enumerate(AGENCIES[:-1]):
        for year in YEARS:
            at = f"2025-02-01T02:{number:02}:{year % 60:02}Z"
            folder.fetch(
                at, address(number, year), report_page(f"平罗县{agency}", year), run=RUNS[0]
            )
    folder.run(RUNS[0], "2025-02-01", requests=14)


def keep_second_night(folder: Folder) -> None:
    """Keep a new report, a changed one, one that is gone, one that moved, and those that are as they were."""
    for number, agency in enumerate(AGENCIES):
        for year in YEARS:
            at = f"2025-02-02T02:{number:02}:{year % 60:02}Z"
            where, name = address(number, year), f"平罗县{agency}"
            if (number, year) == (0, 2024):
                folder.fetch(at, where, report_page(name, year, new__total="7"), run=RUNS[1])
            elif (number, year) == (1, 2023):
                folder.fetch(at, where, status=404, run=RUNS[1])
            elif (number, year) == (2, 2024):
                folder.fetch(at, where, report_page("平罗县林业局", year), run=RUNS[1])
            elif number == len(AGENCIES) - 1:
                folder.fetch(at, where, report_page(name, year), run=RUNS[1])
            else:
                folder.fetch(at, where, status=304, run=RUNS[1])
    folder.run(RUNS[1], "2025-02-02", requests=16)


def address(number: int, year: int) -> str:
    """Return where the report of an agency stands."""
    return f"/{number}/t{year + 1}0120_1.html"
