"""Pages of reports that were made to cost much: they end in time and say what they leave out."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from gongkai.catalogue import text
from gongkai.publish.http.page_budget import CHARACTERS, PageBudget
from gongkai.publish.http.time_limit import time_limit
from gongkai.publish.server.datasette_server import mount_languages, open_languages
from tests.publish.samples import PINGLUO

REPORT = f"{PINGLUO}-2024"
CUT = text("zh", "page_cut")
SECONDS = 8
"""Of processor time, for a page on a busy machine; what bounds it is a fraction of this."""


@asynccontextmanager
async def served(db: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Serve an archive, and yield a client of it."""
    datasettes = open_languages(db)
    for each in datasettes.values():
        await each.invoke_startup()
    transport = httpx.ASGITransport(app=mount_languages(datasettes))
    async with httpx.AsyncClient(transport=transport, base_url="http://own.example") as client:
        yield client
    for each in datasettes.values():
        each.executor.shutdown()
        each.get_database().close()


@pytest.fixture
async def hostile(db: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of an archive with a report that was edited in 4,000 places."""
    with closing(sqlite3.connect(db)) as conn, conn:
        for number in range(4000):
            old, new = ("甲乙" * 200)[number % 7 :][:399], ("乙甲甲" * 134)[number % 5 :][:399]
            key = (REPORT, "2025-06-02T00:00:00Z", "sentences", str(1 + number % 6))
            conn.execute(
                "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*key, f"{number:04}", old, new),
            )
    async with served(db) as client:
        yield client


@pytest.mark.parametrize("path", [f"/report/{REPORT}", "/changes", "/changes?event=edited"])
async def test_a_page_says_that_it_is_cut(hostile: httpx.AsyncClient, path: str) -> None:
    """Before, each of them compared 4,000 pairs of texts, for minutes."""
    began = time.process_time()
    page = await hostile.get(path)
    assert (page.status_code, page.text.count(CUT)) == (200, 1)
    assert time.process_time() - began < SECONDS
    assert len(page.text) < 10 * CHARACTERS


@pytest.mark.parametrize("path", ["/", "/feeds/changes.atom", "/changes.csv", f"/agency/{PINGLUO}"])
async def test_other_pages_are_whole(hostile: httpx.AsyncClient, path: str) -> None:
    began = time.process_time()
    page = await hostile.get(path)
    assert (page.status_code, CUT in page.text) == (200, False)
    assert time.process_time() - began < SECONDS


async def test_data_says_that_it_is_cut(hostile: httpx.AsyncClient) -> None:
    assert (await hostile.get(f"/report/{REPORT}.json")).json()["is_cut"] is True
    assert "is_cut" not in (await hostile.get(f"/report/{PINGLUO}-2023.json")).json()


async def test_a_csv_file_says_so_in_its_last_line(
    hostile: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongkai.publish.views import list_views

    monkeypatch.setattr(list_views, "LIST_LINES", 100)
    lines = (await hostile.get("/changes.csv")).text.splitlines()
    assert lines[-1] == text("zh", "csv_cut", address="/data")
    assert len(lines) == 102


async def test_a_report_of_millions_of_characters(db: Path) -> None:
    """Sections that are left out are not called missing."""
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.executemany(
            "INSERT INTO sections VALUES (?, 1, '一、', ?, ?)",
            [(REPORT, "公开" * 200_000, place) for place in range(100, 140)],
        )
    async with served(db) as client:
        for path in (f"/report/{REPORT}", "/search?q=公开"):
            began = time.process_time()
            page = await client.get(path)
            assert page.status_code == 200
            assert time.process_time() - began < SECONDS
            assert len(page.text) < 3 * CHARACTERS


def test_a_budget_counts_characters_and_processor_time() -> None:
    budget = PageBudget(characters=10)
    assert list(budget.limit(["1234", "5678", "90123", "4"], len)) == ["1234", "5678"]
    assert budget.is_exceeded
    assert list(budget.limit(["1"], len)) == []
    spent = PageBudget(seconds=0.05)
    counted = sum(1 for _ in spent.limit(iter(int, 1), lambda _: 0))
    assert counted > 0
    assert spent.is_exceeded


def test_a_query_has_a_processor_time() -> None:
    """Waiting does not count, working does."""
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.create_function("wait", 0, lambda: time.sleep(0.2) or 1)
        endless = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"
        )
        with time_limit(conn, 100):
            assert conn.execute("SELECT wait()").fetchone() == (1,)
        with time_limit(conn, 100), pytest.raises(sqlite3.OperationalError, match="interrupted"):
            conn.execute(endless).fetchone()
