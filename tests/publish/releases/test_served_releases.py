"""Releases on the site: pages, JSON, Atom, DCAT and the files, while a new one appears."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
import rdflib
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from rdflib.namespace import DCAT, RDF

from gongkai.archive.cli import main
from gongkai.publish.server.datasette_server import mount_languages
from gongkai.publish.server.publication_server import OpenPublication
from tests.publish.interface.documented import answer_schema, validator
from tests.publish.publishing import publish, rename

BASE = "https://archive.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
pytestmark = [
    # the thread ends by SystemExit, which Python passes over in silence; pytest does not
    pytest.mark.filterwarnings(
        "ignore:Exception in thread .*_execute_writes:pytest.PytestUnhandledThreadExceptionWarning"
    ),
    pytest.mark.filterwarnings(
        "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"  # rdflib's own parser of JSON-LD
    ),
]


def gongkai(*words: object) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def public(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of publications with two releases, of which the second is shown."""
    folder = tmp_path_factory.mktemp("released")
    db = Path(shutil.copy(rich, folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        publish(folder / "public", db)
        gongkai("release", folder / "public")
        rename(db, "另一个名称")
        publish(folder / "public", db)
        gongkai("release", folder / "public", "--doi", "10.5281/zenodo.1234567")
    return folder / "public"


@pytest.fixture(scope="module")
async def client(public: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the site that shows the current publication."""
    opened = OpenPublication.open(
        (public / "current").resolve(), base_url=BASE, releases=public / "releases"
    )
    await opened.start()
    transport = httpx.ASGITransport(app=mount_languages(opened.datasettes))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as found:
        yield found
    opened.retired = True
    await opened.close_when_idle()


def numbers(public: Path) -> list[str]:
    return sorted(path.name for path in (public / "releases").iterdir() if path.name[0] == "2")


async def test_pages_list_releases_and_say_which_one_is_shown(
    client: httpx.AsyncClient, public: Path
) -> None:
    first, second = numbers(public)
    for base, shown in (
        ("", f"本站所示为版本 {second}"),
        ("/en", f"This site shows release {second}"),
    ):
        for path in ("/releases", "/data", "/checks", "/"):
            page = await client.get(f"{base}{path}")
            assert page.status_code == 200
            assert shown in page.text, (base, path)
        page = BeautifulSoup((await client.get(f"{base}/releases")).text, "lxml")
        links = [each["href"] for each in page.select("table.list th a")]
        assert links == [f"{base}/releases/{number}" for number in (second, first)]


async def test_a_release_has_a_page_with_changes_citation_and_files(
    client: httpx.AsyncClient, public: Path
) -> None:
    first, second = numbers(public)
    chinese = BeautifulSoup((await client.get(f"/releases/{second}")).text, "lxml")
    english = BeautifulSoup((await client.get(f"/en/releases/{second}")).text, "lxml")
    assert "https://doi.org/10.5281/zenodo.1234567" in chinese.select_one(".citation").text
    assert "更正了所属机关、地区或年度" in chinese.select_one("#changes").parent.text
    assert "corrected agency, region or year" in english.select_one("#changes").parent.text
    bare = BeautifulSoup((await client.get(f"/releases/{first}")).text, "lxml")
    assert f"{BASE}/releases/{first}" in bare.select_one(".citation").text
    assert bare.select_one("#changes") is None
    links = [each["href"] for each in chinese.select("ul.files a")]
    assert f"/releases/{second}/data/csv/reports/2024.csv.gz" in links
    assert f"/releases/{second}/CITATION.cff" in links


async def test_every_file_is_served_as_it_is(client: httpx.AsyncClient, public: Path) -> None:
    _, second = numbers(public)
    told = (await client.get("/releases.json")).json()["releases"][0]
    listed = (await client.get(told["checksums_url"])).text.splitlines()
    assert len(listed) > 150
    for line in listed[::9]:
        digest, name = line.split("  ")
        answer = await client.get(f"{told['url']}/{name}")
        assert answer.status_code == 200
        assert answer.content == (public / "releases" / second / name).read_bytes()
        assert sha256(answer.content).hexdigest() == digest
        assert answer.headers["etag"] == f'"{digest}"'
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "html" not in answer.headers["content-type"]


async def test_files_are_sent_in_part_or_not_at_all(
    client: httpx.AsyncClient, public: Path
) -> None:
    path = f"/releases/{numbers(public)[0]}/data/archive.db.gz"
    part = await client.get(path, headers={"range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, b"\x1f\x8b")
    known = await client.get(path, headers={"if-none-match": part.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["cache-control"].endswith("immutable")
    head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/releases/1999.1",
        "/releases/{}/none.csv",
        "/releases/{}/data",
        "/releases/{}/data/",
        "/releases/{}/../../current/reviews.db",
        "/releases/{}/%2e%2e/%2e%2e/current/reviews.db",
        "/releases/{}/data/..%2f..%2f..%2fcurrent/archive.db",
        "/releases/{}/data/%5c..%5c..%5carchive.db",
        "/releases/.lock",
        "/releases/{}/.lock",
        "/releases/%2e%2e/publication.json",
        "/releases/{}/data/csv/reports.csv%00",
        "/releases/{}/data/csv/reports.csv%0a",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, public: Path, path: str) -> None:
    answer = await client.get(path.format(numbers(public)[1]), follow_redirects=True)
    assert answer.status_code in (400, 404), answer.text[:200]


async def test_json_says_which_release_is_shown(client: httpx.AsyncClient, public: Path) -> None:
    first, second = numbers(public)
    told = (await client.get("/releases.json")).json()
    document = (await client.get("/openapi.json")).json()
    schema = answer_schema(document, "/releases.json", 200)
    assert schema is not None
    assert list(validator(document, schema).iter_errors(told)) == []
    manifest = json.loads((public / "current" / "publication.json").read_text(encoding="utf-8"))
    assert told["shown"] == {
        "version": manifest["version"],
        "extractor": "1",
        "release": second,
        "latest_release": second,
    }
    assert [each["number"] for each in told["releases"]] == [second, first]
    assert told["releases"][0]["url"] == f"{BASE}/releases/{second}"
    assert told["releases"][0]["previous"] == first


async def test_the_feed_has_an_entry_for_each_release(
    client: httpx.AsyncClient, public: Path
) -> None:
    """With everything that RFC 4287 asks of a feed and of its entries."""
    for base in ("", "/en"):
        answer = await client.get(f"{base}/releases.atom")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        feed = ElementTree.fromstring(answer.content)
        assert all(feed.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated"))
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == 2
        assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
        for entry, number in zip(entries, reversed(numbers(public)), strict=True):
            assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
            assert entry.find(f"{ATOM}author/{ATOM}name") is not None
            assert entry.find(f"{ATOM}link").get("href") == f"{BASE}{base}/releases/{number}"
            assert number in entry.findtext(f"{ATOM}title")


async def test_the_catalogue_leads_to_the_files(client: httpx.AsyncClient, public: Path) -> None:
    answer = await client.get("/releases/catalog.jsonld")
    assert answer.headers["content-type"].startswith("application/ld+json")
    graph = rdflib.Graph().parse(data=answer.text, format="json-ld")
    datasets = {str(each) for each in graph.subjects(RDF.type, DCAT.Dataset)}
    assert datasets == {f"{BASE}/releases/{number}" for number in numbers(public)}
    for address in list(graph.objects(None, DCAT.downloadURL))[::60]:
        assert (await client.head(str(address))).status_code == 200


async def test_a_new_release_and_a_hostile_one_appear_or_not(public: Path, tmp_path: Path) -> None:
    """Without a restart; a folder that is not whole, or has names that we never give, offers nothing."""
    copied = Path(shutil.copytree(public, tmp_path / "public", symlinks=True))
    first, second = numbers(copied)
    kept = tmp_path / "kept"
    (copied / "releases" / second).rename(kept)
    opened = OpenPublication.open((copied / "current").resolve(), releases=copied / "releases")
    await opened.start()
    transport = httpx.ASGITransport(app=mount_languages(opened.datasettes))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        assert "本站所示数据与最新的编号版本" in (await client.get("/")).text
        assert (await client.get("/releases.json")).json()["shown"]["release"] is None
        kept.rename(copied / "releases" / second)
        assert (await client.get("/releases.json")).json()["shown"]["release"] == second
        sums = copied / "releases" / first / "SHA256SUMS"
        sums.chmod(0o644)
        with sums.open("a", encoding="utf-8") as file:
            file.write(f"{'0' * 64}  ../../current/reviews.db\n")
        assert (await client.get(f"/releases/{first}")).status_code == 200
        assert (await client.get(f"/releases/{first}/README.md")).status_code == 404
        (copied / "releases" / "2031.1").symlink_to(copied / "releases" / second)
        (copied / "releases" / "2031.2").mkdir()
        assert (await client.get("/releases/2031.1")).status_code == 404
        assert (await client.get("/releases/2031.2")).status_code == 404
    opened.retired = True
    await opened.close_when_idle()
