"""Regions, tables and the map by the divisions of a chosen year."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from datasette.app import Datasette
from datasette.utils import MultiParams

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.store import search
from gongkai.archive.store.database import transaction, writer
from gongkai.archive.store.ids import agency_id
from gongkai.archive.store.measures_sql import COUNTED
from gongkai.archive.store.names import name_index
from gongkai.extract.chinese.agencies import describe_agency
from gongkai.publish.http.vintage import VINTAGES, divisions_then
from gongkai.publish.pages.builder import built_table
from gongkai.publish.pages.builder.built_table import build_table
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.pages.places import totals
from gongkai.publish.pages.places.region_tree import load_children
from gongkai.publish.pages.places.totals import load_totals
from tests.publish.small_archive import Page, compute_duties, fetcher, fill, started
from tests.publish.years import COUNTY, made

HANGZHOU, SHANGCHENG, XIACHENG, JIANGGAN = "330100", "330102", "330103", "330104"
GONGSHU, QIANTANG = "330105", "330114"
REPORTS = (
    # 浙政发〔2021〕7号: 下城区 was joined to 拱墅区, 江干区 divided between 上城区 and 钱塘区
    ("江干区教育局", 2020, 40),
    ("下城区教育局", 2020, 50),
    ("拱墅区教育局", 2020, 70),
    ("拱墅区教育局", 2021, 120),
    ("钱塘区教育局", 2021, 90),
    ("上城区教育局", 2021, 60),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of the reports."""
    path = tmp_path_factory.mktemp("vintage") / "archive.db"
    samples = []
    for name, year, handled in REPORTS:
        agency = describe_agency(name, HANGZHOU)
        figures = {"new": handled, "total_handled": handled, "granted": handled}
        sample = made(COUNTY, year, f"{year + 1}-01-20", figures)
        key = agency_id(agency.name, agency.region_code)
        url = f"http://www.hangzhou.gov.cn/{key}/{year}.html"
        report = replace(sample.report, agency=agency)
        samples.append(replace(sample, agency_id=key, report=report, url=url, body=url.encode()))
    with writer(path) as conn, transaction(conn):
        fill(conn, samples)
        search.rebuild_index(conn)
        name_index.write_names(conn)
    compute_duties(path)
    return path


@pytest.fixture(scope="module")
def archive(built: Path) -> Path:
    """Return what is published of the archive, which the site serves."""
    target = built.with_name("public.db")
    write_public_file(built, target)
    return target


@pytest.fixture(scope="module")
async def site(archive: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return both instances on it, started."""
    async with started(archive) as datasettes:
        yield datasettes


@pytest.fixture(params=["built", "archive"])
def conn(
    request: pytest.FixtureRequest, built: Path, archive: Path
) -> Iterator[sqlite3.Connection]:
    """Return the archive, and what is published of it, open for reading as the site opens them."""
    path = {"built": built, "archive": archive}[request.param]
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def handled(
    conn: sqlite3.Connection, vintage: int | None, *codes: str
) -> dict[tuple[str, int], int]:
    """Return the requests handled by all bodies of regions, by code and year."""
    with divisions_then(conn, vintage):
        summed = load_totals(conn, codes, COUNTED)
    found = {key: total.value_of("requests_handled", "bodies") for key, total in summed.items()}
    return {key: int(value.part) for key, value in found.items() if value.part is not None}


def test_reports_count_for_the_district_of_the_chosen_year(conn: sqlite3.Connection) -> None:
    districts = (SHANGCHENG, XIACHENG, JIANGGAN, GONGSHU, QIANTANG)
    own = {
        (JIANGGAN, 2020): 40,
        (XIACHENG, 2020): 50,
        (GONGSHU, 2020): 70,
    }
    after = {(SHANGCHENG, 2021): 60, (GONGSHU, 2021): 120, (QIANTANG, 2021): 90}
    assert handled(conn, None, *districts) == own | after
    assert handled(conn, 2020, *districts) == own
    assert handled(conn, 2023, *districts) == {(GONGSHU, 2020): 120} | after
    assert handled(conn, None, *districts) == own | after


def test_nothing_is_lost_or_counted_twice(conn: sqlite3.Connection) -> None:
    """The city has all reports in every vintage, its districts together never more."""
    whole = {(HANGZHOU, 2020): 160, (HANGZHOU, 2021): 270}
    for vintage in (None, VINTAGES[0], 2020, 2021, 2014, VINTAGES[-1]):
        assert handled(conn, vintage, HANGZHOU) == whole
        with divisions_then(conn, vintage):
            codes = [each.code for each in load_children(conn, HANGZHOU)]
        parts = handled(conn, vintage, *codes)
        for year in (2020, 2021):
            summed = sum(n for (_, each), n in parts.items() if each == year)
            assert summed <= whole[HANGZHOU, year]
        assert handled(conn, vintage, "") == {("", year): n for (_, year), n in whole.items()}


def test_coverage_follows_the_divisions(conn: sqlite3.Connection) -> None:
    with divisions_then(conn, 2023):
        counted = load_totals(conn, [GONGSHU, HANGZHOU])
    assert counted[GONGSHU, 2020].archived == 2
    assert counted[HANGZHOU, 2020].archived == 3


def test_what_moved_is_told_as_it_would_be_counted(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ready sums with what moved are those of all reports, for every division and vintage."""
    for vintage in (VINTAGES[0], 2020, 2014, VINTAGES[-1]):
        with divisions_then(conn, vintage):
            codes = ["", *(code for (code,) in conn.execute("SELECT code FROM temp.regions"))]
            found = load_totals(conn, codes, COUNTED)
            monkeypatch.setattr(totals, "has_moved_totals", lambda conn: False)
            wanted = load_totals(conn, codes, COUNTED)
            monkeypatch.undo()
        assert found == wanted
        assert len(found) > 8


def test_built_tables_add_up_what_moved(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table from ready sums is the one from all reports, with every kind of rows and any filter."""
    kinds = ("rows=region", "rows=region&of=governments", "rows=sector", "rows=agency")
    narrowed = ("", "&kind=department", "&form=2021&level=county", "&status=complete&series=bodies")
    places = (
        "",
        "&region=330000",
        f"&region={HANGZHOU}",
        f"&region={JIANGGAN}",
        f"&region={GONGSHU}",
    )
    for kind, filters, place, vintage in product(kinds, narrowed, places, (2023, 2020, 2014)):
        years = "year=2020&year=2021&m=requests_handled&m=ground_refused_state_secret"
        asked = TableQuery.parse(MultiParams(parse_qs(f"{kind}{filters}{place}&{years}")))
        with divisions_then(conn, vintage):
            found = build_table(conn, asked)
            monkeypatch.setattr(built_table, "place_sums", lambda *_: None)
            wanted = build_table(conn, asked)
            monkeypatch.undo()
        assert found == wanted, (kind, filters, place, vintage)


def test_a_table_of_districts_has_what_each_had_then(conn: sqlite3.Connection) -> None:
    asked = TableQuery.parse(
        MultiParams(parse_qs(f"rows=region&region={HANGZHOU}&m=requests_handled&year=2020"))
    )
    with divisions_then(conn, 2023):
        table = build_table(conn, asked)
    shown = {row.id: row.value_of("requests_handled", 2020).part for row in table.rows}
    # 江干区 was divided: its reports count for what lies above
    assert {code: n for code, n in shown.items() if n} == {HANGZHOU: 40, GONGSHU: 120}
    assert [row.value_of("requests_handled", 2020).part for row in table.sums] == [160]


@pytest.fixture
def visit(site: dict[str, Datasette]) -> Page:
    """Return a function that fetches a page of the publication."""
    return fetcher(site)


@pytest.mark.parametrize("base", ["", "/en"])
async def test_the_page_of_a_region(visit: Page, base: str) -> None:
    page = await visit(f"{base}/region/{HANGZHOU}?vintage=2020")
    names = [cell.text for cell in page.select("#parts ~ .scroll tbody th, section tbody th a")]
    assert "江干区" in names
    assert page.select_one("select[name=vintage] option[selected]")["value"] == "2020"
    links = {a["href"] for a in page.select("main a[href*='/region/']")}
    assert any(link.endswith(f"/region/{JIANGGAN}?vintage=2020") for link in links)
    assert all("vintage=2020" in link for link in links if "/region/33" in link)
    later = await visit(f"{base}/region/{HANGZHOU}?vintage=2023")
    assert "江干区" not in {cell.text for cell in later.select("tbody th")}


async def test_a_division_is_there_in_its_years_alone(visit: Page) -> None:
    for path, status in (
        (f"/region/{JIANGGAN}?vintage=2020", 200),
        (f"/region/{JIANGGAN}?vintage=2021", 404),
        (f"/region/{JIANGGAN}", 200),
        # 庐江县 had this code until 2011
        ("/region/341421?vintage=2009", 200),
        ("/region/341421", 404),
        ("/region?vintage=2010", 200),
        (f"/region/{HANGZHOU}?vintage=2007", 400),
        (f"/region/{HANGZHOU}?vintage=2024", 400),
        (f"/region/{HANGZHOU}?vintage=2020&as_of=2025-06-01", 400),
        ("/map?vintage=2009", 200),
        ("/map?vintage=x", 400),
        ("/table?vintage=99999", 400),
    ):
        await visit(path, status)


async def test_the_table_and_the_map(chinese: Datasette) -> None:
    address = f"/table.csv?rows=region&region={HANGZHOU}&m=requests_handled&year=2020"
    for vintage, rows in (("", 3), ("&vintage=2023", 1)):
        answer = await chinese.client.get(address + vintage)
        assert answer.status_code == 200
        assert sum(f"{name}区" in answer.text for name in ("江干", "下城", "拱墅")) == rows
    page = (await chinese.client.get("/map?m=requests_handled&year=2020&vintage=2023")).text
    assert f"/region/{HANGZHOU}?vintage=2023" in page
    assert (
        "vintage=2023"
        in (await chinese.client.get(f"/table?{address.partition('?')[2]}&vintage=2023")).text
    )


async def test_the_data_of_a_region(chinese: Datasette) -> None:
    """They are those of the page, and not silently of other divisions."""
    told = {}
    for vintage in (2020, 2023):
        answer = await chinese.client.get(f"/region/{HANGZHOU}.json?vintage={vintage}")
        told[vintage] = answer.json()
        assert f"vintage={vintage}" in told[vintage]["links"]["self"]
        for part in told[vintage]["parts"]:
            assert (await chinese.client.get(part["link"])).status_code == 200, part
    codes = {vintage: {part["code"] for part in each["parts"]} for vintage, each in told.items()}
    assert JIANGGAN in codes[2020] - codes[2023]
    for path, status in (("2024", 400), ("2020&as_of=2025-06-01", 400)):
        answer = await chinese.client.get(f"/region.json?vintage={path}")
        assert answer.status_code == status, path


async def test_the_code_of_the_country_in_the_files_leads_to_its_page(chinese: Datasette) -> None:
    for suffix in ("", ".json"):
        answer = await chinese.client.get(f"/region/000000{suffix}?vintage=2020")
        assert answer.status_code == 302
        assert answer.headers["location"] == f"/region{suffix}?vintage=2020"


async def test_one_request_leaves_nothing_for_the_next(chinese: Datasette) -> None:
    path = f"/region/{GONGSHU}"
    before = (await chinese.client.get(path)).text
    assert (await chinese.client.get(f"{path}?vintage=2023")).text != before
    assert (await chinese.client.get(path)).text == before
