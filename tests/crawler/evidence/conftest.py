"""Runs that tests of the evidence keep."""

from __future__ import annotations

import pytest

from gongkai.crawler.evidence.closing import close_run
from gongkai.crawler.warc.snapshot import Run


@pytest.fixture
def keep_run(exchange):
    """Keep some pages of a site as a run does, and close it; return its manifest and its snapshots."""

    def keep_run(snapshots, number, *bodies, site="weibin", month="03"):
        times = [f"2026-{month}-01T02:00:00Z", f"2026-{month}-01T03:00:00Z"]
        run = Run(f"{number:032x}", site, *times, "ok", {"new": len(bodies)})
        writer = snapshots.writer(site, run.id)
        kept = [
            writer.write_exchange(
                exchange(url=f"http://www.weibin.gov.cn/{place}", body=body, fetched_at=times[0])
            )[0]
            for place, body in enumerate(bodies)
        ]
        writer.write_run(run)
        return close_run(snapshots, writer, run), kept

    return keep_run
