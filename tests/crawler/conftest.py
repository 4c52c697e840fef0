"""Fixtures of the crawler's tests: exchanges, pages, crawls of a small portal, dumps of the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from warcio.cli import main as warcio

from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.parse import HeaderList
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.tables.visits import VisitTable
from tests.crawler.tiny import FAST, HOST, PAGES, SITE, answers, served

HOME = "http://www.pingluo.gov.cn/"


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """Return a function that makes an exchange from address, body and headers."""

    def make(
        url: str = HOME,
        body: bytes = b"<html>\xe6\x94\xbf\xe5\xba\x9c</html>",
        headers: HeaderList = (("Content-Type", "text/html; charset=utf-8"),),
        status: int = 200,
        **changes: str,
    ) -> Exchange:
        plain = Exchange(
            url=url,
            fetched_at="2026-01-20T02:00:00Z",
            status=status,
            request_head=http_head("GET / HTTP/1.1", [("Host", "www.pingluo.gov.cn")]),
            response_head=http_head(status_line("HTTP/1.1", status), headers),
            body=body,
        )
        return replace(plain, **changes)

    return make


@pytest.fixture
def warcio_check() -> Callable[[Path], None]:
    """Return a function that runs `warcio check` over every file of a folder."""

    def check(folder: Path) -> None:
        with pytest.raises(SystemExit) as ended:
            warcio(["check", *map(str, sorted(folder.glob("*.warc.gz*")))])
        assert ended.value.code == 0

    return check


@pytest.fixture
def dump() -> Callable[[Path], dict[str, list[tuple[object, ...]]]]:
    """Return a function that dumps an index: every table, without the order of insertion."""

    def make(folder: Path) -> dict[str, list[tuple[object, ...]]]:
        db = sqlite3.connect(folder / "index.db")
        try:
            visits = VisitTable(db)
            seen = {
                key: visits.located("WHERE s.seq = ?", (seq,))
                for seq, key in db.execute("SELECT seq, id FROM snapshots").fetchall()
            }
            return {
                "visits": [
                    (*row[1:], *((each.seen_at, each.warc, each.offset) for each in seen[row[0]]))
                    for row in db.execute(
                        "SELECT s.id, s.id, v.id, v.fetched_at, v.status, v.server_date, v.refers,"
                        " v.payload, v.etag, v.last_modified FROM visits v"
                        " JOIN snapshots s ON s.seq = v.fetch WHERE v.later != x'' ORDER BY s.id"
                    )
                ],
                "stretches": db.execute(
                    "SELECT sequence, started, ended, lead, shift, clock, file, fetches, visits,"
                    " last_fetch, is_empty FROM stretches ORDER BY file, started, sequence"
                ).fetchall(),
                "snapshots": [row[1:] for row in db.execute("SELECT * FROM snapshots ORDER BY id")],
                "notes": db.execute("SELECT * FROM notes ORDER BY snapshot").fetchall(),
                "files": db.execute("SELECT * FROM files ORDER BY name").fetchall(),
                "runs": db.execute("SELECT * FROM runs ORDER BY id").fetchall(),
            }
        finally:
            db.close()

    return make


@pytest.fixture
def html_page() -> Callable[[str], WebPage]:
    """Return a function that makes a page of a list from its source."""

    def make(html: str) -> WebPage:
        body = f"<html><body>{html}</body></html>".encode()
        return WebPage("http://www.x.gov.cn/list/index.html", body)

    return make


@pytest.fixture
def run(tmp_path) -> Callable[..., Run]:
    """Return a function that crawls a portal, given as pages or as a function of the request."""

    def crawled(pages: object, **settings: str) -> Run:
        answerer = pages if callable(pages) else partial(answers, PAGES | pages)
        with served(answerer) as transport:
            proxy = f"http://user:secret@127.0.0.1:{transport.server_port}"
            (found,) = crawl([SITE], tmp_path, proxy=proxy, settings=FAST | settings)
            crawled.asked = [
                (url.removeprefix(HOST), status) for _, url, status in transport.requests
            ]
        return found

    return crawled
