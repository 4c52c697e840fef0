"""A served folder of publications: the server follows a change without an interruption."""

from __future__ import annotations

import asyncio
import gc
import re
import sqlite3
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from gongkai.archive.cli import main
from gongkai.archive.store.csv_export import JOINED, TABLES, VIEWS
from gongkai.publish.server import datasette_server as server
from gongkai.publish.server import publication_server
from gongkai.publish.server.publication_server import PublicationServer, inspect_manifest
from tests.paths import ROOT
from tests.publish.publishing import publish
from tests.publish.samples import PINGLUO
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.filterwarnings(
    # the thread ends by SystemExit, which Python passes over in silence; pytest does not
    "ignore:Exception in thread .*_execute_writes:pytest.PytestUnhandledThreadExceptionWarning"
)

PAGES = ("/", f"/report/{PINGLUO}-2024", "/search?q=公开", "/en/checks", "/data", "/coverage")


@asynccontextmanager
async def alive(folder: Path) -> AsyncIterator[tuple[PublicationServer, httpx.AsyncClient]]:
    """Run the application with its life cycle, as a server does, and yield it with a client."""
    app, told, heard = (
        PublicationServer(folder),
        asyncio.Queue[dict[str, str]](),
        asyncio.Queue[str](),
    )
    await told.put({"type": "lifespan.startup"})

    async def send(message: dict[str, str]) -> None:
        await heard.put(message["type"])

    living = asyncio.create_task(app({"type": "lifespan"}, told.get, send))
    assert await heard.get() == "lifespan.startup.complete"
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield app, client
    await told.put({"type": "lifespan.shutdown"})
    await living
    assert app._current is not None
    app._current.retired = True
    await app._current.close_when_idle()


async def test_pages_are_those_of_the_archive(folder: Path, db: Path) -> None:
    """With tables in place of views and another index, pages and verdicts look the same."""
    from gongkai.publish.server.datasette_server import mount_languages, open_languages

    plain = open_languages(db, reviews=db.with_name("reviews.db"))
    for datasette in plain.values():
        await datasette.invoke_startup()
    transport = httpx.ASGITransport(app=mount_languages(plain))
    pages = (
        *(page for page in PAGES if page != "/data"),
        *("/checks", "/changes", "/compare?region=640000", "/region/640000", "/status"),
        *("/archive/reports", "/archive/report_summary?year=2024", "/archive/coverage"),
        *("/archive/refusal_reasons?year=2024", "/archive/reports_by_region"),
        *("/archive/cells?part=requests", "/feeds/checks.atom", "/search.csv?q=公开"),
    )
    async with (
        alive(folder) as (_, client),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as archive,
    ):
        for path in pages:
            expected, found = await archive.get(path), await client.get(path)
            assert found.status_code == expected.status_code == 200
            in_order = sorted if path.startswith("/archive/") else list  # views have no order
            assert in_order(words(found.text)) == in_order(words(expected.text)), path
    for datasette in plain.values():
        datasette.executor.shutdown()
        datasette.get_database().close()


async def test_the_list_of_tables_has_all_of_them(folder: Path) -> None:
    """What is a view in the file is counted in the manifest, and no table for Datasette."""
    async with alive(folder) as (_, client):
        for path in ("/archive", "/en/archive"):
            answer = await client.get(path)
            assert answer.status_code == 200, path
            for name in (*TABLES, *VIEWS):
                assert f'/archive/{name}"' in answer.text, name
        listed = (await client.get("/archive.json")).json()
    counts = {each["name"]: each["count"] for each in listed["tables"]}
    assert counts["reports"] > 0
    assert set(counts).isdisjoint(each["name"] for each in listed["views"])


def words(html: str) -> list[str]:
    """Return the words of a page, without SQL, times and what only a publication has or lacks."""
    own = r"<p class=\"version\">.*?</p>|<p class=\"hint\">最近建库：.*?</p>"
    text = re.sub(
        rf"{own}|<pre.*?</pre>|<updated>.*?</updated>|<[^>]*>", " ", html, flags=re.DOTALL
    )
    return text.split()


async def test_a_long_answer_is_ended_by_the_publication_that_began_it(
    folder: Path, db: Path
) -> None:
    """The old files are closed when the last answer is sent, and not before."""
    async with alive(folder) as (app, client):
        old = app._current
        assert old is not None
        old.requests += 1  # as somebody who downloads over a slow line
        publish(folder, db)
        await app.follow()
        assert app._current is not old
        assert (old.retired, len(old.datasettes)) == (True, 2)
        assert (await client.get("/")).status_code == 200
        old.requests -= 1
        await old.close_when_idle()
        assert old.datasettes == {}


async def test_a_broken_publication_is_not_served(
    folder: Path, db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is reported once, and the next good one is followed again."""
    async with alive(folder) as (app, client):
        before = app._current
        broken = publish(folder, db)
        (broken / "archive.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
        await app.follow()
        await app.follow()
        assert app._current is before
        assert (await client.get("/")).status_code == 200
        assert [record.message.count("继续提供原发布") for record in caplog.records] == [1]
        publish(folder, db)
        await app.follow()
        assert app._current is not before


async def test_a_publication_of_another_version_is_not_served(
    folder: Path, db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its pages would read tables of another layout; the one before it stays, and the reason is said."""
    async with alive(folder) as (app, client):
        before = app._current
        with closing(sqlite3.connect(publish(folder, db) / "archive.db")) as conn, conn:
            conn.execute("UPDATE rollup_layout SET layout = 'another'")
        await app.follow()
        assert app._current is before
        assert (await client.get("/")).status_code == 200
        assert ["由另一版本的 gongkai 发布" in record.message for record in caplog.records] == [
            True
        ]


async def test_a_page_that_fails_does_not_keep_the_others_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a report says, or how many there are, decides about its pages, not about the site."""
    from gongkai.publish.pages.lists import changes_list

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("interrupted")

    monkeypatch.setattr(changes_list, "load_page", fail)
    async with alive(folder) as (app, client):
        assert app.problem is None
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/changes")).status_code == 400
    assert [record.message.count("/changes 返回 HTTP 状态码 400") for record in caplog.records] == [
        1
    ]


async def test_nothing_is_counted_at_the_start(folder: Path) -> None:
    """Files are immutable, and the manifest gives Datasette the right counts of what is published."""
    publication = (folder / "current").resolve()
    told = inspect_manifest(publication)
    async with alive(folder) as (app, _):
        assert app._current is not None
        for datasette in app._current.datasettes.values():
            database = datasette.get_database("archive")
            assert not database.is_mutable
            assert database.hash == told["hash"]
            assert database.size == (publication / "archive.db").stat().st_size
            counts = await database.table_counts()
            assert counts["reports"] > 10
            for table, count in counts.items():
                rows = await database.execute(f"SELECT count(*) FROM [{table}]")
                assert rows.rows[0][0] == count
            tables, views = await database.table_names(), await database.view_names()
            assert set(counts) == {*TABLES, *VIEWS, *JOINED} & set(tables)
            assert {*counts, *views} == set(datasette.inspect_data["archive"]["tables"])


def threads() -> int:
    """Return the number of threads, without those of the event loop's pool."""
    return sum(not each.name.startswith("asyncio_") for each in threading.enumerate())


async def test_a_change_lets_go_of_the_publication_before(
    folder: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stays is looked at once, and not again while a page is made."""
    # pytest keeps the exception with which a thread of Datasette is ended, and all that it leads to
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    async with alive(folder) as (app, client):
        await client.get("/")
        assert gc.get_freeze_count() > 10_000
        old = weakref.ref(app._current.datasettes[""])
        publish(folder, db)
        await app.follow()
        assert old() is None
        assert (await client.get("/")).status_code == 200


async def test_many_changes_leave_no_threads_behind(folder: Path, db: Path) -> None:
    """A server runs for months."""
    async with alive(folder) as (app, client):
        before = threads()
        for _ in range(3):
            publish(folder, db)
            await app.follow()
            assert (await client.get("/en/")).status_code == 200
        end = time.monotonic() + PATIENCE_SECONDS
        while threads() > before + 4:  # of 24 that it had; they end a moment later
            assert time.monotonic() < end, [each.name for each in threading.enumerate()]
            await asyncio.sleep(0.05)


def test_a_first_publication_that_cannot_be_shown(folder: Path) -> None:
    """One line says why, and the exit code is 2."""
    publication = (folder / "current").resolve()
    with closing(sqlite3.connect(publication / "archive.db")) as conn, conn:
        conn.execute("DROP TABLE sections")
    done = subprocess.run(
        [sys.executable, "-c", "from gongkai.archive.cli import main; main()", "serve", "--published",
         str(folder), "--port", "0"],
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert f"{publication}：无法供网站使用：" in done.stderr


def test_a_folder_without_a_publication(tmp_path: Path) -> None:
    """One clear line. An archive and a publication cannot be served at once."""
    empty = CliRunner().invoke(main, ["serve", "--published", str(tmp_path)])
    assert (empty.exit_code, "尚未发布" in empty.stderr) == (2, True)
    both = CliRunner().invoke(main, ["serve", "--db", "a.db", "--published", str(tmp_path)])
    assert (both.exit_code, "--db 与 --published 不能同用" in both.stderr) == (2, True)


async def test_an_archive_is_served_with_the_public_verdicts_beside_it(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`gongkai serve --db` shows verdicts as soon as they are given."""
    apps = []
    monkeypatch.setattr(server, "run", lambda app, *_: apps.append(app))
    served = await asyncio.to_thread(CliRunner().invoke, main, ["serve", "--db", str(db)])
    assert served.exit_code == 0, served.output
    transport = httpx.ASGITransport(app=apps[0])
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        before = await client.get("/checks")
        with closing(sqlite3.connect(db.with_name("reviews.db"))) as conn, conn:
            conn.execute("UPDATE reviews SET comment = '刚刚写下' WHERE public = 1")
        after = await client.get("/checks")
    assert "刚刚写下" not in before.text
    assert "刚刚写下" in after.text
    assert "张三" not in after.text


def test_new_publications_are_noticed_within_seconds() -> None:
    """A publication is on the site within seconds."""
    assert publication_server.POLL_SECONDS <= 5
