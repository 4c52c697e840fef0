"""Narrowing a search: facets with their counts, reports without words, results as CSV."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.archive.store.search import IN_REGION, match_query
from gongkai.publish.facets.bitmaps import load_facets
from gongkai.publish.http.csv_response import to_csv
from gongkai.publish.pages.lists import search_page
from gongkai.publish.pages.lists.search_hits import find_reports
from gongkai.publish.pages.lists.search_query import SearchQuery
from tests.publish.page_text import words
from tests.publish.samples import HOSTILE_AGENCY, PINGLUO
from tests.publish.small_archive import Page
from tests.publish.years import COUNTY, FINANCE, POLICE


def listed(page: BeautifulSoup) -> list[str]:
    """Return the ids of the reports on a page of results, in order."""
    return [str(a["href"]).removeprefix("/report/") for a in page.select(".hits h2 a")]


def facet(page: BeautifulSoup, name: str) -> list[str]:
    """Return the choices of a facet with their counts."""
    return words(page, f".narrow-by section:has(h2:-soup-contains('{name}')) li")


async def test_reports_without_words(visit: Page) -> None:
    """All of Ningxia's reports of 2024 that refused a request, the latest published first."""
    page = await visit("/search?region=640000&year=2024&answer=refused")
    assert listed(page) == [f"{COUNTY}-2024", f"{FINANCE}-2024", f"{POLICE}-2024"]
    assert words(page, ".chosen a") == [
        "报告载有 ：不予公开 ✕ 取消".replace(" ：", "："),
        "年度：2024 ✕ 取消",
        "地区：宁夏回族自治区 ✕ 取消",
    ]


async def test_a_former_name_of_an_answer_finds_the_same(visit: Page) -> None:
    former = await visit("/search?region=640000&year=2024&answer=granted")
    present = await visit("/search?region=640000&year=2024&answer=disclosed")
    assert listed(former) == listed(present) != []
    assert words(former, ".chosen a")[0] == "报告载有：公开 ✕ 取消"


async def test_facets_count_what_each_choice_would_find(visit: Page) -> None:
    """Under the choices in all other facets."""
    page = await visit("/search?region=640000&year=2024")
    assert facet(page, "年度") == ["2024 5", "2023 3", "2022 1", "2021 1"]
    assert facet(page, "报告载有")[:2] == ["公开 4", "不予公开 3"]
    assert facet(page, "地区") == ["宁夏回族自治区 5", "银川市 1", "石嘴山市 3"]
    assert facet(page, "机关类别") == ["政府 1", "部门 4"]
    for link in page.select(".narrow-by li a"):
        count = link.find_next("span", class_="n")
        assert count is not None
        narrowed = await visit(f"/search{link['href']}")
        assert words(narrowed, ".found") == [f"找到 {count.get_text()} 份报告"]


async def test_rare_values_can_be_chosen_too(visit: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand behind a line that says how many they are."""
    monkeypatch.setattr(search_page, "MAX_CHOICES", 1)
    page = await visit("/search?region=640000&year=2024")
    kinds = page.select_one(".narrow-by section:has(h2:-soup-contains('机关类别'))")
    assert words(kinds, "ul:not(details ul) li") == ["政府 1"]
    assert words(kinds, "details summary") == ["另有 1 项"]
    assert words(kinds, "details li") == ["部门 4"]
    chosen = await visit(f"/search{kinds.select_one('details li a')['href']}")
    assert words(chosen, ".found") == ["找到 4 份报告"]


BY_SQL = f"""SELECT r.id FROM search_index JOIN reports r ON r.rowid = search_index.rowid
JOIN agencies a ON a.id = r.agency_id
WHERE search_index MATCH :match AND (:region = '' OR {IN_REGION}) AND (:year = '' OR r.year = :year)
  AND (:kind = '' OR a.kind = :kind) AND (:failed = '' OR r.checks_failed > 0)
ORDER BY """
ORDERS = {
    "relevance": "bm25(search_index, 10, 5, 1), r.published_on DESC, r.year DESC, r.id",
    "date": "r.published_on DESC, r.year DESC, r.id",
}


def test_bits_and_sql_say_the_same(rich: Path) -> None:
    """Two ways to narrow a search agree for every combination of choices."""
    with closing(sqlite3.connect(rich)) as conn:
        conn.row_factory = sqlite3.Row
        facets = load_facets(conn)
        ids = dict(conn.execute("SELECT rowid, id FROM reports").fetchall())
        for region, year, kind, failed in product(
            ("", "640000", "640200"), ("", "2024"), ("", "government"), ("", "any")
        ):
            question = SearchQuery("公开", region=region, year=year, kind=kind, rule=failed)
            given = {"match": match_query("公开"), "region": region, "year": year, "kind": kind}
            for sort, order in ORDERS.items():
                by_sql = conn.execute(BY_SQL + order, {**given, "failed": failed}).fetchall()
                asked = SearchQuery(**{**vars_of(question), "sort": sort})
                ours = [ids[row] for row in find_reports(conn, facets, asked, asked.text, 99).rows]
                assert ours == [row["id"] for row in by_sql]


def vars_of(question: SearchQuery) -> dict[str, object]:
    """Return the values of a query as arguments."""
    return {name: getattr(question, name) for name in question.__slots__}


async def test_a_hit_in_a_heading_alone_is_shown(visit: Page) -> None:
    """The passage is from the section with that heading."""
    page = await visit(f"/search?q={quote('存在的主要问题及改进情况')}&region=640202")
    assert listed(page) == [f"{FINANCE}-2024"]
    assert words(page, ".passage .heading") == ["五、 存在的主要问题及改进情况"]
    assert words(page, ".passage mark") == ["存在的主要问题及改进情况"]
    assert "公开栏目更新不及时" in page.get_text()


async def test_the_result_as_a_table(country: dict[str, Datasette]) -> None:
    """The same reports in the same order, in Chinese, as Excel reads it."""
    answer = await country[""].client.get("/search.csv?region=640000&year=2024&answer=refused")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="gongkai-reports.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["报告"] for row in rows] == [f"{COUNTY}-2024", f"{FINANCE}-2024", f"{POLICE}-2024"]
    assert [row["不予公开"] for row in rows] == ["4", "30", "5"]
    assert [row["状态"] for row in rows] == ["已撤下", "完整", "完整"]
    assert rows[0]["地区"] == "宁夏回族自治区石嘴山市平罗县"
    english = await country["/en"].client.get(f"/search.csv?q={quote('微博')}")
    assert english.text.startswith("\ufeffReport,Title,Agency,")


async def test_no_cell_runs_as_a_formula(country: dict[str, Datasette]) -> None:
    """In our own CSV and in Datasette's."""
    path = f"/archive/changes.csv?report_id={HOSTILE_AGENCY}-2024"
    (row,) = csv.DictReader(io.StringIO((await country[""].client.get(path)).text))
    assert row["new"] == "'=1+1"
    marked = await country[""].client.get(f"{path}&_dl=1")
    assert marked.content.startswith(b"\xef\xbb\xbf")
    assert (await country[""].client.get("/archive/nosuch.csv")).status_code == 404
    refused = await country[""].client.get("/archive/changes.csv?nosuch=1&_dl=1")
    assert refused.status_code == 400


def test_sheets() -> None:
    """Our CSV has a byte order mark, and cells that run nothing."""
    assert to_csv([["a", -5, "=1"], ["“", "x,y", None]]) == '\ufeffa,-5,\'=1\r\n“,"x,y",\r\n'
    ids = [["3110865925881234"], ["12345678e9012345"], ["3110865a25cb88a7"], ["202401"]]
    quoted = ['"=""3110865925881234"""', '"=""12345678e9012345"""', "3110865a25cb88a7", "202401"]
    assert to_csv(ids) == "\ufeff" + "".join(f"{each}\r\n" for each in quoted)
    assert to_csv(ids, bom=False) == "".join(f"{each}\r\n" for (each,) in ids)


async def test_a_search_finds_nothing_with_all_choices(visit: Page) -> None:
    """The page says so, and how to remove choices."""
    page = await visit("/search?region=430000&answer=refused&year=2020")
    assert words(page, "[role=status]") == ["没有符合全部条件的报告。"]
    assert len(page.select(".chosen a")) == 3
    english = await visit(f"/en/search?year=2024&agency={PINGLUO}")
    assert words(english, ".narrow-by h2")[:3] == ["Reports with", "Year", "Region"]
