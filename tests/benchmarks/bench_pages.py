"""CPU of the server for each page at 20,000 reports, beside stock Datasette on the same file.

The baseline is what Datasette itself does for a faceted table page; figures are of the process
that serves, the median of several requests after a first one.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from datasette.app import Datasette

from gongkai.archive.publication import public_file
from gongkai.archive.publication.soundness import count_rows
from gongkai.publish.server.datasette_server import Inspected, open_languages
from gongkai.publish.site import DATABASE
from tests.benchmarks.many_reports import make

REPORTS = int(os.environ.get("GONGKAI_BENCH_REPORTS", "20000"))
KEPT = os.environ.get("GONGKAI_BENCH_DB", "")
"""A file to make once and use again, while one works on a page."""

ROUNDS = 7
LIMIT = 0.100
STOCK = (
    ("reports, three facets", "/reports?_facet=year&_facet=form&_facet=status"),
    ("report_summary, filtered", "/report_summary?region_code=640121&year=2024"),
    ("one row", "/reports/{report}"),
)


STOCK_PROGRAM = """
import asyncio, json, sys
sys._called_from_test = True  # Datasette loads no plugins of installed packages then
from pathlib import Path
from tests.benchmarks.bench_pages import measure_stock
print(json.dumps(asyncio.run(measure_stock(Path(sys.argv[1]), sys.argv[2]))))
"""


def pages(agency: str, other: str, report: str) -> dict[str, str]:
    """Return the addresses that are measured, by what they are."""
    return {
        "home": "/",
        "report": f"/report/{report}",
        "agency": f"/agency/{agency}",
        "region: county": f"/region/{agency[:6]}",
        "region: province": "/region/640000",
        "country": "/region",
        "search: rare phrase": f"/search?q={quote('999条')}",
        "search: in every report": f"/search?q={quote('公开')}",
        "search: common pairs, rare phrase": f"/search?q={quote('公开信息')}",
        "search: long phrase, narrowed": f"/search?q={quote('政府信息公开工作年度报告')}&region=640000",
        "search: narrowed": f"/search?q={quote('错别字')}&region=640000&year=2024",
        "search: operators": f"/search?q={quote('公开 OR 复议 -错别字')}",
        "search: a name": f"/search?q={quote('工信局')}",
        "search: pinyin, dates": "/search?q=ningxia+gxj&published_from=2022-01-01",
        "search: JSON": f"/search.json?q={quote('公开')}",
        "search: feed": f"/search.atom?q={quote('公开')}",
        "names": "/names.json?q=ping",
        "names: many": f"/names.json?q={quote('局')}",
        "table: feed": "/table.atom?region=640000",
        "search: facets alone": "/search?region=640000&year=2024&answer=refused",
        "checks": "/checks",
        "checks: narrowed": "/checks?rule=requests_balance&year=2024&region=640000",
        "changes": "/changes",
        "coverage: missing": "/coverage?status=missing",
        "compare: two agencies": f"/compare?agency={agency}&agency={other}",
        "compare: three provinces": "/compare?region=640000&region=410000&region=430000",
        "status": "/status",
        "data": "/data",
        "feed": "/feeds/reports.atom?region=640000",
        "feed: rule": "/feeds/checks.atom?rule=requests_balance",
        "table: reports": "/archive/reports",
        "table: filtered": "/archive/reports?_region=640000&year=2024",
        "table: summary": "/archive/report_summary?year=2024&kind=government",
        "table: figures by value": "/archive/figures?_sort_desc=value",
        "table: requests by total": "/archive/requests?_sort_desc=total",
        "table: requests in context": "/archive/requests_in_context",
        "table: reasons by requests": "/archive/refusal_reasons?_sort_desc=requests",
        "table: cells": "/archive/cells",
        "built table": "/table?region=640000&year=2024&measure=refused&sort=-refused.2024",
        "map": "/map",
        "checks by size": "/checks?sort=size",
        "coverage by days late": "/coverage?sort=late",
        "search by refused": "/search?sort=refused",
        "report as of a day": f"/report/{report}?as_of=2025-12-31",
    }


async def cpu(datasette: Datasette, path: str) -> float:
    """Return the median CPU seconds of a page; the first request is not count_rows."""
    taken = []
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        answer = await datasette.client.get(path)
        taken.append(time.process_time() - start)
        assert answer.status_code == 200, (path, answer.status_code)
    return statistics.median(taken[1:])


async def measure(path: Path) -> None:
    """Print each page with its milliseconds and its share of the baseline."""
    ours = open_languages(path, inspected=told(path))[""]
    await ours.invoke_startup()
    two = await ours.get_database(DATABASE).execute(
        "select max(id) as id, agency_id from reports group by agency_id"
        " order by agency_id like '640121%' desc, agency_id limit 2"
    )
    report, agency, other = two.rows[0]["id"], two.rows[0]["agency_id"], two.rows[1]["agency_id"]
    stock = await asyncio.to_thread(measured_apart, path, str(report))
    base = next(iter(stock.values()))
    for name, took in stock.items():
        print(f"stock Datasette: {name:28} {took * 1000:7.1f} ms {took / base:6.2f}")
    slow = []
    for name, address in pages(agency, other, report).items():
        took = await cpu(ours, address)
        print(f"{name:45} {took * 1000:7.1f} ms {took / base:6.2f}")
        if took > LIMIT:
            slow.append(name)
    print(f"over {LIMIT * 1000:.0f} ms: {', '.join(slow) or 'none'}")
    ours.executor.shutdown()


def told(path: Path) -> Inspected:
    """Return what a publication knows of its file."""
    size = path.stat().st_size
    tables = {name: {"count": rows} for name, rows in count_rows(path).rows.items()}
    return {"hash": "", "size": size, "file": path.name, "tables": tables}


def measured_apart(path: Path, report: str) -> dict[str, float]:
    """Return the CPU seconds of stock pages, from a process that has none of our plugins."""
    command = [sys.executable, "-c", STOCK_PROGRAM, str(path), report]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


async def measure_stock(path: Path, report: str) -> dict[str, float]:
    """Return the CPU seconds of stock pages, by name."""
    stock = Datasette(immutables=[str(path)], settings={"default_allow_sql": False})
    await stock.invoke_startup()
    return {
        name: await cpu(stock, f"/{path.stem}{address.format(report=report)}")
        for name, address in STOCK
    }


def public(archive: Path) -> Path:
    """Make an archive and the public file of it, as `gongkai publish` does; say how long that took."""
    path = archive.with_name(f"{archive.stem}-public.db")
    if not path.is_file():
        make(archive, REPORTS)
        start = time.process_time()
        public_file.write_public_file(archive, path)
        took = time.process_time() - start
        print(
            f"{REPORTS} reports: the public file of {path.stat().st_size / 1e6:.0f} MB in {took:.1f} s"
        )
    return path


def main() -> None:
    """Make the archive and measure it."""
    if KEPT:
        asyncio.run(measure(public(Path(KEPT))))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(public(Path(folder) / "many.db")))
