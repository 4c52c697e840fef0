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
        ("", ("谁在何时见到", "本库采集", "文字已转换编码", "本库从未采集到本报告；见于")),
        ("/en", ("Who saw it", "our crawl", "text re-encoded", "We never fetched this report")),
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


@pytest.mark.parametrize(
    ("base", "note"),
    [
        ("", "所记时间早于报告标注的发布日期（2020-01-20）"),
        ("/en", "dated before the report’s stated publication (2020-01-20)"),
    ],
)
async def test_a_date_of_others_before_the_publication_is_remarked(
    db: Path, base: str, note: str
) -> None:
    """What a foreign file says of its time is shown, and not believed where the report says otherwise."""
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.execute("UPDATE reports SET published_on = '2020-01-20' WHERE id = ?", (REPORT,))
        saw(conn, "a", "2020-01-19T15:59:59Z", "Collection A")
        saw(conn, "b", "2020-01-19T16:00:00Z", "Collection B")
    async with started(db) as site:
        report = await fetcher(site)(f"{base}/report/{REPORT}")
    section = report.find(id="sightings")
    assert section is not None
    rows = [text(row) for row in section.parent.select("tbody tr")]
    assert [note in row for row in rows[:2]] == [True, False]  # midnight in China is at 16:00 UTC
    assert not any(note in row for row in rows[2:])


async def test_a_report_that_only_others_saw_is_marked(db: Path) -> None:
    with closing(sqlite3.connect(db)) as conn, conn:
        saw(conn, "a", SEEN, "Common Crawl CC-MAIN-2019-18")
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("DELETE FROM snapshots WHERE url = ? AND id != 'a'", (URL,))
        conn.execute("DELETE FROM copies WHERE report_id = ?", (REPORT,))
    async with started(db) as site:
        report = await fetcher(site)(f"/report/{REPORT}")
    head = text(report.find("header", class_="report-head"))
    assert "本库从未采集到本报告；见于：Common Crawl CC-MAIN-2019-18。" in head
    assert "仅他人见过，本库尚未向原网站查询。" in head


@pytest.mark.parametrize(
    ("base", "dates", "listed", "entry"),
    [
        (
            "",
            "本库于 2025-09-02 得知其已撤下；最后一次见到是 2019-05-01，见到者：Common Crawl X。",
            "本库于 2025-09-02 得知，最后一次见到是 2019-05-01",
            "2025-09-01T18:00:00Z",
        ),
        (
            "/en",
            "Known to be gone since 2025-09-02; last seen on 2019-05-01 by: Common Crawl X.",
            "noticed on 2025-09-02, and it was last seen on 2019-05-01",
            "2025-09-01T18:00:00Z",
        ),
    ],
)
async def test_a_removal_is_dated_by_the_day_on_which_it_became_known(
    db: Path, base: str, dates: str, listed: str, entry: str
) -> None:
    with closing(sqlite3.connect(db)) as conn, conn:
        saw(conn, "a", SEEN, "Common Crawl X")
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("DELETE FROM snapshots WHERE url = ? AND id != 'a'", (URL,))
        conn.execute("DELETE FROM copies WHERE report_id = ?", (REPORT,))
        insert(
            conn,
            "snapshots",
            ("gone", "pingluo", URL, URL, entry, 404, "text/html", 0, "", "x", 0, ""),
        )
        insert(conn, "absences", (REPORT, entry, None))
        conn.execute(
            "UPDATE reports SET status = 'removed', first_seen = ?, last_seen = ? WHERE id = ?",
            (SEEN, SEEN, REPORT),
        )
    async with started(db) as site:
        report = await fetcher(site)(f"{base}/report/{REPORT}")
        changes = await fetcher(site)(f"{base}/changes?event=removed")
        feed = await site[base].client.get("/feeds/changes.atom")
        home = await fetcher(site)(f"{base}/")
    head = text(report.find("header", class_="report-head"))
    assert dates in head
    assert "尚未向原网站查询" not in head
    assert "not yet asked" not in head
    assert listed in text(changes.select_one(".hits"))
    assert f"<updated>{entry}</updated>" in feed.text
    assert listed in feed.text
    assert "2025-09-02" in text(home.find("section", attrs={"aria-labelledby": "changed"}))


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
