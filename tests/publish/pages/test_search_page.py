"""Chinese search: the search page, and Datasette's own search box."""

from __future__ import annotations

import csv
import io
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette.app import Datasette

from gongkai.archive.store.csv_formulas import escape_formula
from gongkai.publish.pages.lists.search_query import MAX_LENGTH, SearchQuery
from tests.archive.store.scan import scan
from tests.publish.page_text import words
from tests.publish.samples import HUITONG, PINGLUO
from tests.publish.small_archive import Page

WEIBIN = "410703-gongyehexinxihuaju-2b3c"


async def found(page: Page, question: str, rest: str = "") -> set[str]:
    """Return the ids of the reports on the search page."""
    results = await page(f"/search?q={quote(question)}{rest}")
    return {str(a["href"]).removeprefix("/report/") for a in results.select(".hits h2 a")}


@pytest.mark.parametrize(
    "question", ["微博", "三审三校", "0952-6095019", "０９５２－６０９５０１９", "博"]
)
async def test_words_phrases_numbers_and_single_characters(page: Page, question: str) -> None:
    """They are found as they stand in the text, and full-width input is too."""
    assert await found(page, question) >= {f"{PINGLUO}-2023", f"{PINGLUO}-2024"}


async def test_a_year_is_found_in_titles(page: Page) -> None:
    """2024年 is written 2024 年 in the title."""
    assert await found(page, "2024年 工业和信息化局") == {
        f"{PINGLUO}-2023",  # its prose was left as it was
        f"{PINGLUO}-2024",
        f"{WEIBIN}-2024",
    }


async def test_hits_are_marked(page: Page) -> None:
    """In a passage around the first hit, below its heading."""
    results = await page(f"/search?q={quote('三审三校')}")
    hit = results.select(".hits > li")[0]
    assert [mark.get_text() for mark in hit.select("mark")] == ["三审三校"]
    assert "持续抓好“三审三校”制度落实" in hit.select_one(".passage").get_text()  # type: ignore[union-attr]
    assert "找到 2 份报告" in results.get_text()


async def test_narrowed_by_year_region_and_findings(page: Page) -> None:
    """A region includes the divisions below it."""
    assert await found(page, "信息公开", "&year=2023") == {f"{PINGLUO}-2023"}
    assert await found(page, "林业局", "&region=430000") == {f"{HUITONG}-2020"}
    assert await found(page, "信息公开", "&region=640200&failed=1") == {f"{PINGLUO}-2023"}
    assert await found(page, "林业局", "&region=640000") == set()


async def test_nothing_asked_and_nothing_found(page: Page) -> None:
    """Both pages say what to do next."""
    everything = await page("/search")
    assert "可检索单字、词语、数字或整句" in everything.get_text()
    assert "找到 5 份报告" in everything.get_text()
    nothing = await page(f"/search?q={quote('量子纠缠')}")
    assert "没有找到含“量子纠缠”的报告。" in nothing.get_text()


async def test_what_was_asked_shows_as_text(page: Page) -> None:
    """The words of the reader are escaped like those of reports."""
    question = '"><script>alert(1)</script>'
    results = await page(f"/search?q={quote(question)}")
    field = results.select_one("#q")
    assert field is not None
    assert field["value"] == question
    assert not results.select("main script")


@pytest.mark.parametrize(
    "query",
    [
        "q=a&year=twenty",
        "q=a&region='",
        "q=a&sort=id",
        "q=a&page=0",
        "q=a&page=-1",
        "answer=maybe",
        "kind=x",
        "rule=nosuch",
        "sector=" + "长" * 101,
        "q=" + "长" * 201,
    ],
)
async def test_what_makes_no_sense_is_a_clear_400(page: Page, query: str) -> None:
    """In words, and never a 500."""
    refused = await page(f"/search?{query}", status=400)
    said = refused.main.get_text() if refused.main else ""
    assert "不是有效的值" in said or f"{MAX_LENGTH} 字以内" in said


@pytest.mark.parametrize("question", ['"', "* OR", "NEAR(", "a:b", "(", "^", "AND", "\x00", "   "])
async def test_no_question_is_a_syntax_error(page: Page, question: str) -> None:
    """Readers do not know the query language of FTS5."""
    assert isinstance(await found(page, question), set)


async def test_datasettes_own_search_box(chinese: Datasette) -> None:
    """It uses the same tokens through `escape_fts`, for JSON and CSV too."""
    path = f"/archive/reports.json?_search={quote('三审三校')}&_shape=array"
    rows = (await chinese.client.get(path)).json()
    assert {row["id"] for row in rows} == {f"{PINGLUO}-2023", f"{PINGLUO}-2024"}
    csv = (await chinese.client.get(path.replace(".json", ".csv"))).text
    assert len(csv.splitlines()) == 3


async def test_the_search_box_is_on_the_table_page(page: Page) -> None:
    """Datasette does not detect contentless indexes by itself."""
    table = await page(f"/archive/reports?_search={quote('复议')}")
    assert table.select("input#_search")[0]["value"] == "复议"
    assert "符合条件的有 3 行" in table.get_text()


def test_the_way_to_the_next_page() -> None:
    """The link keeps what was asked, and leaves out what is not set."""
    question = SearchQuery("复议", year="2024", region="640000", rule="any", sort="date", page=2)
    assert question.query_string(3) == (
        "q=%E5%A4%8D%E8%AE%AE&year=2024&region=640000&rule=any&sort=date&page=3"
    )
    assert question.query_string(year="") == "q=%E5%A4%8D%E8%AE%AE&region=640000&rule=any&sort=date"
    assert SearchQuery(text="a").query_string(1) == "q=a"


async def test_drawn_questions_find_what_a_scan_finds(
    country: dict[str, Datasette], rich: Path
) -> None:
    """The site finds 200 random pieces of text in the same reports as a scan of all texts."""
    dice = random.Random(11)
    with closing(sqlite3.connect(rich)) as conn:
        texts = [text for (text,) in conn.execute("SELECT text FROM sections WHERE text <> ''")]
        for _ in range(200):
            text = dice.choice(texts)
            start = dice.randrange(len(text))
            question = text[start : start + dice.choice((1, 2, 2, 3, 4, 8, 20))]
            answer = await country[""].client.get(f"/search.csv?q={quote(question)}")
            rows = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
            found = sorted(f"{row['机关']} {row['年度']}" for row in rows)
            if question.strip():  # an empty question asks for everything
                assert found == [escape_formula(name) for name in scan(conn, question)], question


async def test_the_address_of_a_report_leads_to_its_page(chinese: Datasette, archive: Path) -> None:
    """As it was pasted; an address of no report is searched for as words are."""
    with closing(sqlite3.connect(archive)) as conn:
        url, report = conn.execute(
            "SELECT v.url, v.report_id FROM revisions v JOIN snapshots s"
            " ON s.url = v.url AND s.digest = v.digest LIMIT 1"
        ).fetchone()
    answer = await chinese.client.get("/search", params={"q": f"“{url}”。"})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/report/{report}")
    other = await chinese.client.get("/search", params={"q": "http://nowhere.gov.cn/a"})
    assert other.status_code == 200


async def test_results_show_the_numbers_that_matter(visit: Page) -> None:
    """A rate of few cases is left out."""
    page = await visit("/search?region=640000&year=2024&sort=refused")
    assert words(page, ".hit-figures")[:2] == [
        "新收 120 · 公开 68 · 不予公开 30 不予公开率 25.4%，n=118",
        "新收 9 · 公开 3 · 不予公开 5",
    ]
    assert words(page, ".sort b") == ["不予公开"]
    await visit("/search?sort=region", status=400)


@pytest.mark.parametrize("key", ["disclosed", "granted"])
async def test_results_are_sorted_by_the_number_that_they_show(visit: Page, key: str) -> None:
    """Disclosed in whole or in part; older addresses name it otherwise."""
    page = await visit(f"/search?region=640000&sort={key}")
    figures = [figure.get_text() for figure in page.select(".hit-figures")]
    shown = [int(n) for each in figures for n in re.findall(r"· 公开 ([0-9]+)", each)]
    assert len(shown) > 3
    assert shown == sorted(shown, reverse=True)
    assert words(page, ".sort b") == ["公开"]
