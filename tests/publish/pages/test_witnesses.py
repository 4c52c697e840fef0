"""Who saw a report: our crawl beside web archives, and a report that only others saw."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.publish.pages.proof.sightings import load_sightings
from tests.publish.pages.test_report_page import URL, text
from tests.publish.samples import PINGLUO, samples
from tests.publish.small_archive import digest_of, fetcher, insert, started

REPORT = f"{PINGLUO}-2024"
COLUMNS = "imports/import-20250301T020000000Z-1.warc.gz"
SEEN = "2019-05-01T02:00:00Z"


def saw(conn: sqlite3.Connection, key: str, at: str, collection: str, remarks: str = "") -> None:
    """Put a sighting by another crawler into the archive."""
    digest = digest_of(samples()[0].body)
    fetch = (key, "pingluo", URL, URL, at, 200, "text/html", 10, digest, COLUMNS, 0, "report")
    insert(conn, "snapshots", fetch)
    note = ("pingluo.gov.cn", collection, "<b>nutch</b>", "a.warc.gz", "", "", SEEN, remarks)
    insert(conn, "imports", (key, *note))


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("", ("谁在何时见到", "本系统采集", "文字已转码", "本系统从未采集到本报告，它见于")),
        ("/en", ("Who saw it", "our crawl", "text coded anew", "We never fetched this report")),
    ],
)
async def test_the_page_says_who_saw_a_report(
    db: Path, base: str, expected: tuple[str, ...]
) -> None:
    title, us, recoded, only = expected
    with closing(sqlite3.connect(db)) as conn, conn:
        saw(conn, "a", SEEN, "Common Crawl CC-MAIN-2019-18")
        saw(conn, "b", "2020-05-01T02:00:00Z", "", "recoded")
    async with started(db) as site:
        report = await fetcher(site)(f"{base}/report/{REPORT}")
    section = report.find(id="sightings")
    assert section is not None
    rows = [text(row) for row in section.parent.select("tbody tr")]
    assert text(section) == title
    assert rows[0].startswith("2019-05-01 Common Crawl CC-MAIN-2019-18 a.warc.gz")
    assert recoded in rows[1]
    assert "<b>nutch</b>" in rows[1]
    assert us in rows[2]
    assert only not in text(report.find("header", class_="report-head"))
    assert "Common Crawl CC-MAIN-2019-18" in text(report.select_one(".citation"))


async def test_a_report_that_only_others_saw_is_marked(db: Path) -> None:
    with closing(sqlite3.connect(db)) as conn, conn:
        saw(conn, "a", SEEN, "Common Crawl CC-MAIN-2019-18")
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("DELETE FROM snapshots WHERE url = ? AND id != 'a'", (URL,))
        conn.execute("DELETE FROM copies WHERE report_id = ?", (REPORT,))
    async with started(db) as site:
        report = await fetcher(site)(f"/report/{REPORT}")
    head = text(report.find("header", class_="report-head"))
    assert "本系统从未采集到本报告，它见于：Common Crawl CC-MAIN-2019-18。" in head


async def test_a_report_that_only_we_saw_has_no_such_table(db: Path) -> None:
    async with started(db) as site:
        report = await fetcher(site)(f"/report/{REPORT}")
    assert report.find(id="sightings") is None


def test_a_run_of_ours_is_not_that_of_another_crawler(db: Path) -> None:
    """A proof names who fetched a document, also where a crawl of ours was under way then."""
    with closing(sqlite3.connect(db)) as conn:
        conn.row_factory = sqlite3.Row
        saw(conn, "a", "2025-03-01T02:00:00Z", "Common Crawl CC-MAIN-2025-08")
        (foreign,) = (
            each
            for each in load_sightings(conn, digest_of(samples()[0].body)).listed
            if each.snapshot == "a"
        )
    assert (foreign.run, foreign.seen_by) == ("", "Common Crawl CC-MAIN-2025-08")
