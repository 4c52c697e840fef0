"""Searching as people type: short names, pinyin, other scripts, English, operators, dates; JSON."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import Tag
from datasette.app import Datasette

from gongkai.archive.store.names.question_rewriting import rewrite
from tests.archive.store.scan import scan
from tests.publish.samples import HUITONG, PINGLUO
from tests.publish.small_archive import Page


def names(results: Tag) -> list[str]:
    """Return the regions and agencies above the results."""
    return [link.get_text() for link in results.select(".names li a")]


@pytest.mark.parametrize(
    ("typed", "name", "path"),
    [
        ("平罗县工业和信息化局", "平罗县工业和信息化局", f"/agency/{PINGLUO}"),
        ("平罗工信局", "平罗县工业和信息化局", f"/agency/{PINGLUO}"),
        ("plgxj", "平罗县工业和信息化局", f"/agency/{PINGLUO}"),
        ("平羅縣工信局", "平罗县工业和信息化局", f"/agency/{PINGLUO}"),
        ("huitong linyeju", "会同县林业局", f"/agency/{HUITONG}"),
        ("会同", "会同县", "/region/431225"),
        ("Huitong County", "会同县", "/region/431225"),
    ],
)
async def test_a_name_stands_above_the_reports(
    page: Page, typed: str, name: str, path: str
) -> None:
    results = await page(f"/search?q={quote(typed)}")
    first = results.select(".names li a")[0]
    assert (first.get_text(), first["href"]) == (name, path)
    html = str(results)
    assert 'class="hits"' not in html or html.index('class="names"') < html.index('class="hits"')


async def test_names_are_few_and_on_the_first_page_only(page: Page) -> None:
    many = await page(f"/search?q={quote('教育局 OR 县')}")
    assert names(many) == []
    some = await page(f"/search?q={quote('宁夏')}")
    assert len(names(some)) == 5
    assert "另有其他相符的地区或机关" in some.get_text()
    assert names(await page("/search")) == []


async def test_it_says_what_was_searched_for_and_offers_the_words_as_typed(page: Page) -> None:
    results = await page(f"/search?q={quote('administrative review')}&year=2024")
    note = results.select_one(".rewritten")
    assert note is not None
    assert "“administrative review”，同时检索：行政复议" in note.get_text()
    assert {mark.get_text() for mark in results.select("mark")} == {"行政复议"}
    (link,) = note.select("a")
    assert link["href"] == "?q=administrative+review&typed=1&year=2024"
    typed = await page(f"/search{link['href']}")
    assert "没有找到" in typed.get_text()
    assert "只检索了输入的原词。" in typed.get_text()
    assert [a["href"] for a in typed.select(".rewritten a")] == [
        "?q=administrative+review&year=2024"
    ]
    english = await page("/en/search?q=refused")
    assert "For “refused”, also searched for: 不予公开" in english.get_text()


async def test_the_way_it_is_written_is_told_beside_the_box(page: Page) -> None:
    results = await page("/search")
    told = {dt.get_text() for dt in results.select(".search-help dt")}
    assert {"复议 OR 诉讼", "复议 NOT 诉讼", "复议 -诉讼", '"不予 公开"', "pingluo gxj"} <= told
    for link in results.select(".search-help dt a"):
        await page(f"/search{link['href']}")


@pytest.mark.parametrize(
    ("rest", "reports"),
    [
        ("published_from=2025-01-21", 2),
        ("published_from=2025-01-20&published_to=2025-01-20", 1),
        ("published_to=2021-12-31", 1),
        ("published_to=2021-12-31&year=2024", 0),
        ("fetched_from=2025-03-01&fetched_to=2025-03-01", 5),
        ("fetched_from=2025-03-02", 0),
        ("fetched_to=2025-02-28", 0),
        (f"q={quote('-工业')}&published_from=2021-01-01", 2),
        (f"q={quote('工业')}&published_from=2025-01-21", 1),
    ],
)
async def test_between_dates(page: Page, rest: str, reports: int) -> None:
    results = await page(f"/search?{rest}")
    assert len(results.select(".hits > li")) == reports
    kept = [str(field["value"]) for field in results.select("input[type=date]") if field["value"]]
    assert kept == [part.partition("=")[2] for part in rest.split("&") if "_" in part]
    counts = results.select("#narrow section:first-child .n")
    assert "year" in rest or all(int(n.get_text()) <= reports for n in counts)


@pytest.mark.parametrize("value", ["2025-02-30", "20250131", "2025-1-1", "x", "2025-W01-1"])
async def test_no_day_of_the_calendar_is_a_clear_400(page: Page, value: str) -> None:
    refused = await page(f"/search?published_from={value}", status=400)
    assert "不是有效的值" in refused.get_text()


async def test_what_is_found_is_what_a_scan_finds(
    country: dict[str, Datasette], rich: Path
) -> None:
    """Drawn questions with operators, quotation marks, short names and English words."""
    dice = random.Random(23)
    forms = (
        "{a} OR {b}",
        "{a} NOT {b}",
        "{a} -{b}",
        "“{a} {b}”",
        "{a} {b}",
        "-{a}",
        "{a} OR {b} -{c}",
    )
    fixed = (
        "工信局",
        "gxj",
        "pingluo",
        "行政復議",
        "administrative review",
        "refused",
        "平罗工信局",
    )
    with closing(sqlite3.connect(rich)) as conn:
        conn.row_factory = sqlite3.Row
        texts = [row[0] for row in conn.execute("SELECT text FROM sections WHERE text <> ''")]

        def piece() -> str:
            if dice.random() < 0.25:
                return dice.choice(fixed)
            text = dice.choice(texts)
            start = dice.randrange(len(text))
            return "".join(text[start : start + dice.choice((1, 2, 3, 4))].split()) or "公开"

        for _ in range(120):
            question = dice.choice(forms).format(a=piece(), b=piece(), c=piece())
            told = (await country[""].client.get("/search.json", params={"q": question})).json()
            wanted = scan(conn, rewrite(conn, question).text)
            assert told["total"] == len(wanted), question
            assert told["searched_for"] == rewrite(conn, question).text
            found = sorted(f"{row['agency']} {row['year']}" for row in told["reports"])
            assert found == wanted, question


async def test_results_as_json(country: dict[str, Datasette]) -> None:
    answer = await country[""].client.get(
        "/search.json", params={"q": "平罗工信局", "year": "2024"}
    )
    told = answer.json()
    assert (told["total"], told["page"], told["pages"]) == (1, 1, 1)
    assert told["also_searched_for"] == [{"typed": "平罗工信局", "meant": ["平罗县工业和信息化局"]}]
    assert [name["url"] for name in told["names"]] == [f"/agency/{PINGLUO}"]
    (report,) = told["reports"]
    assert report["url"] == f"/report/{PINGLUO}-2024"
    assert set(told["links"]) == {"self", "first", "last"}
    assert told["is_cut"] is False
    english = (await country["/en"].client.get("/search.json?q=refused")).json()
    assert all(row["url"].startswith("/en/report/") for row in english["reports"])


async def test_json_is_paged_by_links(
    country: dict[str, Datasette], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.publish.pages.lists.search_page.PAGE_SIZE", 5)
    path, seen = "/search.json?sort=date", list[str]()
    while path:
        told = (await country[""].client.get(path)).json()
        seen += [row["report_id"] for row in told["reports"]]
        path = told["links"].get("next", "")
    assert len(seen) == len(set(seen)) == told["total"] == 12
    monkeypatch.setattr("gongkai.publish.pages.lists.search_page.MAX_PAGE", 2)
    cut = (await country[""].client.get("/search.json?page=2")).json()
    assert (cut["is_cut"], cut["pages"], "next" in cut["links"]) == (True, 2, False)
    assert (await country[""].client.get("/search.json?page=4")).status_code == 404
    assert (await country[""].client.get(f"/search.json?q={'a' * 201}")).status_code == 400


async def test_names_as_json(country: dict[str, Datasette]) -> None:
    told = (await country["/en"].client.get("/names.json?q=pingluo gxj")).json()
    assert told == {
        "query": "pingluo gxj",
        "names": [
            {
                "kind": "agency",
                "id": PINGLUO,
                "name": "平罗县工业和信息化局",
                "place": "宁夏回族自治区石嘴山市平罗县",
                "url": f"/en/agency/{PINGLUO}",
            }
        ],
    }
    assert len((await country[""].client.get("/names.json?q=xian")).json()["names"]) <= 10
    assert (await country[""].client.get("/names.json")).json()["names"] == []
    assert (await country[""].client.get(f"/names.json?q={'a' * 201}")).status_code == 400


async def test_names_are_offered_without_a_script(page: Page) -> None:
    results = await page("/search?q=plgxj")
    box = results.select_one("#q")
    assert box is not None
    options = results.select(f"datalist#{box['list']} option")
    assert [option["value"] for option in options] == ["平罗县工业和信息化局"]


async def test_datasettes_own_box_knows_the_operators(chinese: Datasette) -> None:
    path = f"/archive/reports.json?_search={quote('-工业')}&_shape=array"
    rows = (await chinese.client.get(path)).json()
    assert {row["id"] for row in rows} == {f"{HUITONG}-2020", "640000-hostile-0000-2024"}
