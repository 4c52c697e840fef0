"""What a page says to search engines and to those who share it: addresses, description, JSON-LD."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from PIL import Image

from gongkai.publish.http.path_prefix import Place, answer_below
from gongkai.publish.rendering.rendering_box import picture_box
from gongkai.publish.server.datasette_server import mount_languages
from gongkai.publish.wording.linked_data import script_of
from tests.publish.samples import HOSTILE_AGENCY, PINGLUO
from tests.publish.small_archive import started
from tests.publish.years import COUNTY, FINANCE

BASE = "https://gongkai.example"
REPORT = f"/report/{PINGLUO}-2023"
PAGES = (
    "/",
    REPORT,
    f"/agency/{PINGLUO}",
    "/region",
    "/region/640221",
    "/checks",
    "/data",
    "/table",
)


@pytest.fixture(scope="module")
async def named(rich: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return both instances of a site that knows its address."""
    async with started(rich, base_url=BASE) as site:
        yield site


def opened(site: dict[str, Datasette], place: str = "", said: str = "") -> httpx.AsyncClient:
    """Return a client of a site at a place; `said` is the prefix that a web server says."""
    app = answer_below(mount_languages(site), Place.parse(place))
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    headers = {"x-forwarded-prefix": said, "x-forwarded-host": "evil.example"} if said else {}
    return httpx.AsyncClient(transport=transport, base_url="http://own.example", headers=headers)


async def head_of(client: httpx.AsyncClient, path: str) -> BeautifulSoup:
    """Return a page."""
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return BeautifulSoup(answer.text, "lxml")


def canonical(page: BeautifulSoup) -> list[str]:
    """Return the canonical addresses of a page."""
    return [str(each["href"]) for each in page.select("link[rel=canonical]")]


def alternates(page: BeautifulSoup) -> dict[str, str]:
    """Return the addresses of a page by language."""
    return {
        str(e["hreflang"]): str(e["href"]) for e in page.select("link[rel=alternate][hreflang]")
    }


@pytest.mark.parametrize(("place", "said", "prefix"), [
    ("", "", ""), ("/desk", "", "/desk"), ("", "/desk/gongkai", "/desk/gongkai"),
])  # fmt: skip
async def test_addresses_are_whole_in_both_languages(
    named: dict[str, Datasette], place: str, said: str, prefix: str
) -> None:
    """By `--prefix` and by the header of a trusted web server; the host is never taken from one."""
    async with opened(named, place, said) as client:
        for path in PAGES:
            zh, en = f"{BASE}{prefix}{path}", f"{BASE}{prefix}/en{path}"
            for asked, own in ((path, zh), (f"/en{path}", en)):
                page = await head_of(
                    client, f"{place}{asked}?utm_source=x" if path == "/" else f"{place}{asked}"
                )
                assert canonical(page) == [own]
                assert alternates(page) == {"zh-CN": zh, "en": en, "x-default": zh}
                assert [str(e["content"]) for e in page.select("meta[property='og:url']")] == [own]


async def test_a_site_without_base_names_no_address(country: dict[str, Datasette]) -> None:
    async with opened(country) as client:
        page = await head_of(client, REPORT)
    assert not canonical(page)
    assert not alternates(page)
    assert not page.select("script[type='application/ld+json']")


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("lang", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
async def test_each_page_is_described(named: dict[str, Datasette], lang: str, path: str) -> None:
    """In one sentence or two, the same for search engines and for those who share it."""
    async with opened(named) as client:
        page = await head_of(client, f"{lang}{path}")
    said = {
        str(e.get("name") or e.get("property")): str(e["content"])
        for e in page.select("meta[content]")
    }
    assert said["description"] == said["og:description"]
    assert 10 < len(said["description"]) < 400
    assert said["og:title"] == str(page.title and page.title.text).rpartition(" · ")[0]


@pytest.mark.parametrize(
    "path", ["/search?q=%E5%A4%8D%E8%AE%AE&page=1", "/checks?year=2023", "/table?year=2023"]
)
async def test_narrowed_lists_are_not_for_search_engines(
    named: dict[str, Datasette], path: str
) -> None:
    async with opened(named) as client:
        page = await head_of(client, path)
    assert [str(e["content"]) for e in page.select("meta[name=robots]")] == ["noindex"]


async def records(client: httpx.AsyncClient, path: str) -> list[dict[str, object]]:
    """Return what a page says as JSON-LD."""
    page = await head_of(client, path)
    return [json.loads(str(e.string)) for e in page.select("script[type='application/ld+json']")]


async def test_pages_say_what_they_are_about(named: dict[str, Datasette]) -> None:
    async with opened(named) as client:
        (report,) = await records(client, REPORT)
        (agency,) = await records(client, f"/agency/{PINGLUO}")
        (region,) = await records(client, "/region/640221")
        (country,) = await records(client, "/en/region")
        (data,) = await records(client, "/en/data")
        hostile = await records(client, "/report/640000-hostile-0000-2024")
    assert report["@type"] == "Report"
    assert report["@id"] == f"{BASE}{REPORT}"
    assert report["author"] == {k: v for k, v in agency.items() if k != "@context"}
    assert agency["@type"] == "GovernmentOrganization"
    assert agency["@id"] == f"{BASE}/agency/{PINGLUO}"
    assert region["@type"] == "AdministrativeArea"
    assert country == {
        "@context": "https://schema.org",
        "@type": "Country",
        "@id": f"{BASE}/en/region",
        "url": f"{BASE}/en/region",
        "name": "China",
    }
    assert data["@type"] == "Dataset"
    assert str(data["license"]).startswith("https://")
    assert "<script>" in str(hostile[0]["name"])


def test_no_text_ends_the_script() -> None:
    """Whatever a title says, it stays inside."""
    written = str(script_of({"name": "</script><script>alert(1)</script><!-- &amp;", "empty": ""}))
    assert written.count("<") == 2
    script = BeautifulSoup(written, "lxml").select_one("script")
    inside = json.loads(str(script and script.string))
    assert inside["name"] == "</script><script>alert(1)</script><!-- &amp;"
    assert "empty" not in inside


@pytest.fixture(scope="module")
def drawn() -> Iterator[None]:
    """End the process that draws when the tests are done."""
    yield
    picture_box().close()


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("lang", ["", "/en"])
@pytest.mark.parametrize(
    ("path", "chart"),
    [
        (f"/agency/{COUNTY}", "requests"),
        (f"/agency/{COUNTY}?as_of=2025-04-01", "requests"),
        ("/region/640000?of=government_county", "coverage"),
        (f"/compare?agency={COUNTY}&agency={FINANCE}&measure=refused", "refused"),
        ("/map?m=requests_new&year=2024", "map"),
        (f"/report/{FINANCE}-2024", "grounds-refused"),
    ],
)
async def test_the_first_chart_stands_for_its_page(
    named: dict[str, Datasette], path: str, chart: str, lang: str
) -> None:
    """Its address is whole, behind a proxy too, and its size that of the file."""
    async with opened(named, said="/desk") as client:
        page = await head_of(client, f"{lang}{path}")
        about = {str(e["property"]): str(e["content"]) for e in page.select("meta[property^=og]")}
        where, _, query = path.partition("?")
        address = f"/desk{lang}{where}/chart/{chart}.png{'?' if query else ''}{query}"
        assert about["og:image"] == f"{BASE}{address}"
        answer = await client.get(address.removeprefix("/desk"))
        size = Image.open(io.BytesIO(answer.content)).size
        assert (about["og:image:width"], about["og:image:height"]) == tuple(map(str, size))
        assert about["og:image:type"] == answer.headers["content-type"] == "image/png"
        svg = BeautifulSoup((await client.get(address[5:].replace(".png", ".svg"))).text, "xml")
        title = svg.find("title")
        assert title is not None
        assert about["og:image:alt"].startswith(title.get_text())


async def test_a_page_without_charts_has_no_picture(
    named: dict[str, Datasette], country: dict[str, Datasette]
) -> None:
    empty = ("/", "/region/110000", "/compare", "/checks", f"/report/{HOSTILE_AGENCY}-2024")
    async with opened(named) as client:
        for path in empty:
            assert not (await head_of(client, path)).select("meta[property^='og:image']"), path
    async with opened(country) as client:
        assert not (await head_of(client, f"/agency/{COUNTY}")).select("meta[property^='og:image']")
