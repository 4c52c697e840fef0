"""A small archive, made with the archive's own schema, and the site that serves it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from bs4 import BeautifulSoup
from datasette.app import Datasette
from playwright.async_api import Browser, async_playwright

from gongkai.archive.pipeline.report_rows import content
from gongkai.archive.store import search
from gongkai.archive.store.database import transaction, writer
from gongkai.extract.chinese.divisions import REGIONS
from gongkai.publish.server.datasette_server import languages
from tests.publish.publishing import publish
from tests.publish.samples import Sample, samples
from tests.publish.years import CHANGES, REVIEWS, RUNS, SITES, TWIN_PASSAGES, more_samples

Page = Callable[..., Awaitable[BeautifulSoup]]
SEEN = ("2025-03-01T02:00:00Z", "2025-06-01T18:30:00Z")
SITE = ("pingluo", "平罗县人民政府", "http://www.pingluo.gov.cn/", "640221", "trs")


def digest_of(body: bytes) -> str:
    """Return the digest of a document as the archive writes it."""
    return f"sha256:{sha256(body).hexdigest()}"


def insert(conn: sqlite3.Connection, table: str, *rows: tuple[object, ...]) -> None:
    """Put rows into a table, once."""
    for row in rows:
        marks = ", ".join("?" * len(row))
        conn.execute(f"insert or ignore into {table} values ({marks})", row)


def fill(conn: sqlite3.Connection, reports: Iterable[Sample]) -> None:
    """Put sample reports into an empty archive, all but the search index."""
    insert(
        conn,
        "regions",
        *((r.code, r.name, r.full_name, r.level, r.parent_code or None) for r in REGIONS.values()),
    )
    insert(conn, "sites", SITE)
    insert(
        conn,
        "runs",
        ("run-1", "crawl", "pingluo", *SEEN, "ok", 40, 6, 0, 30, 0, 0, 0),
    )
    for sample in reports:
        keep(conn, sample)


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
    rows = content(sample.id, report)
    said = (report.year, report.form, report.title, report.published_on)
    where = (sample.url, digest, report.status)
    row = (sample.id, sample.agency_id, *said, *where, *SEEN, len(rows["checks"]))
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
        fetch = (name, "pingluo", url, url, seen, 200, kind, len(body), digest, *place, "report")
        insert(conn, "snapshots", fetch)


def read_copy(snapshot_id: str) -> bytes:
    """Return the kept bytes of a snapshot, as the command line does from the WARC files."""
    for sample in (*samples(), *more_samples()):
        bodies = [sample.body, *([sample.attachment[1]] if sample.attachment else [])]
        for body in bodies:
            if digest_of(body)[7:39] == snapshot_id:
                return body
    raise LookupError(snapshot_id)


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a small archive. Its file is not called archive.db on purpose."""
    path = tmp_path_factory.mktemp("publish") / "small-2025.db"
    with writer(path) as conn, transaction(conn):
        fill(conn, samples())
        search.rebuild_index(conn)
    return path


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of several years and regions, with late, missing and edited reports.

    Beside it lies `reviews.db` with what people said of its checks.
    """
    path = tmp_path_factory.mktemp("rich") / "archive.db"
    with writer(path) as conn, transaction(conn):
        fill(conn, (*samples(), *more_samples()))
        insert(conn, "sites", *SITES)
        insert(conn, "runs", *RUNS)
        insert(conn, "changes", *CHANGES)
        insert(conn, "twin_passages", *TWIN_PASSAGES)
        search.rebuild_index(conn)
        checks = dict(conn.execute("select rule, id from checks"))
    with closing(sqlite3.connect(path.with_name("reviews.db"))) as conn, conn:
        conn.execute(
            'create table reviews (check_id text primary key, verdict, comment, "by", at, public)'
        )
        for rule, verdict, comment, public in REVIEWS:
            row = (checks[rule], verdict, comment, "张三", "2025-07-01T00:00:00Z", public)
            insert(conn, "reviews", row)
    return path


@pytest.fixture
async def country(rich: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return both instances on the rich archive, started."""
    async with started(rich) as datasettes:
        yield datasettes


@pytest.fixture
def visit(country: dict[str, Datasette]) -> Page:
    """Return a function that fetches a page of the rich archive, in Chinese or under /en."""
    return fetcher(country)


@asynccontextmanager
async def started(path: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Start the Chinese ("") and the English ("/en") instance on an archive, and stop them."""
    datasettes = languages(path, read_copy=read_copy, reviews=path.with_name("reviews.db"))
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


@pytest.fixture
async def site(archive: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return the Chinese ("") and the English ("/en") instance, started."""
    async with started(archive) as datasettes:
        yield datasettes


@pytest.fixture
def page(site: dict[str, Datasette]) -> Page:
    """Return a function that fetches a page and parses it."""
    return fetcher(site)


@pytest.fixture
def chinese(site: dict[str, Datasette]) -> Datasette:
    """Return the Chinese instance."""
    return site[""]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return Debian's Chromium, driven from the loop of the session.

    Playwright's synchronous interface would leave its own loop running: nothing else could then
    run one in this process.
    """
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic"],
        )
        yield chromium
        await chromium.close()


@pytest.fixture
def db(rich: Path, tmp_path: Path) -> Path:
    """Return an archive that a test may change, with verdicts beside it."""
    shutil.copy(rich.with_name("reviews.db"), tmp_path)
    return Path(shutil.copy(rich, tmp_path))


@pytest.fixture
def folder(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one publication; no power is lost here, so the disk may take its time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    publish(tmp_path / "public", db)
    return tmp_path / "public"
