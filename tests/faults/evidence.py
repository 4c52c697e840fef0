"""`kill -9` of runs that close, of merges, stamping and export at random moments.

Whatever dies: every record is there once, the chain of manifests is whole, each timestamp is right, and a
package stands whole under its name or not at all.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from gongkai.crawler.evidence.closing import close_run, cover_leftovers
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.stamp_roots import read_roots
from gongkai.crawler.evidence.wacz_check import verify_wacz
from gongkai.crawler.merging.merge_files import finish_left_merges
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.snapshot import Run, Snapshot, new_run_id
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.evidence.authority import Authority, make_authority, served
from tests.faults.killing import killed_line, run_killed

SITE = "weibin"
KINDS = ("close", "merge", "stamp", "export")
RUNS = 12
PAGES = 3
LATER = """
import sys
from datetime import timedelta
from gongkai import clock
later = clock.now() + timedelta(days=40)
clock.now = lambda: later
from gongkai.archive.cli import main
main()
"""
"""The command line forty days later, when the month of the files is over."""

KEEPING = """
import sys
from pathlib import Path
from tests.faults.evidence import keep_runs
keep_runs(Path(sys.argv[1]), int(sys.argv[2]))
"""

Kept = list[tuple[Snapshot, bytes]]


@dataclass
class Figures:
    """What was killed, how often it had an effect already, and what was found afterwards."""

    killed: dict[str, int] = field(default_factory=dict)
    ended: int = 0
    manifests: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the figures for a person."""
        yield killed_line(self.killed, self.ended, f"{self.manifests} manifests")
        yield from self.wrong or ["every record there once, every chain, stamp and package whole"]


def keep_runs(folder: Path, number: int) -> None:
    """Keep so many runs one after the other, each closed with its manifest."""
    with Snapshots(folder) as snapshots:
        for _ in range(number):
            run = Run(new_run_id(), SITE, "2026-03-01T02:00:00Z", "2026-03-01T02:01:00Z", "ok")
            writer = snapshots.writer(SITE, run.id)
            for page in range(PAGES):
                writer.write_exchange(_exchange(f"http://www.weibin.gov.cn/{page}", run.id))
            writer.write_run(run)
            close_run(snapshots, writer, run)


def kill_evidence(folder: Path, kills: int, seed: int) -> Figures:
    """Kill so many processes, of each kind in turn, and look at the folder after each."""
    dice, figures = random.Random(seed), Figures()
    with served(make_authority(folder / "authority")) as authority:
        seconds = {}
        for kind in KINDS:
            calm = _made(folder / f"calm-{kind}")
            started = time.monotonic()
            run_killed(_words(kind, calm, authority), None)
            seconds[kind] = time.monotonic() - started
        for number in range(kills):
            kind = KINDS[number % len(KINDS)]
            snapshots = _made(folder / str(number))
            before = _contents(snapshots)
            words = _words(kind, snapshots, authority)
            if run_killed(words, dice.uniform(0.4, 1) * seconds[kind]):
                figures.killed[kind] = figures.killed.get(kind, 0) + 1
            else:
                figures.ended += 1
            figures.wrong += [
                f"{number} {kind}: {problem}"
                for problem in _problems(kind, snapshots, before, authority, figures)
            ]
    return figures


def _made(folder: Path) -> Path:
    """Make a folder of snapshots with some runs."""
    folder.mkdir()
    keep_runs(folder / "snapshots", RUNS)
    return folder / "snapshots"


def _words(kind: str, snapshots: Path, authority: Authority) -> list[str]:
    if kind == "close":
        return [sys.executable, "-c", KEEPING, str(snapshots), str(2 * RUNS)]
    command = {
        "merge": ["merge"],
        "stamp": ["timestamp", "--timestamp", authority.url],
        "export": ["export", "--site", SITE, "-o", str(_package(snapshots))],
    }[kind]
    return [sys.executable, "-c", LATER, "snapshots", *command, "--snapshots", str(snapshots)]


def _problems(
    kind: str, folder: Path, before: Kept, authority: Authority, figures: Figures
) -> Iterator[str]:
    """Yield what is wrong with what a killed process left, before and after it is put in order."""
    if not _holds(_contents(folder), before):
        yield "something is lost"
    with Snapshots(folder) as snapshots:
        finish_left_merges(snapshots)
        cover_leftovers(snapshots)
        result = verify_folder(snapshots, roots=read_roots([authority.root]))
        figures.manifests += result.manifests
        yield from map(str, result.wrong)
        if result.uncovered or result.stamps.unpinned:
            yield "a file has no manifest, or a stamp no certificate"
        first = _contents(folder)
        snapshots.reindex()
    if _contents(folder) != first or not _holds(first, before):
        yield "the index made anew says something else"
    package = _package(folder)
    if package.exists() and verify_wacz(package).wrong:
        yield "the package is not whole"
    if kind == "merge" and list(folder.glob("*.merging")):
        yield "an unfinished file was left"


def _holds(found: Kept, before: Kept) -> bool:
    """Return whether all is there that was, and nothing twice."""
    ids = [snapshot.id for snapshot, _ in found]
    known = {snapshot.id: body for snapshot, body in found}
    is_there = all(known.get(snapshot.id) == body for snapshot, body in before)
    return is_there and len(ids) == len(set(ids))


def _contents(folder: Path) -> Kept:
    with Snapshots(folder) as snapshots:
        return [
            (replace(each, warc="", offset=0), snapshots.body(each)) for each in snapshots.all()
        ]


def _package(snapshots: Path) -> Path:
    return snapshots.parent / "package.wacz"


def _exchange(url: str, words: str) -> Exchange:
    body = f"<p>{words}</p>".encode() * 50
    return Exchange(
        url=url,
        fetched_at="2026-03-01T02:00:00Z",
        status=200,
        request_head=http_head("GET / HTTP/1.1", [("Host", "www.weibin.gov.cn")]),
        response_head=http_head(status_line("HTTP/1.1", 200), [("Content-Type", "text/html")]),
        body=body,
    )
