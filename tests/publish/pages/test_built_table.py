"""The table builder: values, sums without counting twice, order, and the files of the same table."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.extract.formats.spreadsheet import read_xlsx
from gongkai.extract.model.document import Grid
from gongkai.publish.charts.sparkline import sparkline
from gongkai.publish.pages.builder.table_measures import TABLE_MEASURES
from gongkai.publish.views import built_table_view
from tests.publish.page_text import words
from tests.publish.samples import PINGLUO
from tests.publish.small_archive import Page
from tests.publish.years import COUNTY, FINANCE

CITY = "region=640200&year=2024"


def lines(page: BeautifulSoup) -> list[list[str]]:
    """Return the rows of the table as texts, without the column of small charts."""
    return [words(row, "th, td")[:-1] for row in page.select(".built tr")]


async def test_agencies_stand_by_name_with_sums_that_count_nothing_twice(visit: Page) -> None:
    """The government's report contains the numbers of its departments: two rows of sums."""
    page = await visit(f"/table?{CITY}&year=2023&m=requests_handled&m=refusal_rate")
    assert lines(page) == [
        ["机关", "办结 2024", "办结 2023", "不予公开率 2024", "不予公开率 2023"],
        ["大武口区财政局 宁夏回族自治区石嘴山市大武口区", "118", "—", "25.4% n=118", "—"],
        ["平罗县人民政府 宁夏回族自治区石嘴山市平罗县", "44", "38", "9.1% n=44", "0.0% n=38"],
        ["平罗县工业和信息化局 宁夏回族自治区石嘴山市平罗县", "1", "11", "— n=1", "— n=11"],
        ["合计：部门、乡镇、街道等", "119 2 份", "11 1 份", "25.2% n=119 2 份", "— n=11 1 份"],
        ["合计：政府（县级）", "44 1 份", "38 1 份", "9.1% n=44 1 份", "0.0% n=38 1 份"],
    ]


async def test_a_former_key_of_a_measure_leads_to_what_it_counts(visit: Page) -> None:
    """`granted` was the name of what is called `disclosed`; it is a row of the form."""
    former = await visit(f"/table?{CITY}&m=granted&sort=-granted.2024")
    present = await visit(f"/table?{CITY}&m=disclosed&sort=-disclosed.2024")
    assert lines(former) == lines(present)
    assert lines(present)[0] == ["机关", "公开 2024"]
    assert not [a for a in former.select(".built a[href]") if "granted" in str(a["href"])]


async def test_regions_add_up_bodies_or_show_their_governments(visit: Page) -> None:
    """A city's own bodies have a row of their own, for they belong to none of its counties."""
    bodies = lines(await visit(f"/table?rows=region&{CITY}&m=requests_handled"))
    governments = lines(await visit(f"/table?rows=region&of=governments&{CITY}&m=requests_handled"))
    assert bodies == [
        ["地区", "办结 2024"],
        ["石嘴山市（本级）", "—"],
        ["大武口区", "118 1 份"],
        ["惠农区", "—"],
        ["平罗县", "1 1 份"],
        ["合计：部门、乡镇、街道等", "119 2 份"],
    ]
    assert [row[1] for row in governments] == ["办结 2024", "—", "—", "—", "44 1 份", "44 1 份"]


async def test_sectors_lead_to_their_agencies(visit: Page) -> None:
    page = await visit(f"/table?rows=sector&{CITY}&m=requests_handled")
    (link,) = [a for a in page.select(".built tbody a") if a.get_text() == "财政"]
    agencies = await visit(f"/table{link['href']}")
    assert [row[0] for row in lines(agencies)[1:-1]] == [
        "大武口区财政局 宁夏回族自治区石嘴山市大武口区"
    ]


async def test_order_is_that_of_a_column_where_a_reader_asks_for_it(visit: Page) -> None:
    """What has no value comes last in both directions, and the address has the order."""
    down = await visit("/table?year=2024&m=requests_handled&sort=-requests_handled.2024")
    up = await visit("/table?year=2024&m=requests_handled&sort=requests_handled.2024")
    falling = [row[1] for row in lines(down) if not row[0].startswith("合计")][1:]
    rising = [row[1] for row in lines(up) if not row[0].startswith("合计")][1:]
    assert falling == ["118", "44", "9", "1", "0", "—"]
    assert rising == ["0", "1", "9", "44", "118", "—"]
    (head,) = down.select("th[aria-sort]")
    assert head["aria-sort"] == "descending"
    (link,) = head.select("a")
    assert "sort=requests_handled.2024" in str(link["href"])


async def test_rates_of_few_cases_do_not_sort_unless_they_are_shown(visit: Page) -> None:
    rates = "/table?region=640221&year=2024&m=disclosure_rate&sort=-disclosure_rate.2024"
    hidden = lines(await visit(rates))
    shown = lines(await visit(f"{rates}&small=1"))
    assert [row[1] for row in hidden[1:3]] == ["90.9% n=44", "— n=1"]
    assert [row[1] for row in shown[1:3]] == ["100.0% n=1", "90.9% n=44"]


async def test_grounds_and_outcomes_are_the_cells_of_the_form(
    visit: Page, country: dict[str, Datasette]
) -> None:
    keys = [key for key, each in TABLE_MEASURES.items() if each.ground or each.proceeding]
    assert len(keys) == 20 + 15
    for start in range(0, len(keys), 12):
        chosen = keys[start : start + 12]
        asked = "&".join(f"m={key}" for key in chosen)
        page = await visit(f"/table?year=2024&kind=department&{asked}")
        assert len(page.select(".built thead th")) == 2 + len(chosen)
    rows = (
        await country[""]
        .get_database("archive")
        .execute(
            "SELECT q.item, q.total FROM requests q JOIN reports r ON r.id = q.report_id"
            " WHERE r.agency_id = ? AND r.year = 2024",
            [FINANCE],
        )
    )
    totals = dict(rows.rows)
    asked = "&".join(
        f"m=ground_{item}" for item in ("refused_state_secret", "unavailable_not_held")
    )
    found = lines(await visit(f"/table?region=640202&year=2024&{asked}"))[1]
    assert found[1:] == [str(totals["refused_state_secret"]), str(totals["unavailable_not_held"])]


async def test_files_have_exactly_what_is_shown(country: dict[str, Datasette]) -> None:
    client = country["/en"].client
    asked = f"{CITY}&m=requests_handled&m=refusal_rate"
    sheet = await client.get(f"/table.csv?{asked}")
    rows = list(csv.reader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
    assert rows[0] == [
        "ID",
        "Name",
        "Region",
        "Handled 2024",
        "Refusal rate 2024",
        "Refusal rate 2024 n",
        "Page on this site",
    ]
    assert [row[-1].partition("?")[0] for row in rows[1:]] == [
        *(f"/en/agency/{id}" for id in (FINANCE, COUNTY, PINGLUO)),
        *("/en/table", "/en/table"),
    ]
    assert [row[3:-1] for row in rows[1:]] == [
        ["118", str(30 / 118), "118"],
        ["44", str(4 / 44), "44"],
        ["1", "", "1"],
        ["119", str(30 / 119), "119"],
        ["44", str(4 / 44), "44"],
    ]
    plain = (await client.get(f"/table.json?{asked}")).json()
    assert [row["id"] for row in plain["rows"]] == [FINANCE, COUNTY, PINGLUO]
    assert plain["rows"][2]["values"] == [
        {"measure": "requests_handled", "year": 2024, "value": 1, "n": None, "reports": 1},
        {"measure": "refusal_rate", "year": 2024, "value": None, "n": 1, "reports": 1},
    ]
    book = await client.get(f"/table.xlsx?{asked}")
    (first,) = (b for b in read_xlsx(book.content).blocks if isinstance(b, Grid))
    shown = f"{30 / 118:.15g}"  # all digits that Excel shows
    assert [cell.text for cell in first.rows[1]][3:-1] == ["118", shown, "118"]
    with zipfile.ZipFile(io.BytesIO(book.content)) as package:
        assert b"/en/table?" in package.read("xl/sharedStrings.xml")


async def test_a_file_has_all_rows_or_says_that_it_is_cut(
    country: dict[str, Datasette], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file has no pages, so `page` changes nothing. The last line names where all rows are."""
    client = country[""].client
    paths = [f"/table.{kind}?{CITY}" for kind in ("csv", "json")]
    whole, data = [(await client.get(path)).text for path in paths]
    assert (await client.get(f"{paths[0]}&page=2")).text == whole
    assert ("并不完整" in whole, json.loads(data)["is_cut"]) == (False, False)
    monkeypatch.setattr(built_table_view, "MAX_ROWS", 2)
    cut, data = [(await client.get(path)).text for path in paths]
    last = cut.splitlines()[-1]
    assert "并不完整" in last
    assert "/data" in last
    assert len(cut.splitlines()) == len(whole.splitlines())  # one row less, and this line
    assert json.loads(data)["is_cut"]


async def test_the_links_of_a_file_lead_somewhere(country: dict[str, Datasette]) -> None:
    """A sector leads to the table of its agencies, a sum to the table itself."""
    client = country[""].client
    for rows_of in ("agency", "region", "sector"):
        sheet = await client.get(f"/table.csv?rows={rows_of}&region=640000&year=2024")
        rows = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
        assert rows
        for link in {row["本站页面"] for row in rows}:
            assert (await client.get(link)).status_code == 200, link


@pytest.mark.parametrize(
    "query",
    [
        "m=nothing",
        "rows=city",
        "year=x",
        "sort=-nothing.2024",
        "sort=refused",
        "level=moon",
        "page=9",
    ],
)
async def test_wrong_values_are_refused(visit: Page, query: str) -> None:
    page = await visit(f"/table?{query}", status=404 if query == "page=9" else 400)
    assert page.select_one("h1") is not None


def test_small_charts_break_where_a_year_has_no_value() -> None:
    assert sparkline([1, 2, None, 4]) == ("2.0,12.5 24.7,9.0", "70.0,2.0")
    assert sparkline([None, 0]) == ("70.0,16.0",)
    assert sparkline([]) == ()


async def test_cells_are_shaded_by_column_where_it_is_asked_for(visit: Page) -> None:
    """The value stays in the cell, and a rate that is hidden has no shade."""
    page = await visit("/table?rows=region&region=640000&m=requests_new&m=refusal_rate&heat=1")
    shaded = page.select("tbody td[class*=heat-]")
    assert shaded
    assert all(each.get_text(strip=True)[0].isdigit() for each in shaded)
    assert not page.select("tfoot td[class*=heat-]")
    assert not (await visit("/table?rows=region&region=640000")).select("td[class*=heat-]")


async def test_provinces_lead_to_their_map(visit: Page) -> None:
    page = await visit("/table?rows=region&of=governments&m=refused&year=2024")
    links = [str(link["href"]) for link in page.select(".found-line a")]
    assert "/map?m=refused&year=2024&of=governments" in links


async def test_agencies_that_contain_others_are_not_ranked_with_them_without_a_word(
    visit: Page,
) -> None:
    """The reader is led to those that may be compared; there, nothing is said."""
    table = await visit("/table?region=640000&year=2024&m=refused&sort=-refused.2024")
    assert "名次不宜混排" in table.get_text()
    links = {a.get_text(): str(a["href"]) for a in table.select(".notice-plain a")}
    assert list(links) == ["只看部门、乡镇、街道等", "只看政府（县级）"]
    for link in links.values():
        narrowed = await visit(f"/table{link}")
        assert "名次不宜混排" not in narrowed.get_text()
        assert narrowed.select(".built tbody tr")
    regions = await visit("/table?rows=region&region=640000&year=2024")
    assert "名次不宜混排" not in regions.get_text()
