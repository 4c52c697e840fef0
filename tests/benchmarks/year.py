"""`python -m tests.benchmarks year`: 365 nights of 200 changed reports, and what grows in them.

Each night is kept by the real writer, indexed, built and published. REPORTS is the number of reports, NIGHTS
and CHANGED are those of a year, UNCHANGED the fetches of a night that find nothing new, PUBLISH_EVERY 10
publishes each tenth night, and the nights at both ends, which are compared. FOLDER keeps everything: a run
that was stopped goes on with the next night.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.publication.publish_job import PublishJob
from gongkai.archive.publication.publisher import publish
from tests.benchmarks.made_country import MadeSnapshots, make, read_made, sites
from tests.benchmarks.made_nights import keep_night, night_of

REPORTS = int(os.environ.get("REPORTS", "2000"))
NIGHTS = int(os.environ.get("NIGHTS", "365"))
CHANGED = int(os.environ.get("CHANGED", "200"))
UNCHANGED = int(os.environ.get("UNCHANGED", "1000"))
PUBLISH_EVERY = int(os.environ.get("PUBLISH_EVERY", "1"))
KEPT = os.environ.get("FOLDER", "")
BOTH_ENDS = 3
"""Nights that are published at the beginning and at the end, whatever PUBLISH_EVERY says."""

WEIGH_EVERY = 10
"""Nights from one walk through the folder to the next: after a year it has many files."""

SHOWN = 10
"""Lines between the first night and the last."""

Night = dict[str, float]


def sizes(folder: Path) -> dict[str, float]:
    """Return megabytes of what there is. What two publications share counts once."""
    originals = folder / "snapshots"
    return {
        "archive": _megabytes(folder / "archive.db"),
        "index": sum(map(_megabytes, originals.glob("index.db*"))),
        "warc": sum(map(_megabytes, originals.rglob("*.warc.gz"))),
        "warc files": sum(1 for _ in originals.rglob("*.warc.gz")),
        "publication": sum(map(_megabytes, _files(folder / "site" / "current"))),
        "publications": sum(map(_megabytes, _distinct(_files(folder / "site")))),
    }


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def _files(folder: Path) -> list[Path]:
    found = folder.resolve()
    return [path for path in found.rglob("*") if path.is_file() and not path.is_symlink()]


def _distinct(paths: list[Path]) -> list[Path]:
    """Return one path of each file, though a file may have several."""
    return list({path.stat().st_ino: path for path in paths}.values())


def measured(step: Callable[[], object]) -> float:
    """Return the seconds of the processor, of this process and those that it waited for."""
    before = os.times()
    step()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def is_published(night: int) -> bool:
    """Whether a night ends with a publication."""
    return (night + 1) % PUBLISH_EVERY == 0 or night < BOTH_ENDS or night >= NIGHTS - BOTH_ENDS


def pass_night(folder: Path, night: int) -> Night:
    """Keep, build and publish a night; return what it took."""
    began = time.monotonic()

    def build_it() -> None:
        with MadeSnapshots(folder / "snapshots") as snapshots:
            job = BuildJob(snapshots, sites(REPORTS), read=read_made, today=str(night_of(night)))
            build(folder / "archive.db", job)

    def publish_it() -> None:
        publish(folder / "site", PublishJob(folder / "archive.db"))

    taken: Night = {"night": night}
    taken["keep"] = measured(lambda: keep_night(folder, REPORTS, night, CHANGED, UNCHANGED))
    taken["build"] = measured(build_it)
    if is_published(night):
        taken["publish"] = measured(publish_it)
    taken["wall"] = time.monotonic() - began
    taken["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if night % WEIGH_EVERY == 0 or night + 1 == NIGHTS:
        taken |= sizes(folder)
    return taken


def show(nights: list[Night]) -> None:
    """Print the first night and the last, some between, and how both ends compare."""
    names = list(dict.fromkeys(name for night in nights for name in night))
    step = max(1, len(nights) // SHOWN)
    step -= step % WEIGH_EVERY if step > WEIGH_EVERY else 0
    shown = [*nights[::step], *([nights[-1]] if (len(nights) - 1) % step else [])]
    print("  ".join(f"{name:>12}" for name in names))
    for night in shown:
        print("  ".join(f"{night[name]:12.1f}" if name in night else " " * 12 for name in names))
    tenth = max(1, len(nights) // 10)
    for name in ("keep", "build", "publish"):
        first, last = (
            median([night[name] for night in some if name in night] or [0.0])
            for some in (nights[:tenth], nights[-tenth:])
        )
        print(f"{name}: {first:.2f} s in the first {tenth} nights, {last:.2f} s in the last")


def main() -> None:
    """Pass the nights that have not passed yet, and print them."""
    with ExitStack() as stack:
        folder = Path(KEPT or stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "nights.jsonl"
        if not log.exists():
            make(folder, REPORTS)
            publish(folder / "site", PublishJob(folder / "archive.db"))
            log.touch()
        nights: list[Night] = [json.loads(line) for line in log.read_text().splitlines()]
        for night in range(len(nights), NIGHTS):
            nights.append(pass_night(folder, night))
            with log.open("a") as file:
                file.write(f"{json.dumps(nights[-1])}\n")
            last = nights[-1]
            told = "  ".join(
                f"{name} {last[name]:.2f}" for name in ("keep", "build", "publish") if name in last
            )
            print(f"night {night + 1} of {NIGHTS}: {told}", file=sys.stderr, flush=True)
        show(nights)


if __name__ == "__main__":
    main()
