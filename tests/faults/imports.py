"""`kill -9` of imports, backfills and proofs at random moments.

What died is simply run again: then every record is kept, none twice, and the chain of manifests is whole.
A folder with a proof stands whole under its name or not at all.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.crawler.warc.store import Snapshots
from tests.crawler.imports.foreign_files import HOST, packed, page, report
from tests.crawler.webarchives.archive_replica import Kept, serve
from tests.faults.killing import PROGRAM, killed_line, run_killed
from tests.publish.kept_reports import keep_reports

KINDS = ("import", "backfill", "proof")
YEARS = range(2009, 2024)
FILE = "all.warc.gz"
REGISTRY = """
[qingshi]
name = "青石县人民政府"
region_code = "640221"
url = "http://www.qingshitest.gov.cn/"
"""
CELL = ("640221-jiaoyuju-37ae-2024", "requests", "granted", "total")
IN_ARCHIVES = [
    Kept(f"{HOST}/gknb/{year}.html", f"{year + 1}0301020304", report(year)) for year in YEARS
]


@dataclass
class Figures:
    """What was killed, how many were faster, in how many something was kept already, what is wrong."""

    killed: dict[str, int] = field(default_factory=dict)
    ended: int = 0
    begun: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the figures for a person."""
        yield killed_line(self.killed, self.ended, f"{self.begun} had written something")
        yield from self.wrong or ["every record taken in once, every proof whole or absent"]


def kill_imports(folder: Path, kills: int, seed: int) -> Figures:
    """Kill so many processes, of each kind in turn; look at what they left, and run each again."""
    dice, figures = random.Random(seed), Figures()
    proved = folder / "proved"
    proved.mkdir()
    keep_reports(proved).snapshots.close()
    with serve(IN_ARCHIVES) as replica:
        seconds = {}
        for kind in KINDS:
            started = time.monotonic()
            place = _made(kind, folder / f"calm-{kind}", proved)
            run_killed(_words(kind, replica.address), None, place)
            seconds[kind] = time.monotonic() - started
        for number in range(kills):
            kind = KINDS[number % len(KINDS)]
            place, words = _made(kind, folder / str(number), proved), _words(kind, replica.address)
            started = time.monotonic()
            if run_killed(words, dice.uniform(0.4, 1) * seconds[kind], place):
                figures.killed[kind] = figures.killed.get(kind, 0) + 1
            else:  # the calm one was slow: the machine had more to do
                figures.ended += 1
                seconds[kind] = min(seconds[kind], time.monotonic() - started)
            figures.begun += _has_begun(kind, place)
            found = _proof_problems if kind == "proof" else _import_problems
            figures.wrong += [f"{number} {kind}: {problem}" for problem in found(place, words)]
            shutil.rmtree(place)
    return figures


def _made(kind: str, place: Path, proved: Path) -> Path:
    """Make the working directory of a command."""
    if kind == "proof":
        shutil.copytree(proved, place)
        return place
    place.mkdir()
    (place / "own.toml").write_text(REGISTRY, encoding="utf-8")
    records = [page(f"/gknb/{year}.html", report(year)) for year in YEARS]
    (place / FILE).write_bytes(packed(records))
    return place


def _words(kind: str, replica: str) -> list[str]:
    words = {
        "import": ["import", FILE, "--sites", "own.toml"],
        "backfill": [
            *("backfill", "qingshi", "--from", "wayback", "--sites", "own.toml"),
            *("-s", f"GONGKAI_WAYBACK={replica}", "-s", "GONGKAI_WEBARCHIVE_PACE=0"),
        ],
        "proof": ["proof", *CELL, "-o", "proof"],
    }[kind]
    return [*PROGRAM, *words]


def _has_begun(kind: str, place: Path) -> bool:
    if kind == "proof":
        return (place / "proof").exists() or any(place.glob(".proof*"))
    return any(path.stat().st_size for path in (place / "snapshots" / "imports").glob("*.warc*"))


def _import_problems(place: Path, words: Sequence[str]) -> Iterator[str]:
    """Run the command again to its end, and yield what is wrong with what is kept."""
    before = _kept(place)
    try:
        run_killed(words, None, place)
        run_killed([*PROGRAM, "snapshots", "verify"], None, place)
    except AssertionError as problem:
        yield str(problem)
        return
    after = _kept(place)
    if sorted(body for _, _, body in after) != sorted(report(year) for year in YEARS):
        yield "something is lost, or kept twice"
    if not set(before) <= set(after):
        yield "what was kept is gone"
    if len({url for _, url, _ in after}) != len(YEARS):
        yield "an address is not there"
    with Snapshots(place / "snapshots") as snapshots:
        snapshots.reindex()
    if _kept(place) != after:
        yield "the index made anew says something else"


def _kept(place: Path) -> list[tuple[str, str, bytes]]:
    if not (place / "snapshots").exists():
        return []
    with Snapshots(place / "snapshots") as snapshots:
        return sorted((each.id, each.url, snapshots.body(each)) for each in snapshots.all())


def _proof_problems(place: Path, words: Sequence[str]) -> Iterator[str]:
    """Look at the folder of a proof, write it again, and yield what is wrong."""
    folder = place / "proof"
    if folder.exists() and not _is_whole(folder):
        yield "half a folder stands under its name"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        run_killed(words, None, place)
    except AssertionError as problem:
        yield str(problem)
        return
    if not _is_whole(folder):
        yield "the folder written again is not whole"
    if list(place.glob(".proof*")):
        yield "a draft was left"


def _is_whole(folder: Path) -> bool:
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--status", "SHA256SUMS"], cwd=folder, check=False
    )
    return checked.returncode == 0
