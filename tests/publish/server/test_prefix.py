"""The site below a path of its host."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette

from gongkai.archive.cli import main
from gongkai.publish.errors import CannotServe
from gongkai.publish.http.path_prefix import LONGEST, Place, answer_below, with_base
from gongkai.publish.pages.lists.atom import ATOM
from gongkai.publish.server.datasette_server import mount_languages
from tests.publish.samples import PINGLUO
from tests.publish.small_archive import started

PAGES = (
    *(
        "/",
        "/search?q=%E5%A4%8D%E8%AE%AE",
        f"/report/{PINGLUO}-2023",
        f"/agency/{PINGLUO}",
        "/region",
    ),
    *(
        "/compare",
        "/table",
        "/checks",
        "/changes",
        "/coverage",
        "/status",
        "/data",
        "/data/dictionary",
        "/codebook",
    ),
    *("/archive", "/archive/reports", "/archive/sites/pingluo", "/nothing-here"),
)
ANSWERS = ("/feeds/reports.atom", "/sitemap.xml", "/sitemap/pages.xml", "/sitemap/reports-0.xml")
REDIRECTS = (
    ("/data/", "/data"),
    ("/archive/reports/x/", "/archive/reports/x"),
    (f"/archive/agencies/{PINGLUO}", f"/agency/{PINGLUO}"),
    ("/archive/reports.jsono?_size=1", "/archive/reports.json?_size=1&_shape=objects"),
    (
        "/archive/reports?_filter_column=year&_filter_op=exact&_filter_value=2023",
        "/archive/reports?year__exact=2023",
    ),
)
FIXED = Place.parse("/desk/gongkai/")
SAID = Place.parse("")
FORWARDED = {"x-forwarded-prefix": "/desk/gongkai"}


def placed(site: dict[str, Datasette], place: Place, peer: str = "127.0.0.1") -> httpx.AsyncClient:
    """Return a client of a site that is served at a place; `peer` is its address."""
    app = answer_below(mount_languages(site), place)
    transport = httpx.ASGITransport(app=app, client=(peer, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://own.example")


def addresses(answer: httpx.Response) -> list[str]:
    """Return the addresses in a page or an XML file that begin at a root."""
    found = re.findall(r'(?:href|src|action)="([^"]*)"|<loc>([^<]*)', answer.text)
    return [each for pair in found for each in pair if each.startswith("/")]


@pytest.fixture(
    params=[(FIXED, "/desk/gongkai", {}), (FIXED, "", {}), (SAID, "", FORWARDED)],
    ids=["kept", "stripped", "forwarded"],
)
async def below(
    request: pytest.FixtureRequest, country: dict[str, Datasette]
) -> AsyncIterator[tuple[httpx.AsyncClient, str, dict[str, str]]]:
    """Return a client, what its web server puts before a path, and the headers it sends."""
    place, sent, headers = request.param
    async with placed(country, place) as client:
        yield client, sent, headers


@pytest.mark.parametrize("lang", ["", "/en"])
async def test_every_address_stays_below_the_prefix(
    below: tuple[httpx.AsyncClient, str, dict[str, str]], lang: str
) -> None:
    """Links, forms, feeds and the sitemap, in both languages, and on pages of errors."""
    client, sent, headers = below
    for path in (*PAGES, *ANSWERS):
        found = addresses(await client.get(f"{sent}{lang}{path}", headers=headers))
        assert found, path
        assert not [each for each in found if not each.startswith("/desk/gongkai/")], path
    rows = (await client.get(f"{sent}{lang}/archive/reports.json?_size=1", headers=headers)).json()
    assert rows["next_url"].startswith(f"/desk/gongkai{lang}/archive/reports.json?")
    style = (await client.get(f"{sent}{lang}/", headers=headers)).text
    (asset,) = re.findall(r'"(/[^"]*site.css[^"]*)"', style)
    assert (await client.get(asset if sent else asset[13:], headers=headers)).status_code == 200


@pytest.mark.parametrize("lang", ["", "/en"])
@pytest.mark.parametrize(("path", "target"), REDIRECTS)
async def test_redirects_stay_below_the_prefix_and_the_language(
    below: tuple[httpx.AsyncClient, str, dict[str, str]], lang: str, path: str, target: str
) -> None:
    client, sent, headers = below
    answer = await client.get(f"{sent}{lang}{path}", headers=headers)
    assert answer.headers["location"] == f"/desk/gongkai{lang}{target}"
    assert "link" not in answer.headers
    english = await client.get(f"{sent}/en", headers=headers)
    assert english.headers["location"] == "/desk/gongkai/en/"


async def test_the_other_language_is_below_the_prefix(
    country: dict[str, Datasette],
) -> None:
    async with placed(country, FIXED) as client:
        chinese = (await client.get("/desk/gongkai/checks?year=2023")).text
        english = (await client.get("/desk/gongkai/en/checks?year=2023")).text
    assert 'class="language" href="/desk/gongkai/en/checks?year=2023"' in chinese
    assert 'class="language" href="/desk/gongkai/checks?year=2023"' in english


async def test_the_id_of_a_feed_stays_when_the_site_moves(rich: Path) -> None:
    """Each feed has its own; entries have the same in every place."""
    seen: dict[str, set[str]] = {}
    for place, base in ((SAID, ""), (SAID, "https://one.example"), (FIXED, "https://two.example")):
        async with started(rich, base_url=base) as site, placed(site, place) as client:
            for path in ("/feeds/reports.atom", "/en/feeds/reports.atom", "/feeds/checks.atom"):
                root = ElementTree.fromstring((await client.get(path)).text)
                ids = [found.text or "" for found in root.iter(f"{{{ATOM}}}id")]
                seen.setdefault(path, set()).add(" ".join(ids))
                (own,) = root.findall(f"{{{ATOM}}}link[@rel='self']")
                assert own.attrib["href"] == f"{base}{place.prefix}{path}"
    assert [len(ids) for ids in seen.values()] == [1, 1, 1]
    assert len({ids.copy().pop().split()[0] for ids in seen.values()}) == 3


@pytest.mark.parametrize(
    "said",
    [
        *("//evil.example", "/..", "/a/../b", "/a//b", "https://evil.example", "/a%2fb", "/a b"),
        *('/a"><script>', "/a\\b", "/", "", f"/{'a' * LONGEST}", "/a, /b", "/a?x"),
    ],
)
async def test_a_header_that_is_no_plain_path_does_not_count(
    country: dict[str, Datasette], said: str
) -> None:
    """Otherwise a link could lead to another host."""
    async with placed(country, SAID) as client:
        answer = await client.get("/", headers={"x-forwarded-prefix": said})
    assert 'action="/search"' in answer.text


@pytest.mark.parametrize(
    ("peer", "trusted", "counts"),
    [
        ("127.0.0.1", ("127.0.0.0/8", "::1"), True),
        ("::1", ("127.0.0.0/8", "::1"), True),
        ("::ffff:127.0.0.1", ("127.0.0.0/8",), True),
        ("10.1.2.3", ("127.0.0.0/8", "::1"), False),
        ("10.1.2.3", ("10.1.0.0/16",), True),
        ("10.2.2.3", ("10.1.0.0/16",), False),
        ("", ("127.0.0.0/8",), False),
    ],
)
async def test_the_header_counts_from_trusted_servers_only(
    country: dict[str, Datasette], peer: str, trusted: tuple[str, ...], counts: bool
) -> None:
    """Whom X-Forwarded-For names does not matter: anybody could write it."""
    forwarded = FORWARDED | {"x-forwarded-for": "127.0.0.1"}
    async with placed(country, Place.parse("", trusted), peer=peer) as client:
        answer = await client.get("/", headers=forwarded)
    assert ('action="/desk/gongkai/search"' in answer.text) is counts
    assert "x-forwarded-prefix" in answer.headers["vary"]


async def test_the_prefix_of_the_operator_has_priority(country: dict[str, Datasette]) -> None:
    async with placed(country, Place.parse("own")) as client:
        answer = await client.get("/own/", headers=FORWARDED)
    assert 'action="/own/search"' in answer.text
    assert "x-forwarded-prefix" not in answer.headers.get("vary", "")


@pytest.mark.parametrize(
    "given", ["/a/../b", "a b", "/a//b", "https://a.example/b", "/公开", "/.x"]
)
def test_a_prefix_that_is_no_path_is_refused(given: str) -> None:
    with pytest.raises(CannotServe, match="prefix_invalid"):
        Place.parse(given)


@pytest.mark.parametrize("given", ["/data", "en", "/report/x"])
def test_a_prefix_that_is_a_page_of_the_site_is_refused(given: str) -> None:
    with pytest.raises(CannotServe, match="prefix_taken"):
        Place.parse(given)


def test_the_command_refuses_what_it_cannot_use(db: Path) -> None:
    """One line and exit code 2."""
    for words in (["--prefix", "/a b"], ["--prefix", "/data"], ["--trusted-proxy", "desk"]):
        ended = CliRunner().invoke(main, ["--lang", "en", "serve", "--db", str(db), *words])
        assert (ended.exit_code, words[1] in ended.stderr) == (2, True)


def test_an_address_outside_is_left_alone() -> None:
    assert with_base("/a", b"https://b.example/") == b"https://b.example/"
    assert with_base("/a", b"/b") == b"/a/b"
    assert with_base("/a", b"/a/b") == b"/a/b"
    assert with_base("", b"/a") == b"/a"


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, 127.0.0.9", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "nobody", ""),
        ("127.0.0.1", f"{'x,' * 5000}198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8::7", "", "2001:db8::/64"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_client_is_who_a_trusted_web_server_names(peer: str, said: str, client: str) -> None:
    """What visitors write themselves stands before it and does not count."""
    scope = {"client": (peer, 1), "headers": [(b"X-Forwarded-For", said.encode())] if said else []}
    assert SAID.client_of(scope) == client
