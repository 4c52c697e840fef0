"""Comparing agencies and regions: values with their n, without rates of few cases."""

from __future__ import annotations

import csv
import io

import pytest
from datasette.app import Datasette

from gongkai.publish.wording.measures import COUNTS, RATES
from tests.publish.page_text import words
from tests.publish.samples import HOSTILE, HOSTILE_AGENCY, PINGLUO
from tests.publish.small_archive import Page
from tests.publish.years import COUNTY, FINANCE

BOTH = f"agency={COUNTY}&agency={PINGLUO}&region=640200"


async def test_values_stand_with_their_n(visit: Page) -> None:
    """In the order in which they were chosen. A rate of fewer than thirty cases is a dash with its n."""
    page = await visit(f"/compare?{BOTH}")
    counts, rates = page.select("section:has(> [id^=measure-])")
    assert words(counts, "thead th") == ["已选", "2024", "2023", "2022", "2021"]
    assert [words(row, "th, td") for row in counts.select("tbody tr")] == [
        ["平罗县人民政府", "44", "38", "37", "—"],
        ["平罗县工业和信息化局", "1", "11", "—", "3"],
        ["石嘴山市 部门、乡镇、街道等", "119 2 份", "11 1 份", "—", "3 1 份"],
        ["石嘴山市 政府（县级）", "44 1 份", "38 1 份", "37 1 份", "—"],
    ]
    assert [words(row, "th, td") for row in rates.select("tbody tr")] == [
        ["平罗县人民政府", "90.9% n=44", "100.0% n=38", "100.0% n=37", "—"],
        ["平罗县工业和信息化局", "— n=1", "— n=11", "—", "— n=3"],
        ["石嘴山市 部门、乡镇、街道等", "58.0% n=119 2 份", "— n=11 1 份", "—", "— n=3 1 份"],
        ["石嘴山市 政府（县级）", "90.9% n=44 1 份", "100.0% n=38 1 份", "100.0% n=37 1 份", "—"],
    ]


async def test_small_rates_for_those_who_ask(visit: Page) -> None:
    """They are shown with their n, and the choice stays in the address."""
    page = await visit(
        f"/compare?agency={PINGLUO}&measure=disclosure_rate&small=1&from=2021&to=2021"
    )
    assert words(page, "section:has(> [id^=measure-]) tbody td") == ["100.0% n=3"]
    (stable,) = [a for a in page.select("a") if "固定地址" in a.get_text()]
    assert stable["href"] == (
        f"?agency={PINGLUO}&measure=disclosure_rate&from=2021&to=2021&small=1"
    )
    again = await visit(f"/compare{stable['href']}")
    assert words(again, "section:has(> [id^=measure-]) tbody td") == ["100.0% n=3"]


async def test_all_picks_of_a_measure_share_one_chart(visit: Page) -> None:
    """A line for each, with its name and its last figure. A year without a report has no point."""
    page = await visit(f"/compare?agency={COUNTY}&agency={FINANCE}&measure=requests_new")
    (chart,) = page.select("section:has(> [id^=measure-]) figure.chart")
    assert words(chart, ".name") == ["大武口区财政局", "平罗县人民政府"]
    assert words(chart, ".above") == ["120", "44"]
    assert words(chart, ".below") == ["2022", "2023", "2024"]
    drawing = chart.select_one("svg[role=img]")
    assert drawing is not None
    assert drawing["aria-label"] == (
        "新收申请：平罗县人民政府 2022 40 2023 41 2024 44、大武口区财政局 2022 — 2023 — 2024 120"
    )


async def test_adding_and_taking_away(visit: Page) -> None:
    """By name and without a script. What is already chosen stays."""
    page = await visit(f"/compare?agency={COUNTY}&add=财政")
    (link,) = page.select(".starts a")
    assert link["href"] == f"?agency={COUNTY}&agency={FINANCE}"
    added = await visit(f"/compare{link['href']}")
    assert words(added, ".chosen a") == ["平罗县人民政府 ✕ 取消", "大武口区财政局 ✕ 取消"]
    assert added.select(".chosen a")[0]["href"] == f"?agency={FINANCE}"
    regions = await visit("/compare?add=石嘴山")
    assert words(regions, ".starts a")[0] == "＋ 石嘴山市"
    nothing = await visit("/compare?add=%25")
    assert "没有名称含“%”的机关或地区" in nothing.get_text()
    start = await visit("/compare")
    assert words(start, ".starts a") == ["＋ 河南省", "＋ 湖南省", "＋ 宁夏回族自治区"]


async def test_as_a_table(country: dict[str, Datasette]) -> None:
    """One row for each subject, measure and year. Rates of few cases are left out as on the page."""
    answer = await country["/en"].client.get(f"/compare.csv?{BOTH}&measure=refusal_rate")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 16
    told = {(row["name"], row["year"]): (row["value"], row["n"]) for row in rows}
    series = ["", "Departments, towns and other bodies", "Governments (county)"]
    assert list(dict.fromkeys(row["whose reports"] for row in rows)) == series
    assert {row["measure"] for row in rows} == {"Refusal rate"}
    assert {row["measure (code)"] for row in rows} == {"refusal_rate"}
    kinds = list(dict.fromkeys((row["kind"], row["kind (code)"]) for row in rows))
    assert kinds == [("Agency", "agency"), ("Region", "region")]
    codes = list(dict.fromkeys(row["whose reports (code)"] for row in rows))
    assert codes == ["", "bodies", "government_county"]
    assert told["平罗县人民政府", "2024"] == (str(4 / 44), "44")
    assert told["平罗县工业和信息化局", "2023"] == ("", "11")
    assert told["平罗县工业和信息化局", "2022"] == ("", "0")
    links = {row["name"]: row["Page on this site"] for row in rows}
    for name, link in links.items():
        page = await country["/en"].client.get(link.removeprefix("/en"))
        assert (page.status_code, name in page.text) == (200, True), link


@pytest.mark.parametrize(
    "query",
    [
        "agency=nobody",
        "region=999999",
        "region=x",
        "measure=best",
        "from=x",
        "add=" + "长" * 101,
    ],
)
async def test_bad_questions(visit: Page, query: str) -> None:
    """An invalid comparison is a clear 400."""
    for path in ("/compare", "/compare.csv"):
        assert "不是有效的值" in (await visit(f"{path}?{query}", status=400)).get_text()


async def test_hostile_names_and_english(visit: Page) -> None:
    """Names are text everywhere. An agency without figures has none."""
    page = await visit(f"/en/compare?agency={HOSTILE_AGENCY}")
    assert HOSTILE in page.get_text()
    assert not page.select("main script, img")
    assert words(page, "h1") == ["Side by side"]
    assert words(page, ".hits") == []
    none = await visit(f"/compare?agency={COUNTY}&to=2019")
    assert "所选年度没有报告" in none.get_text()


async def test_too_many_picks_are_told_how_many_go(visit: Page) -> None:
    """In words: a reader who ticks seven boxes has not edited an address."""
    query = "&".join(f"measure={measure}" for measure in [*COUNTS, *RATES][:7])
    page = await visit(f"/compare?{query}", status=400)
    assert "选了 7 项，一次至多 6 项。请返回上一页，去掉几项。" in page.get_text()
    query = "&".join(f"agency={n}" for n in range(9))
    english = await visit(f"/en/compare?{query}", status=400)
    assert "You chose 9 items; at most 8 are allowed at once." in english.get_text()
