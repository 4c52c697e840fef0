"""A simulated country crawled on loopback with politeness off: what a page costs, whether memory
stays flat, what a second night takes.

    python -m tests.benchmarks.bench_crawl 20      fewer portals than the usual 200

The portals are served by another process of this machine, which shares its cores: pages a second
are a lower bound. Plain Scrapy fetches the same pages in the same run, in turns with ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from crawler.entry import Run
from crawler.jobs import Job, crawl
from crawler.rotation import today
from crawler.snapshots import Snapshots
from tests.benchmarks.one_portal import EVERY, Cost, ask, resident
from tests.replica.families.country import Country, Size

PORTALS = int(os.environ.get("GONGKAI_BENCH_PORTALS", "200"))
CORES = len(os.sched_getaffinity(0))
RUDE = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "False"}
TOMORROW = {"GONGKAI_TODAY": (today() + timedelta(days=1)).isoformat(), "GONGKAI_SEASON": ""}
NIGHTS = {
    "a night out of season": TOMORROW,
    "a night that asks for all": TOMORROW | {"GONGKAI_ROTATION_DAYS": "1"},
}
LARGE = Size(departments=100, towns=60, years=3)


def main(portals: int = PORTALS) -> None:
    """Print the figures, line by line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for lines in (
            beside_scrapy(folder / "beside", min(portals, 6)),
            country(folder / "country", portals),
            one_large_portal(folder / "large"),
        ):
            for what, figure, remark in lines:
                print(f"{what:<52}{figure:>14}  {remark}".rstrip(), flush=True)


def beside_scrapy(folder: Path, portals: int) -> Iterator[tuple[str, str, str]]:
    """The same pages three ways in turns: the ratios are of neighbouring runs."""
    size, costs = Size(), dict[str, list[Cost]]()
    with served(portals, size) as proxy:
        for site in Country(portals, size).sites():
            ours = ask("ours", Job(site, folder, proxy, RUDE))
            with Snapshots(folder) as snapshots:
                urls = [snapshot.url for snapshot in snapshots.all(site.id)]
            costs.setdefault("ours", []).append(ours)
            for way in ("plain", "links"):
                costs.setdefault(way, []).append(ask(way, (urls, proxy)))
    names = {"plain": "Scrapy, answers dropped", "links": "Scrapy, links taken", "ours": "ours"}
    for way, name in names.items():
        each = median(1000 * cost.crawl / cost.pages for cost in costs[way])
        start = median(cost.whole - cost.crawl for cost in costs[way])
        yield f"CPU a page: {name}", f"{each:.1f} ms", f"and {start:.2f} s to start the process"
    for way in ("plain", "links"):
        ratios = [
            (ours.crawl / ours.pages) / (other.crawl / other.pages)
            for ours, other in zip(costs["ours"], costs[way], strict=True)
        ]
        yield f"ours / {names[way]}", f"{median(ratios):.1f}", f"median of {portals} portals"


def country(folder: Path, portals: int) -> Iterator[tuple[str, str, str]]:
    """All portals at once, then a tenth of them on two further nights."""
    size = Size()
    held = Country(portals, size)
    agencies = portals * (1 + size.departments + size.towns)
    yield (
        "portals / agencies",
        f"{portals} / {agencies}",
        f"{len({*map(type, held.portals)})} families",
    )
    with served(portals, size) as proxy:
        started = time.monotonic()
        with watched() as seen:
            runs = crawl(held.sites(), folder, proxy=proxy, settings=RUDE, workers=CORES)
        seconds = time.monotonic() - started
        pages, reports = total(runs, "requests"), total(runs, "reports")
        wanted = sum(len(made.place.reports()) for made in held.portals)
        well = sum(run.outcome == "ok" for run in runs)
        yield "portals well / reports found", f"{well} / {reports}", f"of {portals} / {wanted}"
        yield "pages", f"{pages}", f"in {seconds:.0f} s on {CORES} cores"
        yield "pages a second", f"{pages / seconds:.0f}", ""
        yield "CPU a page, process starts included", f"{1000 * seen.cpu / pages:.1f} ms", ""
        quarters = [max(part) for part in split(seen.memory, 4)]
        yield (
            "memory of all processes, highest by quarter",
            "/".join(f"{m:.0f}" for m in quarters),
            "MB",
        )
        yield "kept on disk, a page", f"{disk(folder) / pages / 1000:.1f} kB", ""
        yield from further_nights(held, proxy)


def further_nights(held: Country, proxy: str) -> Iterator[tuple[str, str, str]]:
    """Nights on which nothing changed, as shares of the first one of the same portals."""
    some = held.sites()[: max(len(held.portals) // 10, 2)]
    with tempfile.TemporaryDirectory() as name:
        first = night(Path(name), some, proxy, {})
        for what, settings in NIGHTS.items():
            other = night(Path(name), some, proxy, settings)
            shares = (100 * now / then for now, then in zip(other, first, strict=True))
            yield (
                f"{what}: requests/bytes/time",
                "/".join(f"{share:.1f}" for share in shares),
                f"% of the first, {len(some)} portals",
            )


def night(
    folder: Path, sites: Sequence[object], proxy: str, settings: dict[str, str]
) -> tuple[float, float, float]:
    """Requests, bytes of entities that were sent, and seconds of one night."""
    started = time.monotonic()
    with Snapshots(folder) as snapshots:
        seen = max((number for number, _ in snapshots.after(0)), default=0)
    runs = crawl(sites, folder, proxy=proxy, settings=RUDE | settings, workers=CORES)
    seconds = time.monotonic() - started
    with Snapshots(folder) as snapshots:
        sent = sum(s.bytes for _, s in snapshots.after(seen) if s.status != 304)
    return total(runs, "requests"), sent, seconds


def one_large_portal(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Memory of one process that fetches many pages."""
    with served(1, LARGE) as proxy:
        (site,) = Country(1, LARGE).sites()
        cost = ask("ours", Job(site, folder, proxy, RUDE))
    quarters = [max(part) for part in split(cost.memory, 4)]
    wanted = len(Country(1, LARGE).portals[0].place.reports())
    yield (
        f"one portal of {cost.pages} pages, {wanted} reports: memory",
        "/".join(f"{m:.0f}" for m in quarters),
        "MB",
    )


@contextmanager
def served(portals: int, size: Size) -> Iterator[str]:
    """A country in a process of its own; gives the address of the proxy."""
    words = [word for name, value in asdict(size).items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.replica.families.country", str(portals), *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server.stdout.readline().strip()
        server.stdin.close()


@dataclass
class Seen:
    """What processes took: CPU seconds, and megabytes of all of them together, now and then."""

    cpu: float = 0.0
    memory: list[float] = field(default_factory=list)


@contextmanager
def watched() -> Iterator[Seen]:
    """Watch this process and those that start below it from now on."""
    seen, done, others = Seen(), threading.Event(), set(below(os.getpid()))
    started = time.process_time()

    def look() -> None:
        while not done.wait(EVERY):
            seen.memory.append(sum(map(resident, {os.getpid(), *below(os.getpid())} - others)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()
        seen.cpu = time.process_time() - started
        seen.cpu += sum(map(spent, set(below(os.getpid())) - others))


def below(pid: int) -> Iterator[int]:
    """The processes that a process started, and theirs."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            for child in map(int, path.read_text(encoding="ascii").split()):
                yield child
                yield from below(child)


def spent(pid: int) -> float:
    """CPU seconds of a process and of those below it that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def total(runs: Sequence[Run], name: str) -> int:
    """A count of all runs together."""
    return sum(run.counts.get(name, 0) for run in runs)


def disk(folder: Path) -> int:
    """Bytes of the files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def split(values: Sequence[float], parts: int) -> list[Sequence[float]]:
    """A sequence in so many parts of the same length."""
    return [
        values[len(values) * n // parts : len(values) * (n + 1) // parts] or [0.0]
        for n in range(parts)
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]))
