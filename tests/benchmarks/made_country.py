"""A made-up country of any size: originals by their index, and an archive built from them.

The index of the originals is filled in bulk, without WARC files: a document is the number of its report, and
a reader that knows what the number stands for takes the place of the extractor. The archive is filled in bulk,
too (`made_rows`); a test compares it with what the project's own loader writes (`make_by_building`). Later
fetches are real ones, written and read as in any night.

python -m tests.benchmarks.made_country 5000 FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.workers.process_pool import EncodedReading, Task, encode_reading
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.parse import HeaderList
from gongkai.crawler.warc.snapshot import IndexEntry, Run, Snapshot
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.tables.stretches import FileOpening, StretchTracker
from gongkai.extract.chinese.divisions import regions
from gongkai.extract.report import read
from tests.benchmarks.made_reports import MadeReport, counties, made_report, reading_of_body
from tests.benchmarks.made_rows import writing_in_bulk

MADE = "made-"
FETCHES = 5
"""Fetches of each address: the first one, then four that found it unchanged."""


def sites(reports: int) -> list[Site]:
    """Return the portals of so many reports, one for each county."""
    last = made_report(max(0, reports - 1)).region.code
    codes = counties()[: counties().index(last) + 1]
    return [
        Site(f"m{code}", f"{regions()[code].name}人民政府", code, f"http://www.m{code}.gov.cn/")
        for code in codes
    ]


class MadeSnapshots(Snapshots):
    """A folder whose made-up originals have no files."""

    def body(self, snapshot: Snapshot) -> bytes:
        """Return the number of a made-up report, or a real document."""
        if not snapshot.warc.startswith(MADE):
            return super().body(snapshot)
        return snapshot.url.rpartition("/")[2].removesuffix(".html").encode()

    def headers(self, snapshot: Snapshot) -> HeaderList:
        """Return no headers for a made-up document."""
        return [] if snapshot.warc.startswith(MADE) else super().headers(snapshot)


def read_made(tasks: Iterable[Task]) -> Iterator[tuple[Task, EncodedReading]]:
    """Read made-up documents from their numbers, real ones in this process."""
    for task in tasks:
        reading = reading_of_body(task.body) or read(task.body, task.source)
        yield task, encode_reading(reading)


def fill_index(snapshots: Snapshots, reports: int) -> None:
    """Add the fetches of so many reports, in order of time, and a run for each night and portal.

    Visits that found nothing new are counted beside the fetch that they confirm, as in any index.
    """
    index = snapshots.index
    for night in range(FETCHES):
        at = f"2025-0{night + 2}-01T02:00:00Z"
        files: dict[str, StretchTracker] = {}
        with index.batch():
            for site in sites(reports):
                run = sha256(f"{site.id} {night}".encode()).hexdigest()[:32]
                name = f"{MADE}{site.id}-{night}.warc.gz"
                index.files.add(name, site.id, run, at)
                index.runs.add(Run(run, site.id, at, at, "ok", {"requests": 400}))
                opening = FileOpening(name, index.stretches.next_sequence(), site.id, run, at)
                files[site.id] = StretchTracker(index.stretches, opening)
            for number in range(reports):
                entry = _entry(made_report(number), night, at)
                stretch = files[entry.snapshot.site].place(at, entry.snapshot.offset)
                index.add(entry, stretch)
            for file in files.values():
                file.finish()


def _entry(made: MadeReport, night: int, at: str) -> IndexEntry:
    digest = f"sha256:{sha256(made.body).hexdigest()}"
    first, key = (sha256(f"{made.number} {when}".encode()).hexdigest()[:32] for when in (0, night))
    site = f"m{made.region.code}"
    snapshot = Snapshot(
        *(key, site, made.url, made.url, at, 304 if night else 200, "text/html", 30_000, digest),
        *(f"{MADE}{site}-{night}.warc.gz", made.number),
    )
    kind = ("revisit", "", first) if night else ("response", digest, "")
    return IndexEntry(snapshot, *kind, f'"{digest[7:20]}"', "", "")


def make(folder: Path, reports: int) -> Path:
    """Make originals and archive of so many reports below a folder in bulk, and return the archive."""
    with writing_in_bulk():
        return make_by_building(folder, reports)


def make_by_building(folder: Path, reports: int) -> Path:
    """Make the same through each step of a build, which takes three times as long."""
    archive = folder / "archive.db"
    with MadeSnapshots(folder / "snapshots") as snapshots:
        if not archive.exists():
            fill_index(snapshots, reports)
        build(archive, BuildJob(snapshots, sites(reports), read=read_made, today="2025-06-01"))
    return archive


def main() -> None:
    """Make a country: `python -m tests.benchmarks.made_country N FOLDER`."""
    if len(sys.argv) != 3 or not sys.argv[1].isdecimal():
        sys.exit("python -m tests.benchmarks.made_country N FOLDER")
    archive = make(Path(sys.argv[2]), int(sys.argv[1]))
    sys.stdout.write(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
