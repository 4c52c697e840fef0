"""robots.txt and the sitemap."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from bs4 import BeautifulSoup

from gongkai.publish.pages.lists import sitemap
from gongkai.publish.pages.lists.sitemap import SITEMAP, list_block, list_files
from gongkai.publish.server.datasette_server import mount_languages, open_languages
from tests.publish.samples import PINGLUO

BASE = "https://gongkai.example"


@pytest.fixture(scope="module")
async def client(rich: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a site that knows its address."""
    datasettes = open_languages(rich, base_url=BASE)
    for each in datasettes.values():
        await each.invoke_startup()
    transport = httpx.ASGITransport(app=mount_languages(datasettes))
    async with httpx.AsyncClient(transport=transport, base_url="http://own.example") as found:
        yield found
    for each in datasettes.values():
        each.executor.shutdown()
        each.get_database().close()


async def listed(client: httpx.AsyncClient, path: str) -> list[str]:
    """Return the addresses of a file of the sitemap."""
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "application/xml; charset=utf-8",
    )
    root = ElementTree.fromstring(answer.content)
    return [found.text or "" for found in root.iter(f"{{{SITEMAP}}}loc")]


@pytest.mark.parametrize("lang", ["", "/en"])
async def test_the_sitemap_lists_every_report_and_agency_once(
    client: httpx.AsyncClient, rich: Path, lang: str
) -> None:
    """From the index on, each address answers, and none stands twice."""
    found = [
        page
        for file in await listed(client, f"{lang}/sitemap.xml")
        for page in await listed(client, file)
    ]
    with closing(sqlite3.connect(rich)) as conn:
        reports = {key for (key,) in conn.execute("SELECT id FROM reports")}
        agencies = {key for (key,) in conn.execute("SELECT id FROM agencies")}
    assert len(found) == len(set(found))
    assert {f"{BASE}{lang}/report/{key}" for key in reports} <= set(found)
    assert {f"{BASE}{lang}/agency/{key}" for key in agencies} <= set(found)
    for page in found[:20]:
        assert (await client.get(page)).status_code == 200, page


async def test_a_report_was_changed_when_its_page_was(rich: Path) -> None:
    """An edit counts, a further visit does not; of a report taken down the moment is not known."""
    with closing(sqlite3.connect(rich)) as conn:
        conn.row_factory = sqlite3.Row
        entries = {each.path: each.changed for each in list_block(conn, "reports", 0)}
        edits = conn.execute("SELECT report_id, max(seen_at) FROM changes GROUP BY 1").fetchall()
        states = dict(conn.execute("SELECT id, status FROM reports").fetchall())
        seen = dict(conn.execute("SELECT id, first_seen FROM reports").fetchall())
    assert edits
    for report, at in edits:
        expected = "" if states[report] == "removed" else max(at, entries[f"/report/{report}"])
        assert entries[f"/report/{report}"] == expected
    removed = [key for key, status in states.items() if status == "removed"]
    assert removed
    assert [entries[f"/report/{key}"] for key in removed] == [""] * len(removed)
    assert entries[f"/report/{PINGLUO}-2023"] >= seen[f"{PINGLUO}-2023"]


def test_files_are_bounded(rich: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block has so many rows at most; blocks without rows are not named."""
    monkeypatch.setattr(sitemap, "BLOCK", 3)
    with closing(sqlite3.connect(rich)) as conn:
        conn.row_factory = sqlite3.Row
        files = [each for each in list_files(conn) if "reports" in each]
        numbers = [int(each.rpartition("-")[2].removesuffix(".xml")) for each in files]
        blocks = [list_block(conn, "reports", number) for number in numbers]
        count = conn.execute("SELECT count(*) FROM reports").fetchone()[0]
    assert all(1 <= len(block) <= 3 for block in blocks)
    assert sum(map(len, blocks)) == count


@pytest.mark.parametrize(
    "path", ["/sitemap/reports-999.xml", "/sitemap/checks-0.xml", "/sitemap/x"]
)
async def test_a_file_that_is_none(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_robots_may_read_pages_and_not_each_choice_of_a_list(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /search?", "Disallow: /en/search?", "Disallow: /archive"} <= set(lines)
    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert not [each for each in lines if each in ("Disallow: /", "Disallow: /report/")]


CHOOSING = (
    "/search?q=公开", "/table?rows=region&region=640000&year=2024", "/checks?year=2024", "/changes",
    "/coverage?region=640000", "/region/640000", f"/compare?agency={PINGLUO}&add=平罗", "/archive/reports",
)  # fmt: skip
"""Pages on which a reader narrows, sorts and chooses."""


async def test_robots_are_led_into_no_choice(client: httpx.AsyncClient) -> None:
    """Links that change the query of their own page are not to be followed, apart from its next page."""
    for path in CHOOSING:
        page = BeautifulSoup((await client.get(path)).text, "lxml")
        own = path.partition("?")[0]
        links = [
            a for a in page.select("main a[href]") if str(a["href"]).startswith(("?", f"{own}?"))
        ]
        assert links, path
        for link in links:
            assert {"nofollow", "prev", "next"} & set(link.get_attribute_list("rel")), link


async def test_nothing_that_is_listed_or_shared_is_closed_to_robots(
    client: httpx.AsyncClient,
) -> None:
    """By the rules of RFC 9309: pages of the sitemap and pictures of charts."""
    rules = re.findall("Disallow: (.+)", (await client.get("/robots.txt")).text)

    def is_closed(address: str) -> bool:
        return any(address.removeprefix(BASE).startswith(rule) for rule in rules)

    found: list[str] = []
    for file in re.findall("<loc>([^<]+)</loc>", (await client.get("/sitemap.xml")).text):
        found += re.findall("<loc>([^<]+)</loc>", (await client.get(file)).text)
    for path in ("/region/640000?year=2023", f"/compare?agency={PINGLUO}", f"/agency/{PINGLUO}"):
        page = BeautifulSoup((await client.get(path)).text, "lxml")
        found += [str(each["content"]) for each in page.select("meta[property='og:image']")]
    assert len(found) > 20
    assert [each for each in found if is_closed(each)] == []
    closed = ("/table.csv?m=refused", "/map?m=refused", "/en/search?q=x", "/compare.csv?region=64")
    assert all(is_closed(each) for each in closed)
