"""The agency page: which reports there are, are late or missing, and their figures."""

from __future__ import annotations

import re

from datasette.app import Datasette

from tests.publish.page_text import words
from tests.publish.samples import HOSTILE, HOSTILE_AGENCY, PINGLUO
from tests.publish.small_archive import Page
from tests.publish.years import COUNTY, FINANCE


async def test_the_strip_says_who_is_missing_and_late(visit: Page) -> None:
    """Every year since the first known report, the latest first, in words and not only by colour."""
    county = await visit(f"/agency/{COUNTY}")
    assert words(county, ".strip li") == [
        "2024 已撤下 2025-03-28",
        "2023 迟发 迟 12 天",
        "2022 已收录 2023-03-20",
    ]
    pingluo = await visit(f"/agency/{PINGLUO}")
    assert words(pingluo, ".strip li") == [
        "2024 已收录 2025-01-20",
        "2023 已收录 2024-01-22",
        "2022 未见 应于 2023-01-31 前发布",
        "2021 已收录 2022-01-18",
    ]
    assert "收录报告 3 份；应有而未见 1 年，迟发 0 年。" in pingluo.get_text()
    links = [str(a["href"]) for a in pingluo.select(".strip a")]
    assert links == [f"/report/{PINGLUO}-{year}" for year in (2024, 2023, 2021)]


async def test_charts_carry_their_numbers(visit: Page) -> None:
    """Each bar shows its number, and each part has a pattern, so that no colour is needed."""
    page = await visit(f"/agency/{FINANCE}")
    requests, outcomes, reviews, suits = page.select("section:has(#charts) figure.chart")
    assert words(requests, "text") == ["120", "2024"]
    assert words(outcomes, "text.inside") == ["60", "30", "20"]  # 8 is too low for its number
    assert len({str(rect["fill"]) for rect in outcomes.select("rect.block[y]")}) >= 4
    assert words(reviews, ".above") == ["4"]
    assert words(suits, ".above") == ["2"]
    drawing = outcomes.select_one("svg[role=img]")
    assert drawing is not None
    assert drawing["aria-label"] == "办理结果（件）：2024 118"


async def test_a_year_without_a_report_is_no_zero(visit: Page) -> None:
    """Every chart shows a dash in its place."""
    page = await visit(f"/agency/{PINGLUO}")
    for chart in page.select("figure.chart"):
        assert words(chart, ".above")[1] == "—"
        assert words(chart, ".below") == ["2021", "2022", "2023", "2024"]


async def test_carry_over_from_year_to_year(visit: Page) -> None:
    """Both numbers and the verdict, with the finding in words."""
    page = await visit(f"/agency/{COUNTY}")
    rows = [words(row, "th, td") for row in page.select("section:has(#carries) tbody tr")]
    assert rows == [["2022 → 2023", "0", "0", "= 相符"], ["2023 → 2024", "3", "0", "≠ 不符"]]
    assert "2023年报告结转下年3件，2024年报告上年结转0件" in page.get_text()


async def test_all_reports_with_their_figures(visit: Page) -> None:
    """The latest report comes first."""
    page = await visit(f"/agency/{COUNTY}")
    rows = [words(row, "th, td") for row in page.select("section:has(#reports) tbody tr")]
    assert rows[0] == [
        *("2024", "平罗县人民政府2024年政府信息公开工作年度报告", "2025-03-28", "已撤下"),
        *("44", "44", "40", "0", "4", "7", "3", "1"),
    ]
    assert [row[0] for row in rows] == ["2024", "2023", "2022"]


async def test_english_and_its_way_on(visit: Page) -> None:
    """The same page in English, with links that stay in English."""
    page = await visit(f"/en/agency/{COUNTY}")
    assert words(page, ".strip li")[1] == "2023 late 12 days late"
    assert words(page, "h2") == [
        "Year by year",
        "Figures by year",
        "Grounds and outcomes over the years",
        "Requests carried over between years",
        "All reports of this agency",
        "Related pages",
    ]
    assert all(re.match("/en/|#|/static", str(a["href"])) for a in page.select("main a"))


async def test_scraped_names_are_text(visit: Page) -> None:
    """The hostile agency has no figures and therefore no charts, and runs nothing."""
    page = await visit(f"/agency/{HOSTILE_AGENCY}")
    assert page.h1 is not None
    assert page.h1.get_text() == f"{HOSTILE}局"
    assert not page.select("main script, img, figure.chart")


async def test_addresses(visit: Page, country: dict[str, Datasette]) -> None:
    """The address of the row redirects here. An unknown agency is a 404."""
    await visit("/agency/nobody", status=404)
    moved = await country["/en"].client.get(f"/archive/agencies/{COUNTY}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, f"/en/agency/{COUNTY}")


async def test_the_kind_of_an_agency_is_in_words_of_either_language(visit: Page) -> None:
    assert words(await visit(f"/agency/{COUNTY}"), ".eyebrow") == ["县级政府"]
    assert words(await visit(f"/en/agency/{COUNTY}"), ".eyebrow") == ["county government"]
