"""A small archive, made with the archive's own schema, and the site that serves it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette
from playwright.async_api import Browser, async_playwright

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.store import search
from gongkai.archive.store.database import transaction, writer
from gongkai.archive.store.names import name_index
from gongkai.crawler.browser.chromium import FEATURES_OFF
from tests.publish.publishing import publish
from tests.publish.samples import samples
from tests.publish.small_archive import Page, compute_duties, fetcher, fill, insert, started
from tests.publish.years import CHANGES, REVIEWS, RUNS, SITES, TWIN_PASSAGES, more_samples


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a small archive. Its file is not called archive.db on purpose."""
    path = tmp_path_factory.mktemp("publish") / "small-2025.db"
    with writer(path) as conn, transaction(conn):
        fill(conn, samples())
        search.rebuild_index(conn)
        name_index.write_names(conn)
    compute_duties(path)
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
        name_index.write_names(conn)
        checks = dict(conn.execute("SELECT rule, id FROM checks"))
    compute_duties(path)
    with closing(sqlite3.connect(path.with_name("reviews.db"))) as conn, conn:
        conn.execute(
            'CREATE TABLE reviews (check_id text PRIMARY KEY, verdict, comment, "by", at, public)'
        )
        for rule, verdict, comment, public in REVIEWS:
            row = (checks[rule], verdict, comment, "张三", "2025-07-01T00:00:00Z", public)
            insert(conn, "reviews", row)
    return path


@pytest.fixture(scope="session")
def both(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Return an archive, which has nothing ready, and the public file of it."""
    public = tmp_path_factory.mktemp("ready") / "public.db"
    write_public_file(rich, public)
    return rich, public


@pytest.fixture
def pair(both: tuple[Path, Path]) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Return connections to both."""
    with closing(sqlite3.connect(both[0])) as plain, closing(sqlite3.connect(both[1])) as ready:
        plain.row_factory = ready.row_factory = sqlite3.Row
        yield plain, ready


@pytest.fixture(scope="session")
async def country(rich: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return both instances on the rich archive, started once: tests only read."""
    async with started(rich) as datasettes:
        yield datasettes


@pytest.fixture
def visit(country: dict[str, Datasette]) -> Page:
    """Return a function that fetches a page of the rich archive, in Chinese or under /en."""
    return fetcher(country)


@pytest.fixture(scope="session")
async def site(archive: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return the Chinese ("") and the English ("/en") instance, started once: tests only read."""
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


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return Debian's Chromium, driven from the loop of the tests.

    Playwright's synchronous interface would leave its own loop running: nothing else could then
    run one in this process.
    """
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic"),
                f"--disable-features={','.join(FEATURES_OFF)}",
            ],
        )
        yield chromium
        await chromium.close()


@pytest.fixture
def db(rich: Path, tmp_path: Path) -> Path:
    """Return an archive that a test may change, with verdicts beside it."""
    shutil.copy(rich.with_name("reviews.db"), tmp_path)
    return Path(shutil.copy(rich, tmp_path))


@pytest.fixture(scope="session")
def first_publication(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one publication of the rich archive, to be copied."""
    home = tmp_path_factory.mktemp("first")
    shutil.copy(rich.with_name("reviews.db"), home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        publish(home / "public", Path(shutil.copy(rich, home)))
    return home / "public"


@pytest.fixture
def folder(first_publication: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a publication of `db`; more are written without waiting for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return Path(shutil.copytree(first_publication, tmp_path / "public", symlinks=True))
