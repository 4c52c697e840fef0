"""Nights on a made-up country: what a crawl keeps of them, through the real writer and its WARC files.

A changed report is a document that says its number and its version, followed by as many bytes as a page has
that cannot be compressed further. `read_made` reads it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from gongkai.clock import seconds_of, stamp_of, utc_stamp
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.snapshot import Run, new_run_id
from gongkai.crawler.warc.store import Snapshots
from tests.benchmarks.made_country import MadeSnapshots, sites
from tests.benchmarks.made_reports import MadeReport, changed_body, made_report

FIRST_NIGHT = date(2025, 6, 2)
PAGE_BYTES = 8_000


def night_of(number: int) -> date:
    """Return the day of a night; they are numbered from 0."""
    return FIRST_NIGHT + timedelta(days=number)


def keep_night(
    folder: Path, reports: int, night: int, changed: int, unchanged: int
) -> dict[str, int]:
    """Keep a night: so many reports in a new version, so many that are as they were.

    The changed ones are spread over the portals, each night over others. Portals follow each other, a fetch
    a second.
    """
    dice = random.Random(f"night {night}")
    new = dice.sample(range(reports), min(changed, reports))
    old = dice.sample(range(reports), min(unchanged, reports))
    by_portal: dict[str, list[tuple[MadeReport, bytes]]] = {}
    for number in old:
        by_portal.setdefault(_portal(number), []).append((made_report(number), b""))
    for number in new:
        body = changed_body(number, night + 1, dice.randbytes(PAGE_BYTES))
        by_portal.setdefault(_portal(number), []).append((made_report(number), body))
    known = {site.id: site for site in sites(reports)}
    with MadeSnapshots(folder / "snapshots") as snapshots:
        seconds = count()
        for name in sorted(by_portal):
            _keep_portal(snapshots, known[name], night, by_portal[name], seconds)
    return {"changed": len(new), "unchanged": len(old), "portals": len(by_portal)}


def _portal(number: int) -> str:
    return f"m{made_report(number).region.code}"


def _keep_portal(
    snapshots: Snapshots,
    site: Site,
    night: int,
    pages: Sequence[tuple[MadeReport, bytes]],
    seconds: Iterator[int],
) -> None:
    midnight = seconds_of(f"{night_of(night)}T00:00:00Z")
    run = new_run_id()
    writer = snapshots.writer(site.id, run)
    started = stamp_of(midnight + next(seconds))
    for made, body in pages:
        at = stamp_of(midnight + next(seconds))
        writer.write_exchange(exchange(made.url, site.host, at, body))
    counts = {"requests": len(pages), "new": sum(1 for _, body in pages if body)}
    writer.write_run(Run(run, site.id, started, utc_stamp(), "ok", counts))
    writer.close()


def exchange(url: str, host: str, at: str, body: bytes) -> Exchange:
    """Return a request and its answer; without a body, that nothing changed."""
    status = 200 if body else 304
    return Exchange(
        url=url,
        fetched_at=at,
        status=status,
        request_head=http_head(f"GET {url} HTTP/1.1", [("Host", host)]),
        response_head=http_head(
            status_line("HTTP/1.1", status), [("Content-Type", "text/html")] if body else []
        ),
        body=body,
    )
