"""The region page: totals by year, the matrix of agencies and years, the siblings."""

from __future__ import annotations

import re

import pytest
from datasette.app import Datasette

from tests.publish.page_text import words
from tests.publish.small_archive import Page


async def test_totals_take_in_the_regions_below(visit: Page) -> None:
    """Reports due, archived, missing, late and contradictory."""
    page = await visit("/region/640000")
    rows = [words(row, "th, td") for row in page.select("section:has(#totals) tbody tr")]
    assert rows == [
        ["2024", "5", "5", "0", "2", "3"],
        ["2023", "3", "3", "0", "1", "1"],
        ["2022", "2", "1", "1", "0", "0"],
        ["2021", "1", "1", "0", "0", "0"],
    ]


async def test_governments_and_departments_stand_side_by_side(visit: Page) -> None:
    """The county's report contains the numbers of its departments: they are never added."""
    page = await visit("/region/640000")
    rows = [words(row, "th, td") for row in page.select("section:has(#sums) tbody tr")]
    assert rows == [
        ["部门、乡镇、街道等"],
        [
            *("2024", "4", "130 3 份", "128 3 份", "72 3 份", "35 3 份"),
            *("56.2% n=128 3 份", "27.3% n=128 3 份", "4 3 份", "2 3 份"),
        ],
        ["2023", "2", "17", "16", "12", "2", "— n=16", "— n=16", "0", "0"],
        ["2021", "1", "3", "3", "3", "0", "— n=3", "— n=3", "0", "0"],
        ["政府（县级）"],
        ["2024", "1", "44", "44", "40", "4", "90.9% n=44", "9.1% n=44", "7", "3"],
        ["2023", "1", "41", "38", "38", "0", "100.0% n=38", "0.0% n=38", "6", "0"],
        ["2022", "1", "40", "37", "37", "0", "100.0% n=37", "0.0% n=37", "0", "0"],
    ]
    assert "不可相加" in page.get_text()


async def test_the_numbers_lead_on(visit: Page) -> None:
    """A number leads to the agencies that it is the sum of, in the table builder."""
    page = await visit("/region/640000")
    links = {str(a["href"]) for a in page.select("section:has(#totals) a")}
    assert "/coverage?region=640000&year=2022&status=missing" in links
    (link,) = (
        str(a["href"])
        for a in page.select("section:has(#sums) a")
        if "sort=-refused.2024" in str(a["href"]) and "series=bodies" in str(a["href"])
    )
    table = await visit(link)
    assert words(table, ".built thead th")[:3] == ["机关", "不予公开 2024", "不予公开率 2024"]
    assert [words(row, "th, td")[:2] for row in table.select(".built tbody tr")][:2] == [
        ["大武口区财政局 宁夏回族自治区石嘴山市大武口区", "30"],
        ["永宁县公安局 宁夏回族自治区银川市永宁县", "5"],
    ]
    assert [words(row, "th, td")[1] for row in table.select(".built tfoot tr")] == ["35 3 份"]


async def test_the_regions_within(visit: Page) -> None:
    """Archived and due reports with a bar, the latest year first, for regions with agencies only."""
    page = await visit("/region/640000")
    rows = [words(row, "th, td") for row in page.select("section:has(#parts) tbody tr")]
    assert rows == [
        ["银川市", "1 / ，应有 1", "1 / ，应有 1", "—", "—"],
        ["石嘴山市", "3 / ，应有 3", "2 / ，应有 2", "1 / ，应有 2", "1 / ，应有 1"],
    ]


async def test_the_matrix(visit: Page) -> None:
    """Every cell has a word. The government of a place comes before its departments."""
    page = await visit("/region/640221")
    rows = [words(row, "th, td") for row in page.select("section:has(#matrix) tbody tr")]
    assert rows == [
        ["平罗县人民政府", "已撤下", "迟发", "已收录", "·"],
        ["平罗县工业和信息化局", "已收录", "已收录", "未见", "已收录"],
    ]
    cells = page.select("section:has(#matrix) tbody td")
    assert [str(cell.get("title", ""))[:5] for cell in cells].count("应报依据：") == 7
    links = [str(a["href"]) for a in page.select("section:has(#matrix) tbody td a")]
    assert len(links) == 6
    assert re.fullmatch(r"/report/640221-[a-z0-9-]+-2024", links[0])


async def test_neighbours_stand_in_order_of_code(visit: Page) -> None:
    """There is no ranking, and a rate of few cases is not shown."""
    page = await visit("/region/640000")
    rows = [words(row, "th, td") for row in page.select("section:has(#siblings) tbody tr")]
    assert [row[0] for row in rows] == ["河南省", "湖南省", "宁夏回族自治区"]
    assert rows[2][5:] == [
        *("部门、乡镇、街道等", "4", "130", "128", "72", "35"),
        *("56.2% n=128", "27.3% n=128", "4", "2"),
    ]
    before = await visit("/region/640000?year=2022")
    assert "与同级地区并列（2022 年度）" in before.get_text()


async def test_a_year_without_neighbours_leads_back_to_the_others(visit: Page) -> None:
    page = await visit("/region/430000?year=2020")
    assert words(page, "section:has(#siblings) tbody th") == ["湖南省"]
    assert words(page, ".inline-years a") == ["2024", "2023", "2022", "2021"]


async def test_the_country_and_english(visit: Page) -> None:
    """The country has provinces and no agencies of its own."""
    page = await visit("/en/region")
    assert words(page, "h1") == ["All of China"]
    assert words(page, "h2") == [
        *("Questions readers ask", "Totals by year", "Sums of requests and disputes"),
        *("Figures by year", "Grounds and outcomes over the years"),
        *("Regions within", "Related pages"),
    ]
    assert words(page, "section:has(#parts) tbody th") == ["河南省", "湖南省", "宁夏回族自治区"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/region/999999", 404),
        ("/region/640000?page=2", 404),
        ("/region/64x", 404),
        ("/region/640000?year=abc", 400),
        ("/region/640000?page=-1", 400),
        ("/region/640000?year=99999", 400),
    ],
)
async def test_what_is_not_there(visit: Page, path: str, status: int) -> None:
    """A clear text and never a 500."""
    await visit(path, status=status)


async def test_a_region_without_reports(visit: Page) -> None:
    """The page says so and shows no empty tables."""
    page = await visit("/region/110000")
    assert "本库尚未收录此地的报告" in page.get_text()
    assert not page.select("table")


async def test_rows_of_the_table_lead_here(country: dict[str, Datasette]) -> None:
    """Datasette's page of the row redirects here."""
    moved = await country[""].client.get("/archive/regions/640221", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "/region/640221")


async def test_charts_keep_governments_and_their_departments_apart(visit: Page) -> None:
    """The coverage first, then each series with the number of its reports below each year."""
    page = await visit("/region/640221")
    captions = words(page, "figure.chart figcaption")
    assert captions[0] == "应公布的报告（份）"
    assert "新收申请（件）：部门、乡镇、街道等" in captions
    assert "新收申请（件）：政府（县级）" in captions
    government = page.select_one("figure#chart-requests-government_county")
    assert government is not None
    assert words(government, ".above") == ["—", "40", "41", "44"]
    assert words(government, ".below") == ["2021", "2022", "n=1", "2023", "n=1", "2024", "n=1"]


async def test_charts_of_a_region_are_pictures(country: dict[str, Datasette]) -> None:
    """The country has them too."""
    for path in ("/region/640221/chart/requests-bodies.svg", "/region/chart/coverage.svg"):
        assert (await country[""].client.get(path)).status_code == 200
    missing = await country[""].client.get("/region/999999/chart/coverage.svg")
    assert missing.status_code == 404


async def test_a_former_division_leads_to_its_successor_and_back(visit: Page) -> None:
    ended = await visit("/region/220181")
    assert "该区划已于 2014 年撤销，由以下区划承接： 九台区" in " ".join(
        ended.get_text(" ").split()
    )
    following = await visit("/region/220113")
    assert following.select_one('header a[href$="/region/220181"]')
    divided = await visit("/region/330104")
    assert [link["href"][-6:] for link in divided.select("header p a")] == ["330102", "330114"]


async def test_questions_lead_to_their_answers(visit: Page) -> None:
    """Each is a page with the filters of the region set and the order that the question asks for."""
    page = await visit("/region/640000")
    links = page.select("section:has(#questions) a")
    assert words(page, "section:has(#questions) a")[0] == "2024 年度谁不予公开最多，理由是什么？"
    answers = [await visit(str(a["href"]).partition("#")[0]) for a in links]
    assert words(answers[0], ".built tbody th")[0].startswith("大武口区财政局")
    assert "相差" in words(answers[1], ".hits > li")[0]
    assert words(answers[3], ".list tbody tr")
    assert answers[4].select("#grounds-refused")
