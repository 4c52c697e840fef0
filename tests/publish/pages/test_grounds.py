"""Grounds and outcomes over the years on the pages of reports, agencies and regions."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.catalogue import Language
from gongkai.publish.pages.builder.table_measures import TABLE_MEASURES, ground_title
from gongkai.publish.pages.builder.table_query import MAX_MEASURES
from gongkai.publish.pages.places.grounds import COLUMNS, DETAILS, ground_tables, group_title
from gongkai.publish.wording.measures import MeasureValue
from tests.publish.page_text import words
from tests.publish.samples import HUITONG
from tests.publish.small_archive import Page
from tests.publish.years import COUNTY, FINANCE, POLICE


def rows(page: BeautifulSoup, group: str) -> list[list[str]]:
    """Return the table of a group of grounds as texts."""
    return [words(row, "th, td") for row in page.select(f"#grounds-{group} tr")]


async def test_an_agency_shows_counts_and_shares(visit: Page) -> None:
    """The share is of all requests handled, and left out below thirty of them."""
    page = await visit(f"/agency/{FINANCE}")
    found = rows(page, "refused")
    assert found[0] == ["理由或结果", "2024"]
    assert ["4.保护第三方合法权益", "30 25.4%"] in found
    assert found[-2:] == [["本类合计", "30 25.4%"], ["全部办结申请", "118 1 份"]]
    assert rows(page, "review")[1:3] == [["结果维持", "3"], ["结果纠正", "1"]]
    few = await visit(f"/agency/{POLICE}")
    assert ["5.属于三类内部事务信息", "3", "0"] in rows(few, "refused")


async def test_the_chart_has_the_figures_of_the_table(visit: Page) -> None:
    page = await visit(f"/agency/{POLICE}")
    (drawing,) = page.select("#grounds-refused svg[role=img]")
    assert drawing["aria-label"] == "不予公开：按理由：2023 0、2024 5"


async def test_a_group_leads_to_the_table_with_the_same_filters(visit: Page) -> None:
    page = await visit("/region/640000?of=government_county")
    (link,) = page.select("#grounds-refused > p > a")
    table = await visit(str(link["href"]))
    assert len(table.select(".built thead th")) == 2 + len(COLUMNS["refused"]) * 3
    assert words(table, ".built tbody th") == ["平罗县人民政府 宁夏回族自治区石嘴山市平罗县"]
    own = await visit(f"/agency/{FINANCE}")
    (link,) = own.select("#grounds-refused > p > a")
    assert words(await visit(str(link["href"])), ".built tbody th") == [
        "大武口区财政局 宁夏回族自治区石嘴山市大武口区"
    ]


async def test_a_region_shows_one_series_at_a_time(visit: Page) -> None:
    bodies = await visit("/region/640000")
    governments = await visit("/region/640000?of=government_county")
    assert ["4.保护第三方合法权益", "32 25.0%", "2", "0"] in rows(bodies, "refused")
    assert rows(governments, "refused")[3] == ["3.危及“三安全一稳定”", "4 9.1%", "0 0.0%", "0 0.0%"]
    assert words(governments, "section:has(#grounds) b[aria-current]") == ["政府（县级）"]
    assert not (await visit("/region/640000?of=nobody", status=400)).select("#grounds")


async def test_a_report_stands_beside_earlier_years_of_its_agency(visit: Page) -> None:
    page = await visit(f"/report/{COUNTY}-2024")
    assert rows(page, "refused")[0] == ["理由或结果", "2024", "2023", "2022", "2021", "2020"]
    earlier = await visit(f"/report/{COUNTY}-2023")
    assert not earlier.select("#grounds-refused")
    assert not (await visit(f"/report/{HUITONG}-2020")).select("#grounds")


async def test_compared_agencies_and_regions_show_their_grounds_side_by_side(visit: Page) -> None:
    page = await visit(f"/compare?agency={FINANCE}&region=640221")
    (table,) = [
        table
        for table in page.select("section:has(#grounds) table")
        if "4.保护第三方合法权益" in table.get_text()
    ]
    assert words(table, "thead th") == [
        *("理由或结果", "大武口区财政局"),
        *("平罗县 部门、乡镇、街道等", "平罗县 政府（县级）"),
    ]
    rows = [words(row, "th, td") for row in table.select("tr")]
    assert ["4.保护第三方合法权益", "30 25.4%", "0", "0 0.0%"] in rows
    assert rows[-1] == ["全部办结申请", "118 1 份", "1 1 份", "44 1 份"]
    charts = page.select("section:has(#answers) figure.chart")
    assert words(charts[0], "figcaption") == ["大武口区财政局"]


def test_the_whole_of_other_does_not_pool_with_its_parts() -> None:
    """The form of 2019 prints one row where that of 2021 prints three."""
    cells = {
        ("ground_other_2019", 2020): 7,
        ("ground_other_overdue_correction", 2021): 2,
        ("ground_other_overdue_fee", 2021): 0,
        ("ground_other", 2021): 3,
        ("requests_handled", 2020): 40,
        ("requests_handled", 2021): 50,
    }

    def value_of(measure: object, year: int) -> MeasureValue:
        key = getattr(measure, "key", "")
        part = cells.get((key, year))
        is_rate = key != "requests_handled"
        return MeasureValue(part, cells["requests_handled", year], int(part is not None), is_rate)

    (table,) = ground_tables(value_of, (2020, 2021), "en", ("other",))
    assert {row.key: tuple(value.part for value in row.values) for row in table.rows} == {
        "ground_other_overdue_correction": (None, 2),
        "ground_other_overdue_fee": (None, 0),
        "ground_other": (None, 3),
        "ground_other_2019": (7, None),
    }
    assert "cannot be compared" in table.note
    assert table.chart("en").total(0) == 7
    (alone,) = ground_tables(value_of, (2021,), "en", ("other",))
    assert alone.note == ""


@pytest.mark.parametrize("name", [*COLUMNS, *DETAILS])
def test_links_ask_for_measures_that_a_table_has(name: str) -> None:
    for columns in (COLUMNS.get(name, ()), DETAILS.get(name, ())):
        assert set(columns) <= set(TABLE_MEASURES)
        assert len(columns) <= MAX_MEASURES


@pytest.mark.parametrize(
    ("lang", "group", "ground"),
    [
        ("en", "Grounds: refused", "Refused: state secret"),
        ("zh", "不予公开：按理由", "不予公开：1.属于国家秘密"),
    ],
)
def test_a_ground_names_its_family_once(lang: Language, group: str, ground: str) -> None:
    assert group_title("refused", lang) == group
    assert ground_title("refused_state_secret", lang) == ground


@pytest.mark.parametrize(
    "path",
    [
        f"/agency/{POLICE}",
        "/region/640000",
        "/region?of=government_county",
        f"/report/{POLICE}-2024",
        f"/compare?agency={FINANCE}&region=640221",
    ],
)
async def test_every_chart_of_grounds_is_a_picture_too(
    visit: Page, country: dict[str, Datasette], path: str
) -> None:
    page = await visit(path)
    pictures = [
        str(a["href"])
        for a in page.select(".ground-group .chart-use a, section:has(#answers) .chart-use a")
        if ".svg" in str(a["href"])
    ]
    assert pictures
    for picture in pictures:
        answer = await country[""].client.get(picture)
        assert (answer.status_code, answer.text[:4]) == (200, "<svg"), picture
