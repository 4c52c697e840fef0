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
from collections.abc import Callable
from pathlib import Path

from gongkai.archive.cli import main as command
from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.publication.publisher import PublishJob, publish
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.snapshot import new_run_id
from tests.archive.folder import report_page
from tests.benchmarks import made_country
from tests.benchmarks.made_country import MadeSnapshots, read_made, sites
from tests.benchmarks.made_reports import made_report

AT = "2025-06-0{night}T02:00:00Z"
TODAY = "2025-06-10"


def make(folder: Path, reports: int) -> None:
    """Make the country: index, and archive by a first build."""
    made_country.make(folder, reports)


def build_now(folder: Path, reports: int) -> None:
    """Build what is new."""
    with MadeSnapshots(folder / "snapshots") as snapshots:
        job = BuildJob(snapshots, sites(reports), read=read_made, today=TODAY)
        build(folder / "archive.db", job)


def fetch(folder: Path, body: bytes, path: str, night: int) -> None:
    """Keep a page of the first county, as a crawl does."""
    site = sites(1)[0]
    exchange = Exchange(
        url=f"{site.url}{path}",
        fetched_at=AT.format(night=night),
        status=200,
        request_head=http_head(f"GET /{path} HTTP/1.1", [("Host", site.host)]),
        response_head=http_head(status_line("HTTP/1.1", 200), [("Content-Type", "text/html")]),
        body=body,
    )
    with MadeSnapshots(folder / "snapshots") as snapshots:
        writer = snapshots.writer(site.id, new_run_id())
        writer.write_exchange(exchange)
        writer.close()


def fetch_new(folder: Path, reports: int) -> None:
    """Keep a report of an agency that had none."""
    county = made_report(0).region.name
    fetch(folder, report_page(f"{county}林业局", 2024), "new.html", 2)


def fetch_changed(folder: Path, reports: int) -> None:
    """Keep another version of that report."""
    county = made_report(0).region.name
    fetch(folder, report_page(f"{county}林业局", 2024, new__total="7"), "new.html", 3)


def status(folder: Path, reports: int) -> None:
    """Print the last runs, to nobody."""
    words = ["status", "--db", str(folder / "archive.db"), "--snapshots", str(folder / "snapshots")]
    with contextlib.redirect_stdout(io.StringIO()):
        command.main(words, standalone_mode=False)


def publish_now(folder: Path, reports: int) -> None:
    """Publish what there is."""
    publish(folder / "site", PublishJob(folder / "archive.db"))


def open_folder(folder: Path, reports: int) -> None:
    """Open the originals, and ask for their runs and remarks."""
    with MadeSnapshots(folder / "snapshots") as snapshots:
        snapshots.runs([])
        list(snapshots.remarks())


STEPS: dict[str, Callable[[Path, int], None]] = {
    "make": make,
    "build": build_now,
    "fetch_new": fetch_new,
    "fetch_changed": fetch_changed,
    "open_folder": open_folder,
    "status": status,
    "publish": publish_now,
}


def main() -> None:
    """Do one step and print what it took."""
    name, folder, reports = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    before, started = os.times(), time.monotonic()
    STEPS[name](folder, reports)
    after = os.times()
    taken = {
        "seconds": sum(after[:4]) - sum(before[:4]),
        "wall": time.monotonic() - started,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(f"{json.dumps(taken)}\n")


if __name__ == "__main__":
    main()
