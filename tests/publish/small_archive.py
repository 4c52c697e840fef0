"""A small archive made of samples, and the two instances of the site that serve it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.archive.pipeline.duties import write_duties
from gongkai.archive.pipeline.reference_data import region_rows
from gongkai.archive.pipeline.report_rows import content_rows
from gongkai.archive.store.database import writer
from gongkai.publish.server.datasette_server import open_languages
from tests.publish.samples import Sample, samples
from tests.publish.years import more_samples

Page = Callable[..., Awaitable[BeautifulSoup]]

SEEN = ("2025-03-01T02:00:00Z", "2025-06-01T18:30:00Z")

SITE = ("pingluo", "平罗县人民政府", "http://www.pingluo.gov.cn/", "640221", "trs")


def digest_of(body: bytes) -> str:
    """Return the digest of a document as the archive writes it."""
    return f"sha256:{sha256(body).hexdigest()}"


def insert(conn: sqlite3.Connection, table: str, *rows: tuple[object, ...]) -> None:
    """Put rows into a table, once; columns at its end that a row lacks get their defaults."""
    names = [name for _, name, *_ in conn.execute(f"PRAGMA table_info({table})")]
    for row in rows:
        columns, marks = ", ".join(names[: len(row)]), ", ".join("?" * len(row))
        conn.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", row)


def fill(conn: sqlite3.Connection, reports: Iterable[Sample]) -> None:
    """Put sample reports into an empty archive, all but the search index."""
    insert(conn, "regions", *region_rows())
    insert(conn, "sites", SITE)
    insert(
        conn,
        "runs",
        ("run-1", "crawl", "pingluo", *SEEN, "ok", 40, 6, 0, 30, 0, 0, 0, None, None),
    )
    for sample in reports:
        keep(conn, sample)


def compute_duties(path: Path) -> None:
    """Compute who owes reports in an archive that was filled, as a build does."""
    with writer(path) as conn:
        write_duties(conn, (), None)


def keep(conn: sqlite3.Connection, sample: Sample) -> None:
    """Put one sample report into the archive, with the snapshots of its documents."""
    report, agency = sample.report, sample.report.agency
    assert agency is not None
    region = agency.region_code
    insert(
        conn,
        "agencies",
        (sample.agency_id, agency.name, region, agency.level, agency.kind, agency.sector),
    )
    snapshot(conn, sample.url, sample.body, sample.media_type, report.title)
    digest = digest_of(sample.body)
    rows = content_rows(sample.id, report)
    said = (report.year, report.form, report.title, report.published_on)
    where = (sample.url, digest, report.status)
    covered = (report.covers, report.covers_sentence)
    row = (sample.id, sample.agency_id, *said, *where, *SEEN, len(rows["checks"]), *covered)
    insert(conn, "reports", row)
    for table, found in rows.items():
        insert(conn, table, *found)
    insert(conn, "revisions", (sample.id, digest, sample.url, *SEEN, 1))
    if sample.attachment:
        url, body = sample.attachment
        snapshot(conn, url, body, "application/pdf", report.title)
        insert(conn, "copies", (sample.id, digest_of(body), url, "attachment", *SEEN))


def snapshot(conn: sqlite3.Connection, url: str, body: bytes, kind: str, title: str) -> None:
    """Put a fetched document into the archive."""
    digest = digest_of(body)
    insert(conn, "documents", (digest, kind, title, "report", "1", ""))
    place = ("pingluo-20250301T020000Z-1.warc.gz", 1024)
    for name, seen in ((digest[7:39], SEEN[0]), (f"{digest[7:38]}x", SEEN[1])):
        fetch = (name, "pingluo", url, url, seen, 200, kind, len(body), digest, *place)
        insert(conn, "snapshots", (*fetch, "report", None))


def read_copy(snapshot_id: str) -> bytes:
    """Return the archived bytes of a snapshot, as the command line does from WARC files."""
    for sample in (*samples(), *more_samples()):
        bodies = [sample.body, *([sample.attachment[1]] if sample.attachment else [])]
        for body in bodies:
            if digest_of(body)[7:39] == snapshot_id:
                return body
    raise LookupError(snapshot_id)


@asynccontextmanager
async def started(path: Path, base_url: str = "") -> AsyncIterator[dict[str, Datasette]]:
    """Start the Chinese ("") and the English ("/en") instance on an archive, and stop them."""
    reviews = path.with_name("reviews.db")
    datasettes = open_languages(path, read_copy=read_copy, reviews=reviews, base_url=base_url)
    for datasette in datasettes.values():
        await datasette.invoke_startup()
    yield datasettes
    for datasette in datasettes.values():
        for database in datasette.databases.values():
            database.close()
        datasette.executor.shutdown()


def fetcher(datasettes: dict[str, Datasette]) -> Page:
    """Return a function that fetches a page and parses it; addresses under /en are English."""

    async def fetch(path: str, status: int = 200) -> BeautifulSoup:
        base = "/en" if path.startswith("/en/") else ""
        # the client of an instance puts its base in front by itself
        response = await datasettes[base].client.get(path.removeprefix(base))
        assert response.status_code == status, (path, response.status_code)
        return BeautifulSoup(response.text, "lxml")

    return fetch
