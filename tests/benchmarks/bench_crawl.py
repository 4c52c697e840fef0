"""A simulated country crawled on loopback with politeness off: what a page costs, whether memory
stays flat, what further nights take, how fast the documents are read.

    GONGKAI_BENCH_PORTALS=20 python -m tests.benchmarks crawl      fewer than the usual 200

The portals are served by another process of this machine, which shares its cores: pages a second
are a lower bound. Plain Scrapy fetches the same pages in the same run, in turns with ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from gongkai.archive.pipeline import builder as build
from gongkai.clock import china_today
from gongkai.crawler.runs.jobs import Job, crawl
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.server import Replica
from tests.benchmarks.one_portal import Cost, ask
from tests.benchmarks.watching import ours, resident, watched
from tests.replica.families.country import Country, Size
from tests.replica.families.searches import SEARCHES
from tests.replica.families.serving import ALL, layout, serve, site

PORTALS = int(os.environ.get("GONGKAI_BENCH_PORTALS", "200"))
CORES = len(os.sched_getaffinity(0))
RUDE = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "False"}
TOMORROW = {"GONGKAI_TODAY": (china_today() + timedelta(days=1)).isoformat(), "GONGKAI_SEASON": ""}
NIGHTS = {
    "a night out of season": TOMORROW,
    "a night that asks for all": TOMORROW | {"GONGKAI_ROTATION_DAYS": "1"},
}
LARGE = Size(departments=100, towns=60, years=3)
AT_ONCE = 16
Line = tuple[str, str, str]


def main() -> None:
    """Print the figures, line by line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for lines in (
            requests_for_reports(folder / "requests"),
            beside_scrapy(folder / "beside", min(PORTALS, 6)),
            country(folder / "country", PORTALS),
            further_nights(folder / "nights", max(PORTALS // 10, 2)),
            one_large_portal(folder / "large"),
            many_at_once(folder / "many"),
        ):
            for what, figure, remark in lines:
                print(f"{what:<52}{figure:>15}  {remark}".rstrip(), flush=True)


def requests_for_reports(folder: Path) -> Iterator[Line]:
    """What is asked for of each family, beside what one has to ask for who knows where reports are."""
    made = [
        layout(family, seed, departments=3, towns=3)
        for seed, family in enumerate((*ALL, *SEARCHES), 1)
    ]
    with Replica(pages=serve(made)) as replica:
        runs = crawl([site(one) for one in made], folder, proxy=replica.url, settings=RUDE)
        asked = Counter(urlsplit(url).hostname for _, url, _ in replica.requests)
        urls = {url for _, url, _ in replica.requests}
    for one, run in zip(made, runs, strict=True):
        host = one.place.host
        requests = asked[host] - 1  # without robots.txt
        near = sum(f"http://{host}{path}" in urls for path in one.near_misses())
        ratio = requests / len(one.needed())
        reports = f"{run.counts.get('reports', 0)} of {len(one.found())} reports"
        yield (
            f"requests for an address needed: {one.name}",
            f"{ratio:.2f}",
            f"{reports}, {near} near misses",
        )


def beside_scrapy(folder: Path, portals: int) -> Iterator[Line]:
    """The same pages three ways in turns: the ratios are of neighbouring runs."""
    costs: dict[str, list[Cost]] = {"plain": [], "links": [], "ours": []}
    with served(portals, Size()) as server:
        for site in server.sites:
            costs["ours"].append(ask("ours", Job(site, folder, server.url, RUDE)))
            with Snapshots(folder) as snapshots:
                urls = [snapshot.url for snapshot in snapshots.all(site.id)]
            for way in ("plain", "links"):
                costs[way].append(ask(way, (urls, server.url)))
    names = {"plain": "Scrapy, answers dropped", "links": "Scrapy, links taken", "ours": "ours"}
    for way, name in names.items():
        each = median(1000 * cost.crawl / cost.pages for cost in costs[way])
        start = median(cost.whole - cost.crawl for cost in costs[way])
        yield f"CPU a page: {name}", f"{each:.1f} ms", f"and {start:.2f} s to start the process"
    for way in ("plain", "links"):
        ratios = [
            (own.crawl / own.pages) / (other.crawl / other.pages)
            for own, other in zip(costs["ours"], costs[way], strict=True)
        ]
        yield f"ours / {names[way]}", f"{median(ratios):.1f}", f"median of {portals} portals"


def country(folder: Path, portals: int) -> Iterator[Line]:
    """All portals, as many at a time as there are cores."""
    with served(portals, Size()) as server:
        started = time.monotonic()
        with watched(server.pid) as seen:
            runs = crawl(server.sites, folder, proxy=server.url, settings=RUDE, workers=CORES)
        seconds = time.monotonic() - started
    places = [made.place for made in server.country.portals]
    agencies = len({(place.host, item.unit.name) for place in places for item in place.reports()})
    pages, well = total(runs, "requests"), sum(run.outcome == "ok" for run in runs)
    families = len({type(made) for made in server.country.portals})
    yield "portals / agencies", f"{portals} / {agencies}", f"{families} families"
    wanted = sum(len(place.reports()) for place in places)
    yield "portals well / reports", f"{well} / {total(runs, 'reports')}", f"of {portals} / {wanted}"
    yield "pages", f"{pages}", f"in {seconds:.0f} s on {CORES} cores"
    yield "pages a second", f"{pages / seconds:.0f}", ""
    yield "CPU a page, process starts included", f"{1000 * seen.cpu / pages:.1f} ms", ""
    yield "memory of all processes, highest by quarter", seen.quarters, "MB"
    yield "kept on disk, a page", f"{disk(folder) / pages / 1000:.1f} kB", ""


def further_nights(folder: Path, portals: int) -> Iterator[Line]:
    """Nights on which nothing changed, as shares of the first one; then what was kept is read."""
    with served(portals, Size()) as server:
        first = night(folder, server, {})
        for what, settings in NIGHTS.items():
            other = night(folder, server, settings)
            shares = (100 * now / then for now, then in zip(other, first, strict=True))
            figure = "/".join(f"{share:.1f}" for share in shares)
            yield f"{what}: requests/bytes/time", figure, f"% of the first, {portals} portals"
        started = time.monotonic()
        with Snapshots(folder) as kept, watched(server.pid) as seen:
            built = build.build(folder / "archive.db", build.BuildJob(kept, server.sites))
        each = (time.monotonic() - started) / built.documents
        yield "documents read a second", f"{1 / each:.0f}", f"{built.documents} on {CORES} cores"
        yield "memory while they are read, by quarter", seen.quarters, "MB"


def night(folder: Path, server: Server, settings: dict[str, str]) -> tuple[float, float, float]:
    """Requests, bytes of entities that were sent, and seconds of one night."""
    started = time.monotonic()
    with Snapshots(folder) as snapshots:
        seen = max((number for number, _ in snapshots.after(0)), default=0)
    runs = crawl(server.sites, folder, proxy=server.url, settings=RUDE | settings, workers=CORES)
    seconds = time.monotonic() - started
    with Snapshots(folder) as snapshots:
        sent = sum(one.bytes for _, one in snapshots.after(seen) if one.status != 304)
    return total(runs, "requests"), sent, seconds


def one_large_portal(folder: Path) -> Iterator[Line]:
    """Memory over a crawl of many pages."""
    with served(1, LARGE) as server, watched(server.pid) as seen:
        (run,) = crawl(server.sites, folder, proxy=server.url, settings=RUDE)
    pages, reports = run.counts["requests"], run.counts["reports"]
    yield f"one portal of {pages} pages, {reports} reports: memory", seen.quarters, "MB by quarter"


def many_at_once(folder: Path) -> Iterator[Line]:
    """What it takes to have a further portal under way, asked at a polite pace."""
    slow = RUDE | {"DOWNLOAD_DELAY": "0.5"}
    with served(AT_ONCE, Size()) as server:
        before = sum(map(resident, ours(server.pid)))
        with watched(server.pid) as seen:
            crawl(server.sites, folder, proxy=server.url, settings=slow, workers=AT_ONCE)
    each = (max(seen.memory) - before) / AT_ONCE
    yield "memory of a portal under way", f"{each:.0f} MB", f"{AT_ONCE} at the same time"


@dataclass(frozen=True)
class Server:
    """A country that is served by a process of its own."""

    country: Country
    url: str
    pid: int

    @property
    def sites(self) -> list[Site]:
        """The registry's entries of its portals."""
        return self.country.sites()


@contextmanager
def served(portals: int, size: Size) -> Iterator[Server]:
    """Serve a country as long as the block lasts."""
    words = [word for name, value in asdict(size).items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.replica.families.country", str(portals), *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        yield Server(Country(portals, size), url, server.pid)
        server.stdin.close()


def total(runs: Sequence[Run], name: str) -> int:
    """A count of all runs together."""
    return sum(run.counts.get(name, 0) for run in runs)


def disk(folder: Path) -> int:
    """Bytes of the files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
