"""The map of provinces and the rows of prefectures."""

from __future__ import annotations

import pytest
from datasette.app import Datasette

from tests.publish.page_text import words
from tests.publish.small_archive import Page


async def test_coverage_comes_first(visit: Page) -> None:
    """A square for each province, with its value as text, which leads to the region."""
    page = await visit("/map")
    assert words(page, "h1") == ["2024 年各省：收录率（已收录报告占应公布报告的比例）"]
    assert len(page.select(".tile")) == 34
    ningxia = page.select_one(".tile a[href='/region/640000']")
    assert ningxia is not None
    assert ningxia["aria-label"] == "宁夏回族自治区 100%"
    empty = page.select_one(".tile a[href='/region/110000']")
    assert empty is not None
    assert empty["class"] == ["heat-0"]


async def test_prefectures_stand_by_province(visit: Page) -> None:
    page = await visit("/map?m=requests_new&year=2024&of=governments")
    assert words(page, ".heat-row h3") == []
    page = await visit("/map?m=requests_new&year=2024")
    assert words(page, ".heat-row h3") == ["河南省", "宁夏回族自治区"]
    shown = [each for each in words(page, ".heat-row li") if "—" not in each]
    assert shown[-1].startswith("石嘴山市 121")


async def test_the_same_in_english(visit: Page) -> None:
    page = await visit("/en/map?m=refusal_rate&small=1")
    assert words(page, "h1") == ["Refusal rate by province, 2024"]
    assert "Ningxia" in words(page, ".tile-name")
    links = [str(link["href"]) for link in page.select("section .chart-use a")]
    query = "m=refusal_rate&year=2024&small=1"
    assert f"/en/map/chart/map.svg?{query}" in links
    assert f"/en/embed/map/chart/matrix?{query}" in links


async def test_the_map_is_a_picture(country: dict[str, Datasette]) -> None:
    answer = await country[""].client.get("/map/chart/map.svg")
    assert answer.status_code == 200
    assert "宁夏" in answer.text
    frame = await country[""].client.get("/embed/map/chart/map")
    assert "frame-ancestors *" in frame.headers["content-security-policy"]


@pytest.mark.parametrize("query", ["m=nothing", "year=x", "of=all"])
async def test_what_cannot_be_drawn_is_refused(country: dict[str, Datasette], query: str) -> None:
    assert (await country[""].client.get(f"/map?{query}")).status_code == 400


async def test_a_year_without_reports_has_no_figures(visit: Page) -> None:
    page = await visit("/map?year=1999&m=refused")
    assert set(words(page, ".tile b")) == {"—"}
    assert not page.select(".chart-use")
