"""Start, switch and every address of a publication: seconds of the processor, the first time and after that."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

from gongkai.archive.publication import layout
from gongkai.publish.server.publication_server import OpenPublication, settle_objects
from tests.benchmarks.bench_pages import pages

ROUNDS = 3
SLOW = 1.0
"""Seconds from which an address is asked for once more only."""

FEW = (
    *("home", "report", "agency", "region: county", "region: province", "country"),
    *("search: in every report", "search: rare phrase", "checks", "table: reports"),
)
"""What is asked for at the largest size."""

FILES = (
    *("/checks.csv", "/changes.csv", "/coverage.csv", f"/search.csv?q={quote('公开')}"),
    *("/checks.json", "/changes.json", "/coverage.json", "/feeds/reports.atom"),
    *("/feeds/changes.atom", "/feeds/checks.atom", "/sitemap.xml", "/sitemap/pages.xml"),
    *("/codebook", "/codebook.json", "/openapi.json", "/releases", "/en/", "/en/checks"),
)

Figures = dict[str, float]


@contextmanager
def taking(figures: Figures, name: str) -> Iterator[None]:
    """Add the seconds of the processor that the block takes."""
    before = time.process_time()
    yield
    figures[name] = time.process_time() - before


def addresses(publication: Path) -> dict[str, str]:
    """Return every kind of address by what it is. The places are those with the most reports."""
    with closing(sqlite3.connect(publication / layout.DATABASE)) as conn:
        provinces = [
            code
            for (code,) in conn.execute(
                "SELECT substr(a.region_code, 1, 2) || '0000' FROM agencies a"
                " WHERE a.id IN (SELECT agency_id FROM reports)"
                " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 3"
            )
        ]
        report, agency, other = conn.execute(
            "SELECT max(r.id), min(r.agency_id), max(r.agency_id) FROM reports r"
            " JOIN agencies a ON a.id = r.agency_id WHERE a.region_code = ("
            "  SELECT min(region_code) FROM agencies WHERE level = 'county' AND region_code LIKE ?"
            "   AND id IN (SELECT agency_id FROM reports))",
            [f"{provinces[0][:2]}%"],
        ).fetchone()
    found = pages(agency, other, report)
    for usual, here in zip(("640000", "410000", "430000"), provinces, strict=False):
        found = {name: address.replace(usual, here) for name, address in found.items()}
    found |= {address: address for address in FILES}
    found |= {f"{kind}, {end}": f"/{kind}/{key}.{end}" for kind, key, end in (
        ("report", report, "json"), ("report", report, "csv"), ("agency", agency, "json"),
        ("region", provinces[0], "json"),
    )}  # fmt: skip
    tables = layout.read_manifest(publication)["rows"]
    return found | {
        f"rows of {name}": f"/{layout.DATABASE.removesuffix('.db')}/{name}" for name in tables
    }


async def measure_site(folder: Path, *, few: bool) -> Figures:
    """Return what start, switch and pages of the current publication take, in seconds and megabytes.

    "ADDRESS" is the time of an address once it was asked for, "ADDRESS, cold" that of the first time.
    """
    publication = layout.current_publication(folder)
    assert publication is not None
    figures: Figures = {}
    before = _memory()
    with taking(figures, "start"):
        served = await _opened(publication)
        settle_objects()
    figures["start, MB"] = _memory() - before
    before = _memory()
    with taking(figures, "switch"):
        following = await _opened(publication)
        served.retired = True
        await served.close_when_idle()
        settle_objects()
    figures["switch, MB"] = _memory() - before
    transport = httpx.ASGITransport(app=following.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for name, address in addresses(publication).items():
            if not few or name in FEW:
                figures |= await _page(client, name, address)
    figures["pages, MB"] = _memory()
    following.retired = True
    await following.close_when_idle()
    return figures


async def _opened(publication: Path) -> OpenPublication:
    served = OpenPublication.open(publication)
    await served.start()
    return served


async def _page(client: httpx.AsyncClient, name: str, address: str) -> Figures:
    taken: Figures = {}
    with taking(taken, "first"):
        status = (await client.get(address)).status_code
    again = []
    for _ in range(1 if taken["first"] > SLOW else ROUNDS):
        with taking(taken, "again"):
            await client.get(address)
        again.append(taken["again"])
    shown = name if status in (200, 302) else f"{name} ({status})"
    return {f"{shown}, cold": taken["first"], shown: statistics.median(again)}


def _memory() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(folder: Path, *, few: bool) -> Figures:
    """Return the figures of a folder of publications."""
    return asyncio.run(measure_site(folder, few=few))
