"""`kill -9` of publishes at random moments: one whole publication stands at any time."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.archive.publication.layout import (
    DOWNLOADS,
    SUMS,
    UNFINISHED,
    current_publication,
    read_manifest,
)
from gongkai.archive.renewal.content_digests import digest_tables, load_digests
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.csv_export import TABLES
from gongkai.archive.store.database import writer
from tests.benchmarks.many_reports import make
from tests.faults.killing import PROGRAM, run_killed

REPORTS = 60
CHANGED = 3


@dataclass
class Figures:
    """What was done to publishes, and what was found afterwards."""

    killed: int = 0
    switched: int = 0
    half: int = 0
    renewed: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the figures for a person."""
        yield (
            f"{self.killed} publishes killed: {self.half} left a half folder, "
            f"{self.switched} had switched already, {self.renewed} were to renew the last one"
        )
        yield from self.wrong or ["a whole publication stood after each"]


def kill_publishes(folder: Path, kills: int, seed: int) -> Figures:
    """Publish an archive that changes, kill all publishes but the last, look after each.

    A publication follows from the last one; one of three kills meets one that is made anew.
    """
    dice, figures = random.Random(seed), Figures()
    db, public = folder / "archive.db", folder / "public"
    make(db, REPORTS)
    whole = {True: _seconds(public, db, True)}
    rename_agency(db, "第一")
    whole[False] = _seconds(public, db, False)
    for number in range(kills):
        rename_agency(db, f"第{number}号")
        change_reports(db, dice)
        before, is_full = current_publication(public), number % 3 == 2
        seconds = dice.uniform(0.2, 0.95) * whole[is_full]
        while not publish_archive(public, db, seconds, is_full=is_full):
            before = current_publication(public)
            seconds /= 2  # the machine has less to do than before
        figures.killed += 1
        figures.renewed += not is_full
        figures.half += any(public.glob(f"{UNFINISHED}*"))
        figures.switched += current_publication(public) != before
        figures.wrong += [f"{number}: {problem}" for problem in _problems(public)]
    rename_agency(db, "最后")
    if publish_archive(public, db, None) or any(public.glob(f"{UNFINISHED}*")):
        figures.wrong.append("the last one was not whole, or left something")
    figures.wrong += _problems(public, "最后")
    if _told(public, "renewals") == 0:
        figures.wrong.append("the last one did not follow from the one before")
    content, files = _told(public, "content"), _table_files(public)
    publish_archive(public, db, None, is_full=True)
    if _told(public, "content") != content:
        figures.wrong.append("one that is made anew says something else")
    if _table_files(public) != files:
        figures.wrong.append("one that is made anew has other files")
    return figures


def _seconds(public: Path, db: Path, is_full: bool) -> float:
    """Publish, and return how long it took."""
    started = time.monotonic()
    publish_archive(public, db, None, is_full=is_full)
    return time.monotonic() - started


def publish_archive(
    public: Path, db: Path, seconds: float | None, *, is_full: bool = False
) -> bool:
    """Publish, and kill it after so many seconds; tell whether it was."""
    kind = ["--full"] if is_full else ["--full-every", "1000"]
    return run_killed([*PROGRAM, "publish", str(public), "--db", str(db), *kind], seconds)


def rename_agency(db: Path, name: str) -> None:
    """Give the first agency of an archive another name."""
    with writer(db) as conn:
        conn.execute(
            "update agencies set name = ? where id = (select min(id) from agencies)", [name]
        )


def change_reports(db: Path, dice: random.Random) -> None:
    """Give some reports another title: too few for a publication that is made anew."""
    with writer(db) as conn:
        reports = [id for (id,) in conn.execute("SELECT id FROM reports ORDER BY id")]
        for report in dice.sample(reports, CHANGED):
            title = f"年度报告 {dice.random()}"
            conn.execute("UPDATE reports SET title = ? WHERE id = ?", [title, report])


def _table_files(public: Path) -> set[str]:
    """Return checksums and names of the files of tables that are served."""
    sums = (public / "current" / DOWNLOADS / SUMS).read_text(encoding="utf-8")
    return {line for line in sums.splitlines() if "/" in line}


def _told(public: Path, name: str) -> object:
    """Return what the manifest of the current publication tells under a name."""
    stands = current_publication(public)
    return read_manifest(stands)[name] if stands else None


def _problems(public: Path, name: str = "") -> Iterator[str]:
    """Yield what is wrong with what is served."""
    stands = current_publication(public)
    if stands is None:
        yield "nothing is served"
        return
    with closing(sqlite3.connect(f"{(stands / 'archive.db').as_uri()}?mode=ro", uri=True)) as conn:
        if conn.execute("pragma integrity_check").fetchone() != ("ok",):
            yield "the public file is broken"
        rows = read_manifest(stands)["rows"]
        if conn.execute("SELECT count(*) FROM reports").fetchone() != (rows["reports"],):
            yield "rows and manifest disagree"
        tables = (*TABLES, *MATERIALISED_VIEWS)
        if load_digests(conn).listed() != digest_tables(conn, tables).listed():
            yield "rows and their digests disagree"
        said = conn.execute("SELECT name FROM agencies ORDER BY id LIMIT 1").fetchone()[0]
        if name and said != name:
            yield f"{said} is served, not {name}"
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--status", "SHA256SUMS"],
        cwd=stands / "downloads",
        check=False,
    )
    if checked.returncode:
        yield "a download is not what its checksum says"
