"""Dear pages wait in line; when it is full the answer says so, and a report is served as always."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gongkai.publish.http.path_prefix import Place, answer_below
from gongkai.publish.queries.waiting_line import LineSize, WaitingLine
from gongkai.publish.server.datasette_server import mount_languages, open_languages
from tests.publish.samples import PINGLUO

SIZE = LineSize(served=1, served_of_one=1, waiting=1, waiting_of_one=1)
CHEAP = ("/", f"/report/{PINGLUO}-2024", f"/agency/{PINGLUO}", "/static/site.css", "/search")


@pytest.fixture
async def waiting(archive: Path) -> AsyncIterator[tuple[httpx.AsyncClient, WaitingLine]]:
    """Return a client of a site whose dear pages share one place, and the line before it."""
    line = WaitingLine(SIZE)
    datasettes = open_languages(archive, lines={"question": line, "drawing": line})
    for each in datasettes.values():
        await each.invoke_startup()
    app = answer_below(mount_languages(datasettes), Place.parse(""))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client, line
    for each in datasettes.values():
        each.executor.shutdown()
        each.get_database().close()


async def test_a_full_line(waiting: tuple[httpx.AsyncClient, WaitingLine]) -> None:
    """Status 503 in the language of the address, when to come again, and nothing for caches."""
    client, line = waiting
    await line.enter("somebody")
    queued = asyncio.create_task(client.get("/search?q=公开"))
    while not line._count_waiting():
        await asyncio.sleep(0.01)
    for path, words in (
        ("/search?q=公开", "请稍候"),
        ("/en/search?q=公开", "Busy"),
        ("/archive/reports.csv", "请稍候"),
        (f"/proof/{PINGLUO}-2024/requests/new/total", "请稍候"),
    ):
        answer = await client.get(path)
        assert (answer.status_code, words in answer.text) == (503, True), path
        assert answer.headers["retry-after"] == "10"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    as_data = (await client.get("/search.json?q=公开")).json()
    assert (as_data["status"], as_data["code"]) == (503, "busy")
    for path in CHEAP:
        assert (await client.get(path)).status_code == 200, path
    assert not queued.done()
    line.leave("somebody")
    assert (await queued).status_code == 200


async def test_every_place_is_given_back(
    waiting: tuple[httpx.AsyncClient, WaitingLine],
) -> None:
    """By answers, errors, redirects, heads, and files that are sent in parts."""
    client, line = waiting
    for path, status in (
        ("/search?q=公开", 200),
        ("/search?q=公开&page=999", 404),
        ("/checks?page=x", 400),
        ("/archive/nowhere?x=1", 404),
        ("/archive/reports?_sort=nothing", 400),
        ("/archive/reports.csv", 200),
        ("/proof/nothing/requests/new/total", 404),
    ):
        assert (await client.get(path)).status_code == status, path
        await client.head(path)
        assert not line._served, path


async def test_the_client_is_named_by_the_web_server_in_front(
    waiting: tuple[httpx.AsyncClient, WaitingLine],
) -> None:
    """One that fills the line is sent away, another is not."""
    client, line = waiting
    line._size = LineSize(served=1, served_of_one=1, waiting=5, waiting_of_one=1)
    await line.enter("somebody")
    greedy, other = ({"x-forwarded-for": f"192.0.2.{n}"} for n in (1, 2))
    first = asyncio.create_task(client.get("/search?q=公开", headers=greedy))
    while not line._count_waiting():
        await asyncio.sleep(0.01)
    assert (await client.get("/search?q=公开", headers=greedy)).status_code == 503
    second = asyncio.create_task(client.get("/search?q=公开", headers=other))
    while line._count_waiting() < 2:
        await asyncio.sleep(0.01)
    line.leave("somebody")
    assert [each.status_code for each in await asyncio.gather(first, second)] == [200, 200]
