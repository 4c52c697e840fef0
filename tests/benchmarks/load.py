"""How many readers a site serves: `python -m tests.benchmarks.load`.

Each line is a server of so many processes, with or without nginx before it. The readers are one process
beside it, on the same machine; each asks for the next page as soon as it has read the last one. "of CPU"
are the seconds of the processor that the site took for each second: what is left was the readers', or
that of others on the machine.

REPORTS is the number of reports that are made and published, SITE a folder of publications to take in
their place. SECONDS is for how long each is measured, CLIENTS the numbers of readers, WORKERS the numbers
of processes, BEHIND_NGINX whether nginx is before them: "0 1" for both.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from gongkai.archive.publication import layout
from gongkai.archive.publication.publish_job import PublishJob
from gongkai.archive.publication.publisher import publish
from tests.benchmarks.load_client import Task
from tests.benchmarks.many_reports import make
from tests.benchmarks.watching import below, spent
from tests.nginx_before import nginx_before
from tests.paths import ROOT

REPORTS = int(os.environ.get("REPORTS", "4000"))
SITE = os.environ.get("SITE", "")
SECONDS = float(os.environ.get("SECONDS", "30"))
CLIENTS = os.environ.get("CLIENTS", "16 64")
WORKERS = os.environ.get("WORKERS", "1 2")
BEHIND_NGINX = os.environ.get("BEHIND_NGINX", "0 1")

SEARCHERS = 3
"""Readers who search a word that stands in every report, without end."""

PAGES = 400
"""Reports and agencies of which pages are asked for: more than a cache of pages would need to hold all."""

MIX = (
    *(("report", 40), ("agency", 15), ("home", 8), ("region", 8), ("static", 10), ("list", 5)),
    *(("rare", 8), ("frequent", 3), ("table", 2), ("data", 1)),
)
"""Of a hundred requests: what readers ask for. Most come from a search engine to one report."""


def addresses(site: Path) -> dict[str, list[str]]:
    """Return the addresses of each kind of page of a publication."""
    with closing(sqlite3.connect(site / layout.DATABASE)) as conn:

        def column(sql: str) -> list[str]:
            return [str(row[0]) for row in conn.execute(sql)]

        reports = column(f"SELECT id FROM reports ORDER BY digest LIMIT {PAGES}")
        agencies = column(
            f"SELECT DISTINCT agency_id FROM reports ORDER BY digest LIMIT {PAGES // 2}"
        )
        regions = column("SELECT DISTINCT region_code FROM agencies ORDER BY region_code LIMIT 60")
    return {
        "report": [f"/report/{each}" for each in reports],
        "agency": [f"/agency/{each}" for each in agencies],
        "home": ["/", "/en/"],
        "region": ["/region", *(f"/region/{each}" for each in regions)],
        "static": ["/static/site.css"],
        "list": ["/checks", "/changes", "/coverage", "/coverage?status=missing"],
        "rare": [f"/search?q={quote(f'错别字{n}处')}" for n in range(60)],
        "frequent": [f"/search?q={quote(word)}" for word in ("公开", "行政复议", "培训")],
        "table": ["/archive/reports?year=2024", "/table?region=640000&year=2024&measure=refused"],
        "data": ["/data", "/data/dictionary"],
    }


def mix(of: dict[str, list[str]]) -> list[str]:
    """Return addresses in the proportions of `MIX`: those of a kind in turn."""
    longest = max(map(len, of.values()))
    return [of[kind][n % len(of[kind])] for kind, share in MIX for n in range(share * longest)]


@contextmanager
def served(folder: Path, workers: int) -> Iterator[tuple[int, int]]:
    """Start `gongkai serve`, and yield its port and the number of its process."""
    options = ["--workers", str(workers)] if workers > 1 else []
    command = [sys.executable, "-c", "from gongkai.archive.cli import main; main()", "serve"]
    with subprocess.Popen(
        [*command, "--published", str(folder), "--port", "0", *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        found = re.search(r":(\d+)/", process.stdout.readline())
        assert found is not None
        try:
            yield int(found[1]), process.pid
        finally:
            process.terminate()


def read(
    port: int, groups: dict[str, tuple[int, list[str]]], seconds: float
) -> dict[str, dict[str, float]]:
    """Return what so many readers saw."""
    task: Task = {"port": port, "seconds": seconds, "groups": groups}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load_client"],
        input=json.dumps(task), capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    figures: dict[str, dict[str, float]] = json.loads(ran.stdout)
    return figures


def measure(port: int, pid: int, of: dict[str, list[str]], name: str) -> None:
    """Print the lines of a server; `pid` is the process of the site."""
    everything, searches = mix(of), [f"/search?q={quote('公')}"]
    read(port, {"warm": (4, everything)}, min(5.0, SECONDS))
    alone = {"report": (1, of["report"])}
    for title, groups, seconds in (
        *(
            (f"{clients} readers", {"all": (clients, everything)}, SECONDS)
            for clients in map(int, CLIENTS.split())
        ),
        ("a report page alone", alone, SECONDS / 3),
        (f"beside {SEARCHERS} who search", {**alone, "公": (SEARCHERS, searches)}, SECONDS / 3),
    ):
        before = cpu_seconds(pid)
        figures = read(port, groups, seconds)
        show(f"{name}, {title}", figures, (cpu_seconds(pid) - before) / seconds)


def cpu_seconds(pid: int) -> float:
    """Return the seconds of the processor that a process and those below it took."""
    return sum(map(spent, {pid, *below(pid)}))


def show(name: str, figures: dict[str, dict[str, float]], cpu: float) -> None:
    """Print the figures of the groups of readers."""
    for group, each in figures.items():
        print(
            f"{name:<44} {group:<7} {each['a_second']:7.1f}/s  median {each['median']:7.1f}  "
            f"p95 {each['p95']:7.1f} ms  {cpu:4.2f} of CPU  "
            f"refused {each['refused']:.0f}  errors {each['errors']:.0f}",
            flush=True,
        )


def main() -> None:
    """Publish, and measure each server."""
    with ExitStack() as stack:
        folder = Path(SITE or stack.enter_context(tempfile.TemporaryDirectory()))
        if not SITE:
            make(folder / "many.db", REPORTS)
            publish(folder, PublishJob(folder / "many.db"))
        current = layout.current_publication(folder)
        assert current is not None
        of = addresses(current)
        for workers in map(int, WORKERS.split()):
            name = f"{workers} process{'es' if workers > 1 else ''}"
            with served(folder, workers) as (port, pid):
                if "0" in BEHIND_NGINX:
                    measure(port, pid, of, name)
                if "1" in BEHIND_NGINX:
                    own = stack.enter_context(tempfile.TemporaryDirectory())
                    with nginx_before(port, Path(own), limited=False) as front:
                        measure(front, pid, of, f"{name}, nginx")


if __name__ == "__main__":
    main()
