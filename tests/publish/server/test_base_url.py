"""Absolute addresses come from the operator, never from the Host header of a request."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from gongkai.archive.cli import main
from gongkai.publish.errors import CannotServe
from gongkai.publish.server import datasette_server as server
from gongkai.publish.server.datasette_server import (
    check_base_url,
    mount_languages,
    open_languages,
)

BASE = "https://gongkai.example"
STRANGER = {"host": "stranger.example", "x-forwarded-host": "stranger.example"}
PATHS = (
    *("/", "/data", "/feeds/reports.atom", "/en/feeds/checks.atom?region=640000", "/en/data"),
    *("/archive/reports?_size=1", "/archive/reports.json?_size=1", "/archive/reports.csv?_size=1"),
    *("/archive/agencies.json?_facet=level", "/archive.json", "/archive/sites/pingluo"),
)


@pytest.fixture(scope="module", params=["", BASE])
def base(request: pytest.FixtureRequest) -> str:
    """Return no base address, then one."""
    return str(request.param)


@pytest.fixture(scope="module")
async def client(base: str, rich: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a site with this base address."""
    datasettes = open_languages(rich, base_url=base)
    for each in datasettes.values():
        await each.invoke_startup()
    transport = httpx.ASGITransport(app=mount_languages(datasettes))
    async with httpx.AsyncClient(transport=transport, base_url="http://own.example") as found:
        yield found
    for each in datasettes.values():
        each.executor.shutdown()
        each.get_database().close()


@pytest.mark.parametrize("path", PATHS)
async def test_a_strange_host_is_in_no_answer(client: httpx.AsyncClient, path: str) -> None:
    """Neither in the body nor in a header: answers are cached and sent to others."""
    answer = await client.get(path, headers=STRANGER)
    assert "stranger.example" not in answer.text
    assert "stranger.example" not in str(answer.headers)
    assert without_times(answer.text) == without_times((await client.get(path)).text)


def without_times(body: str) -> str:
    """Return an answer without how long its query took."""
    return re.sub(r'"query_ms": [0-9.e-]+', "", body)


async def test_feeds_and_api_have_the_configured_base(client: httpx.AsyncClient, base: str) -> None:
    """Without one their addresses begin at the root of the site."""
    feed = (await client.get("/en/feeds/reports.atom?region=640000")).text
    assert f'href="{base}/en/feeds/reports.atom?region=640000"' in feed
    assert f'href="{base}/en/report/' in feed
    data = (await client.get("/en/data")).text
    assert f"<code>{base}/en/archive/reports.json" in data
    rows = (await client.get("/en/archive/reports.json?_size=1")).json()
    assert rows["next_url"].startswith(f"{base}/en/archive/reports.json?")


@pytest.mark.parametrize(
    "given",
    [
        *(
            "example.org",
            "ftp://example.org",
            "https://",
            "https://example.org/path",
            "//example.org",
        ),
        *(
            "https://user:secret@example.org",
            "https://example.org:port",
            "https://[::1",
            "javascript:0",
        ),
        *("https://example.org?x=1", "https://example.org#x", "https://a b", 'https://a"b'),
    ],
)
def test_a_base_that_is_none(given: str) -> None:
    """One clear line when the server starts."""
    with pytest.raises(CannotServe, match="base_url_invalid"):
        check_base_url(given)


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("", ""),
        ("https://example.org/", "https://example.org"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://[::1]:8001", "http://[::1]:8001"),
    ],
)
def test_a_base(given: str, base: str) -> None:
    """A slash at the end does not count."""
    assert check_base_url(given) == base


def test_the_command_takes_it_from_option_or_environment(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option has priority, and a wrong one is refused before the server listens."""
    monkeypatch.setattr(server, "run", lambda *_: None)
    given: list[str] = []
    monkeypatch.setattr(server, "check_base_url", lambda base: given.append(base) or base)
    runner = CliRunner(env={"GONGKAI_BASE_URL": BASE})
    assert runner.invoke(main, ["serve", "--db", str(db)]).exit_code == 0
    option = ["serve", "--db", str(db), "--base-url", "http://other.example"]
    assert runner.invoke(main, option).exit_code == 0
    assert given == [BASE, "http://other.example"]
    monkeypatch.undo()
    refused = CliRunner().invoke(main, ["serve", "--db", str(db), "--base-url", "example.org"])
    assert (refused.exit_code, "example.org：" in refused.stderr) == (2, True)
