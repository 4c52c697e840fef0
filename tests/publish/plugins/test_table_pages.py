"""Datasette's table pages: in Chinese, with facets, and with clear errors."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette

from gongkai.publish.http import time_limit
from gongkai.publish.pages.lists import search_hits
from gongkai.publish.server import bounded_database
from gongkai.publish.server.datasette_server import open_languages
from gongkai.publish.wording.dictionary import tables
from tests.publish.samples import PINGLUO
from tests.publish.small_archive import Page


def facet_links(page: object) -> dict[str, str]:
    """Return the links of all facets by their text."""
    return {a.get_text(): str(a["href"]) for a in page.select(".facets li a")}  # type: ignore[attr-defined]


async def test_reports_are_faceted_by_year_region_form_and_status(page: Page) -> None:
    """In this order and in words, the latest year first."""
    table = await page("/archive/reports")
    assert [h.get_text() for h in table.select(".facets h2")] == ["年度", "地区", "格式", "状态"]
    assert list(facet_links(table)) == [
        *("2024", "2023", "2020"),
        *("平罗县", "卫滨区", "会同县", "宁夏回族自治区"),
        *("2021 年格式", "2019 年格式", "2019 年以前"),
        *("完整", "仅正文"),
    ]


async def test_a_region_takes_in_those_below(page: Page) -> None:
    """The reports of Ningxia include those of its counties."""
    table = await page("/archive/reports?_region=640000&year=2024")
    titles = [td.get_text() for td in table.select("td.col-title")]
    assert len(titles) == 2
    assert "平罗县工业和信息化局 2024 年政府信息公开工作年度报告" in titles
    assert table.select(".facets strong")[0].get_text() == "2024"


async def test_foreign_keys_show_names(page: Page) -> None:
    """A report is shown by its title, an agency and a region by their names."""
    reports = await page("/archive/reports?_sort=year")
    first = reports.select_one("tbody tr")
    assert first is not None
    assert first.select("td.col-title a")[0]["href"] == "/report/431225-linyeju-77aa-2020"
    assert first.select("td.col-agency_id a")[0].get_text() == "会同县林业局"
    checks = await page(f"/archive/checks?report_id={PINGLUO}-2023")
    link = checks.select("td.col-report_id a")[0]
    assert link["href"] == f"/report/{PINGLUO}-2023"
    assert link.get_text() == "平罗县工业和信息化局 2023 年政府信息公开工作年度报告"
    assert first.select("td.col-agency_id a")[0]["href"] == "/agency/431225-linyeju-77aa"
    portal = await page("/archive/sites/pingluo")
    assert portal.h1 is not None
    assert portal.h1.get_text() == "平罗县人民政府"
    assert [a.get_text() for a in portal.select("dd a")] == ["原网页", "平罗县"]


async def test_columns_are_in_words(page: Page) -> None:
    """With the names and notes of the data dictionary, after the agency, year and region of a row."""
    table = await page("/archive/requests")
    heads = [th.get_text() for th in table.select("table.rows th")]
    assert heads[:7] == ["机关", "年度", "地区", "报告", "项目", "自然人", "商业企业"]
    assert "不予公开" in (await page("/archive/report_summary")).select_one(".about").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("name", tables())
async def test_every_table_and_view_opens(page: Page, name: str) -> None:
    """With rows, a title in words and downloads."""
    table = await page(f"/archive/{name}")
    assert table.h1 is not None
    assert table.h1.get_text().startswith(tables()[name].title("zh"))
    assert table.select("table.rows tbody tr") or "没有符合条件的记录" in table.get_text()


async def test_addresses_are_links_to_the_original_page(page: Page) -> None:
    """Only http(s) addresses are links."""
    table = await page("/archive/reports")
    cells = [td.select_one("a") or td.get_text() for td in table.select("td.col-url")]
    assert [c if isinstance(c, str) else c.get_text() for c in cells] == [
        "javascript:alert(document.domain)",
        *["原网页"] * 4,
    ]


async def test_what_is_not_public_is_not_there(chinese: Datasette, archive: Path) -> None:
    """Tables that are not in the dictionary are refused as pages and as data, and not listed."""
    names = {
        name
        for (name,) in sqlite3.connect(archive).execute("SELECT name FROM sqlite_master")
        if (not name.startswith("sqlite_") and "_" in name) or name in ("readings", "pending")
    }
    hidden = [name for name in names if name not in tables()]
    refused = [name for name in hidden if await chinese.get_database().table_exists(name)]
    assert {"readings", "pending", "search_index", "_sqlite_migrations"} <= set(refused)
    for name in refused:
        for path in (name, f"{name}.json", f"{name}.csv"):
            assert (await chinese.client.get(f"/archive/{path}")).status_code == 403, path
    listed = (await chinese.client.get("/archive.json?_show_hidden=1")).json()
    assert {table["name"] for table in listed["tables"]} <= set(tables())
    assert not set(refused) & set(
        (await chinese.client.get("/archive?_show_hidden=1")).text.split()
    )


REFUSED = {
    "_sort=zzz": "不能按“zzz”排序。",
    "_sort_desc=1;drop": "不能按“1;drop”排序。",
    "_sort=year&_sort_desc=year": "不支持参数“_sort_desc”。",
    "nosuch=1": "没有“nosuch”这个字段。",
    "year__nosuch=1": "没有“nosuch”这种筛选条件。",
    "year__in=[1,": "网址中的参数无法识别。",
    "_where=1=1": "不支持参数“_where”。",
    "_fts_table=readings&_search=a": "不支持参数“_fts_table”。",
    "_searchmode=raw&_search=(": "不支持参数“_searchmode”。",
    "_through={}": "不支持参数“_through”。",
    "_region=x'": "“x'”不是有效的值。",
    "_facet=title": "不支持参数“_facet”。",
    "_size=-1": "网址中的参数无法识别。",
    "_size=100000": "网址中的参数无法识别。",
    "_col=nosuch": "网址中的参数无法识别。",
}


@pytest.mark.parametrize("query", REFUSED)
async def test_bad_questions_are_a_clear_400(page: Page, chinese: Datasette, query: str) -> None:
    """In words on the page, and as JSON."""
    refused = await page(f"/archive/reports?{query}", status=400)
    assert refused.main is not None
    assert REFUSED[query] in refused.main.get_text()
    data = await chinese.client.get(f"/archive/reports.json?{query}")
    assert data.status_code == 400
    assert data.json()["ok"] is False


@pytest.mark.parametrize(
    "path", ["/archive/requests/a", "/archive/requests/a,b", "/archive/nosuch", "/nosuch/reports"]
)
async def test_rows_and_tables_that_are_not_there(page: Page, path: str) -> None:
    """A part of a compound key is not the address of a row."""
    await page(path, status=404)


async def test_bad_pages_of_a_view_are_refused(page: Page) -> None:
    """Pages of views are numbered."""
    await page("/archive/report_summary?_next=x", status=400)
    await page("/archive/report_summary?_next=1")


@pytest.mark.parametrize(
    "path",
    [
        "/archive?sql=select+1",
        "/archive.json?sql=select+1",
        "/archive.csv?sql=select+1",
        "/archive.db",
        "/_internal",
        "/_internal/tables.json",
    ],
)
async def test_no_sql_and_no_file(chinese: Datasette, path: str) -> None:
    """Readers can neither run SQL nor download the file."""
    assert (await chinese.client.get(path)).status_code in (403, 404)


async def test_a_table_as_csv_has_all_rows(chinese: Datasette, archive: Path) -> None:
    """Whatever Datasette calls a page of it; `_size` alone asks for fewer."""
    with closing(sqlite3.connect(archive)) as conn:
        rows = conn.execute("SELECT count(*) FROM requests").fetchone()[0]
    for query, expected in (("", rows), ("?_stream=on&_size=max", rows), ("?_size=7", 7)):
        answer = await chinese.client.get(f"/archive/requests.csv{query}")
        assert len(answer.text.splitlines()) == expected + 1, query


@pytest.mark.parametrize(
    "table", ["requests", "review_litigation", "cells", "sections", "cell_notes"]
)
async def test_rows_of_reports_say_which_report(page: Page, table: str) -> None:
    """Agency, year and region stand before what the table itself has, and lead on."""
    found = await page(f"/archive/{table}?report_id={PINGLUO}-2023")
    titles = [th.get_text(strip=True) for th in found.select("table.rows thead th")][:3]
    assert titles == ["机关", "年度", "地区"]
    for row in found.select("table.rows tbody tr"):
        cells = row.select("td")[:3]
        assert [cell.get_text(strip=True) for cell in cells] == [
            "平罗县工业和信息化局",
            "2023",
            "宁夏回族自治区石嘴山市平罗县",
        ]
        links = [str(a["href"]) for cell in cells for a in cell.select("a")]
        assert links == [f"/agency/{PINGLUO}", f"/report/{PINGLUO}-2023"]


async def test_figures_by_size(page: Page) -> None:
    """The largest first, without a zero; the tables with context are named beside the others."""
    found = await page("/archive/figures?_sort_desc=value")
    values = [td.get_text(strip=True) for td in found.select("td.col-value")]
    numbers = [float(value.replace(",", "")) for value in values]
    assert numbers == sorted(numbers, reverse=True)
    assert 0 not in numbers
    for table, wider in (
        ("cells", "figures"),
        ("requests", "requests_in_context"),
        ("refusal_reasons", "reasons_by_agency"),
    ):
        assert (await page(f"/archive/{table}")).select(f"a[href='/archive/{wider}']"), table


async def test_columns_can_be_picked(page: Page) -> None:
    """With filters and order kept."""
    path = f"/archive/requests?report_id={PINGLUO}-2023&_sort_desc=total&_col=item&_col=total"
    found = await page(path)
    titles = [th.get_text(strip=True) for th in found.select("table.rows thead th")]
    assert titles[-2:] == ["项目", "总计"]
    assert "自然人" not in titles
    form = found.select_one(".columns-of form")
    assert form is not None
    kept = {str(e["name"]): str(e["value"]) for e in form.select("input[type=hidden]")}
    assert kept == {"report_id": f"{PINGLUO}-2023", "_sort_desc": "total"}
    ticked = {str(e["value"]) for e in form.select("input[checked]")}
    assert ticked == {"item", "total"}


async def test_json_and_csv_of_a_table(chinese: Datasette) -> None:
    """The downloads of a page work."""
    table = await chinese.client.get(f"/archive/requests.csv?report_id={PINGLUO}-2024&_size=max")
    assert len(table.text.splitlines()) == 26
    rows = await chinese.client.get("/archive/cells.json?item=new&field=total&_shape=array")
    assert sorted(row["value"] for row in rows.json()) == [0, 0, 1, 12]


async def test_the_list_of_tables(page: Page) -> None:
    """In the order of the dictionary, with a sentence about the rows."""
    listed = await page("/archive")
    names = [code.get_text() for code in listed.select(".tables code")]
    assert names == list(tables())
    assert "一个机关一个年度一行" in listed.get_text()


@pytest.mark.parametrize("table", ["cells", "requests_in_context"])
async def test_what_no_index_has_in_order_is_refused_in_words(
    chinese: Datasette, table: str
) -> None:
    """Reading all rows to sort them takes too long in a large archive."""
    page = await chinese.client.get(f"/archive/{table}?_sort_desc=report_id")
    assert page.status_code == 400
    assert "此表不能按这一列排序" in page.text
    plain = await chinese.client.get(f"/archive/{table}")
    assert plain.status_code == 200
    assert "_sort_desc=report_id" not in plain.text


async def served(ready: Path) -> Datasette:
    """Return the Chinese instance of a public file, started."""
    found = open_languages(ready)[""]
    await found.invoke_startup()
    return found


async def test_a_frequent_word_lists_the_latest_reports(
    both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above as many as a search reads, the page says so; a choice among them is that of the search page."""
    datasette = await served(both[1])
    whole = await datasette.client.get("/archive/reports.json?_search=公开&_shape=array")
    assert len(whole.json()) > 2
    monkeypatch.setattr(search_hits, "MOST_HITS", 2)
    page = await datasette.client.get("/archive/reports?_search=公开")
    assert "含这些词的报告超过 2 份，只列最新的 2 份。" in page.text
    cut = await datasette.client.get("/archive/reports.json?_search=公开&_shape=array")
    with closing(sqlite3.connect(both[1])) as conn:
        latest = conn.execute("SELECT id FROM reports ORDER BY rowid DESC LIMIT 2").fetchall()
    assert {each["id"] for each in cut.json()} == {key for (key,) in latest}
    first = await datasette.client.get("/archive/reports.json?_search=公开&_size=1&_shape=objects")
    second = await datasette.client.get(first.json()["next_url"])
    assert [each["id"] for each in (*first.json()["rows"], *second.json()["rows"])] == [
        key for (key,) in latest
    ]
    narrowed = await datasette.client.get("/archive/reports.json?_search=公开&year=2024")
    assert narrowed.status_code == 400
    assert "/search?q=" in narrowed.json()["error"]
    rare = await datasette.client.get("/archive/reports.json?_search=林业局&year=2020&_shape=array")
    assert len(rare.json()) == 1
    datasette.executor.shutdown()


async def test_a_table_page_takes_a_bounded_number_of_steps(
    both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no index answers is refused in words beyond them; counts are left out, and the page says so."""
    datasette = await served(both[1])
    monkeypatch.setattr(time_limit, "FEW_STEPS", 10)
    monkeypatch.setattr(bounded_database, "FACET_STEPS", 10)
    page = await datasette.client.get("/archive/reports?title__contains=局")
    assert page.status_code == 200
    assert "部分分类统计" in page.text
    monkeypatch.setattr(bounded_database, "QUERY_STEPS", 1500)
    assert (
        await datasette.client.get("/archive/reports.json?_size=1&_nofacet=1")
    ).status_code == 200
    refused = await datasette.client.get(
        "/archive/requests.json?natural_person__gte=0&business__gte=0&_shape=array&_size=1000"
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "too_slow")
    assert refused.json()["error"].endswith(
        "此表较大，按以下列筛选可以立即得到结果：report_id、total。"
        "按以下列排序可以立即得到结果：report_id、total。同一地址的 CSV 文件有全部记录。"
    )
    page = await datasette.client.get(
        "/archive/requests?natural_person__gte=0&business__gte=0&_size=1000"
    )
    assert page.status_code == 400
    assert re.findall("可以立即得到结果：([^。]+)。", page.text) == ["报告、总计", "报告、总计"]
    view = await datasette.client.get("/archive/figures.json?_sort=item&_size=1000&_shape=array")
    assert "筛选可以立即得到结果：agency_id、field、item、part、" in view.json()["error"]
    assert "排序可以立即得到结果：value。" in view.json()["error"]
    monkeypatch.setattr(bounded_database, "TEXT_STEPS", 10)
    texts = await datasette.client.get("/archive/sections.json?text__contains=nowhere&_shape=array")
    assert (texts.status_code, texts.json()["code"]) == (400, "too_slow")
    datasette.executor.shutdown()
