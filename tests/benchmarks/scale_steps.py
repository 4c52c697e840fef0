"""One step of a night on a made-up country, measured in a process of its own.

python -m tests.benchmarks.scale_steps STEP FOLDER REPORTS prints one line of JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from gongkai.archive.cli import main as command
from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.publication.publish_job import PublishJob
from gongkai.archive.publication.publisher import publish
from gongkai.crawler.warc.snapshot import new_run_id
from tests.archive.folder import report_page
from tests.benchmarks import made_country, scale_pages
from tests.benchmarks.made_country import MadeSnapshots, read_made, sites
from tests.benchmarks.made_nights import exchange, keep_night
from tests.benchmarks.made_reports import made_report
from tests.benchmarks.year import sizes

TODAY = "2025-06-10"
MANY = 200
"""Reports that change in a night."""

Figures = Mapping[str, float]


def make(folder: Path, reports: int) -> Figures:
    """Make the country: index, and archive by a first build."""
    made_country.make(folder, reports)
    return {}


def build_now(folder: Path, reports: int) -> Figures:
    """Build what is new."""
    with MadeSnapshots(folder / "snapshots") as snapshots:
        job = BuildJob(snapshots, sites(reports), read=read_made, today=TODAY)
        build(folder / "archive.db", job)
    return {}


def keep(folder: Path, body: bytes, night: int) -> Figures:
    """Keep a page of the first county, as a crawl does."""
    site = sites(1)[0]
    at = f"2025-06-{night:02}T02:00:00Z"
    with MadeSnapshots(folder / "snapshots") as snapshots:
        writer = snapshots.writer(site.id, new_run_id())
        writer.write_exchange(exchange(f"{site.url}new.html", site.host, at, body))
        writer.close()
    return {}


def fetch_new(folder: Path, reports: int) -> Figures:
    """Keep a report of an agency that had none."""
    county = made_report(0).region.name
    return keep(folder, report_page(f"{county}林业局", 2024), 2)


def fetch_changed(folder: Path, reports: int) -> Figures:
    """Keep another version of that report."""
    county = made_report(0).region.name
    return keep(folder, report_page(f"{county}林业局", 2024, new__total="7"), 3)


def fetch_many(folder: Path, reports: int) -> Figures:
    """Keep the new versions of a usual night."""
    return {
        name: float(number) for name, number in keep_night(folder, reports, 3, MANY, MANY).items()
    }


def status(folder: Path, reports: int) -> Figures:
    """Print the last runs, to nobody."""
    words = ["status", "--db", str(folder / "archive.db"), "--snapshots", str(folder / "snapshots")]
    with contextlib.redirect_stdout(io.StringIO()):
        command.main(words, standalone_mode=False)
    return {}


def publish_now(folder: Path, reports: int) -> Figures:
    """Publish what there is, and say how: `renewed` is 1 where the last publication was renewed.

    What was written is what the publication does not share with the last one.
    """
    made = publish(folder / "site", PublishJob(folder / "archive.db"))
    files = [path.stat() for path in made.path.rglob("*") if path.is_file()]
    return {
        "renewed": float(made.why_full is None),
        "written, MB": sum(each.st_size for each in files if each.st_nlink == 1) / 1e6,
        "publication, MB": sum(each.st_size for each in files) / 1e6,
    }


def open_folder(folder: Path, reports: int) -> Figures:
    """Open the originals, and ask for their runs and remarks."""
    with MadeSnapshots(folder / "snapshots") as snapshots:
        snapshots.runs([])
        list(snapshots.remarks())
    return {}


def ask_pages(folder: Path, reports: int) -> Figures:
    """Ask for every address of the publication."""
    return scale_pages.measured(folder / "site", few=False)


def ask_few_pages(folder: Path, reports: int) -> Figures:
    """Ask for ten addresses of the publication."""
    return scale_pages.measured(folder / "site", few=True)


def weigh(folder: Path, reports: int) -> Figures:
    """Return the sizes of what there is."""
    return {f"{name}, MB" if "files" not in name else name: n for name, n in sizes(folder).items()}


STEPS: dict[str, Callable[[Path, int], Figures]] = {
    "make": make,
    "build": build_now,
    "fetch_new": fetch_new,
    "fetch_changed": fetch_changed,
    "fetch_many": fetch_many,
    "open_folder": open_folder,
    "status": status,
    "publish": publish_now,
    "pages": ask_pages,
    "few_pages": ask_few_pages,
    "weigh": weigh,
}


def main() -> None:
    """Do one step and print what it took."""
    name, folder, reports = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    before, started = os.times(), time.monotonic()
    found = STEPS[name](folder, reports)
    after = os.times()
    taken = {
        "seconds": sum(after[:4]) - sum(before[:4]),
        "wall": time.monotonic() - started,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "figures": dict(found),
    }
    sys.stdout.write(f"{json.dumps(taken)}\n")


if __name__ == "__main__":
    main()
