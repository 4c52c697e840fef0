"""The lists: failed checks, changes, and missing or late reports."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette

from gongkai.publish.pages.report.differences import mark_changes
from gongkai.publish.wording.rules import RULES
from tests.publish.page_text import words
from tests.publish.samples import HOSTILE, HOSTILE_AGENCY, PINGLUO
from tests.publish.small_archive import Page, fetcher, insert, started
from tests.publish.years import COUNTY


async def test_checks_with_rule_blame_and_both_facets(visit: Page) -> None:
    """The latest report first. A chosen rule is explained."""
    page = await visit("/checks")
    assert words(page, ".found") == ["8 项未通过"]
    first = page.select(".hits > li")[0]
    assert words(first, "p")[:2] == [
        "跨年结转 报告自身问题 总计",
        "总计：2023年报告结转下年3件，2024年报告上年结转0件，两者应相等 相差 3",
    ]
    assert words(page, ".narrow-by section:nth-of-type(1) li")[0] == "收办平衡 2"
    chosen = await visit("/checks?rule=requests_balance&year=2023&region=640200")
    assert words(chosen, ".found") == ["2 项未通过"]
    assert words(chosen, ".notice-plain") == [f"收办平衡 ：{RULES['requests_balance'].about('zh')}"]
    assert len(page.select(".about dt")) == len(RULES)


async def test_only_public_verdicts_of_people_are_shown(visit: Page) -> None:
    """On the list and on the report, without private verdicts and without names."""
    for path in ("/checks", f"/report/{PINGLUO}-2023"):
        page = await visit(path)
        assert "人工复核：属实 已与原件核对，报告原文如此。 2025-07-01" in " ".join(
            words(page, ".review")
        )
        assert "内部意见" not in page.get_text()
        assert "张三" not in page.get_text()


async def test_changes_by_cell_and_by_sentence(visit: Page) -> None:
    """The latest first, with differences marked. Removed reports are in the list too."""
    page = await visit("/changes")
    assert words(page, ".hits .badge") == ["改动", "改动", "撤下"]
    edited = page.select(".hits > li")[1]
    assert words(edited, "summary") == ["改动 1 格、2 处文字"]
    assert words(edited, "tbody th, tbody td") == [
        "申请办理情况 · 一、本年新收政府信息公开申请数量 · 总计",
        "1",
        "0",
    ]
    assert words(edited, ".was") == ["改前： 全年收到申请 1 件。"]
    assert words(edited, ".now") == ["改后： 全年收到申请 0 件。", "改后： 无其他事项。"]
    removed = await visit("/changes?event=removed&region=640000")
    assert [str(a["href"]) for a in removed.select(".hits h2 a")] == [f"/report/{COUNTY}-2024"]


async def test_the_report_shows_what_was_changed(visit: Page) -> None:
    """Its page shows the same differences, with the time."""
    page = await visit(f"/report/{PINGLUO}-2024")
    edits = page.select("section.edits")[0]
    assert "2025-06-02 02:30（北京时间） 采集时发现" in edits.get_text()
    assert words(edits, "del") == ["1", "1"]
    assert words(page, ".report-head .notice") == [
        "本报告发布后有改动：1 次，最近一次发现于 2025-06-02 02:30（北京时间）"
    ]
    assert page.select(".report-head .notice a[href='#edits']")
    assert not (await visit(f"/report/{PINGLUO}-2023")).select("section.edits")


async def test_the_home_page_names_reports_that_contradict_themselves(visit: Page) -> None:
    """Copied, late or perhaps misread reports are not among them."""
    page = await visit("/")
    links = page.select("section:has(> #doubtful) .report-list a")
    assert [str(link["href"]) for link in links] == [
        f"/report/{PINGLUO}-2023",
        f"/report/{HOSTILE_AGENCY}-2024",
        f"/report/{COUNTY}-2024",
    ]


async def test_a_copied_report_shows_what_it_shares(visit: Page) -> None:
    """The passages of both reports with differences marked, long and hostile ones too."""
    page = await visit("/report/640121-gonganju-0b0b-2024")
    (check,) = page.select(".check")
    assert words(check, ".sides") == ["96% 见较早的报告"]
    assert check.select(".sides a")[0]["href"] == "/report/640121-gonganju-0b0b-2023"
    told = words(check, ".twins dd")
    assert told[0] == "202 4 年，永宁县公安局依申请公开工作有序推进，未出现泄密。"
    assert words(check, ".twins dl:nth-of-type(1) mark") == ["4", "3"]
    assert told[2] == HOSTILE
    assert told[3].endswith("…")
    assert len(told[3]) < 600


async def test_the_report_says_how_requests_were_answered(visit: Page) -> None:
    """The page says why requests were refused."""
    page = await visit("/report/640121-gonganju-0b0b-2024")
    told = words(page, ".answers li")
    assert told[0] == "3 （一）予以公开"
    assert [one.split(" ", 1)[0] for one in told] == ["3", "2", "3", "1"]
    assert told[1] == "2 不予公开：4.保护第三方合法权益"
    english = words(await visit("/en/report/640121-gonganju-0b0b-2024"), ".answers li")
    assert english[1] == "2 Refused: protects a third party's lawful rights"
    targets = [str(a["href"])[1:] for a in page.select(".answers a")]
    assert all(page.find(id=target) for target in targets)


def test_texts_are_compared_letter_by_letter() -> None:
    """Unless they are long or have little in common."""
    old, new = mark_changes("申请1件。", "申请10件。")
    assert [(p.text, p.hit) for p in old] == [("申请1", False), ("件。", False)]
    assert [p.text for p in new if p.hit] == ["0"]
    assert [p.hit for p in mark_changes("全然不同的话", "另外一句文字")[0]] == [True]
    assert [p.hit for p in mark_changes("长" * 401, "长" * 402)[1]] == [True]
    assert mark_changes("", "新")[0] == ()


async def test_who_is_missing_or_late(visit: Page) -> None:
    """By status, year and region, with the days of delay."""
    page = await visit("/coverage?region=640000")
    rows = [words(row, "th, td") for row in page.select("tbody tr")]
    assert [row[1:3] for row in rows] == [
        ["2024", "迟发"],
        ["2024", "迟发"],
        ["2024", "已撤下"],
        ["2023", "迟发"],
        ["2022", "未见"],
    ]
    assert rows[3] == [
        "平罗县人民政府 宁夏回族自治区石嘴山市平罗县",
        *("2023", "迟发", "曾发报告 县级以上政府", "2024-03-31", "2024-04-12", "12"),
    ]
    missing = await visit("/coverage?region=640000&status=missing&year=2022")
    assert words(missing, ".found") == ["1 项"]
    assert words(missing, ".narrow-by section:nth-of-type(2) li") == ["2022 1"]


async def test_who_never_reported(db: Path) -> None:
    """With the reason and its source; what was not looked for is listed where it is asked for."""
    silent = ("640221-shuiwuju-0000", "平罗县水务局", "640221", "county", "department", "水利")
    with closing(sqlite3.connect(db)) as conn, conn:
        (source,) = conn.execute("SELECT min(id) FROM snapshots").fetchone()
        insert(conn, "agencies", silent)
        insert(conn, "duties", (silent[0], 2022, None, "tree", "department", source, "pingluo"))
        conn.execute("UPDATE due_calendar SET day = '2026-01-31'")
        count = "SELECT count(DISTINCT agency_id) FROM reports"
        (reporting,) = conn.execute(count).fetchone()
        (here,) = conn.execute(f"{count} WHERE agency_id LIKE '640221-%'").fetchone()
    async with started(db) as datasettes:
        visit = fetcher(datasettes)
        page = await visit("/coverage?region=640221&why=tree")
        rows = [words(row, "th, td")[:4] for row in page.select("tbody tr")]
        assert rows == [
            ["平罗县水务局 宁夏回族自治区石嘴山市平罗县", str(year), "未见", "网站列名 政府部门"]
            for year in (2024, 2023, 2022)
        ]
        (link,) = page.select("tbody tr:first-child .col-why a")
        assert link["href"].endswith(f"/archive/snapshots/{source}")
        assert "另有 1 项未查" in page.get_text()
        not_looked = await visit("/coverage?why=tree&status=not_looked")
        assert [words(row, "td")[0] for row in not_looked.select("tbody tr")] == ["2025"]
        agency = await visit(f"/agency/{silent[0]}")
        assert words(agency, ".strip .what") == ["未查", "未见", "未见", "未见"]
        assert "自 2022 年度起应当报告：网站列名（政府部门）" in agency.get_text()
        region = await visit("/region/640221")
        assert words(region, "#matrix .hint") == [f"{here + 1} 个机关，其中 {here} 个有报告"]
        assert words(await visit("/"), ".figures b")[1] == str(reporting)


async def test_lists_as_tables(country: dict[str, Datasette]) -> None:
    """In words, without formulas, with the byte order mark for Excel."""
    answer = await country[""].client.get("/coverage.csv?status=missing&region=640000")
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["机关"], row["年度"], row["状态"]) == ("平罗县工业和信息化局", "2022", "未见")
    checks = await country["/en"].client.get("/checks.csv?rule=requests_balance")
    rows = list(csv.DictReader(io.StringIO(checks.text.removeprefix("\ufeff"))))
    assert {row["Rule"] for row in rows} == {"Requests balance"}
    assert len(rows) == 2


async def test_changes_as_a_table(country: dict[str, Datasette]) -> None:
    """A row for each figure and sentence. A section whose sentences have rows has none itself."""
    answer = await country[""].client.get("/changes.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    told = [(row["变动"], row["部分"], row["行"], row["改前"], row["改后"]) for row in rows]
    assert told == [
        ("改动", "正文", "一、总体情况", HOSTILE, "'=1+1"),
        ("改动", "申请办理情况", "一、本年新收政府信息公开申请数量", "1", "0"),
        ("改动", "正文", "六、其他事项", "", "无其他事项。"),
        ("改动", "正文语句", "一、总体情况", "全年收到申请1件。", "全年收到申请0件。"),
        ("撤下", "", "", "", ""),
    ]
    some = await country[""].client.get("/changes.csv?event=removed&region=640000")
    assert some.text.count("\n") == 2
    assert (await country[""].client.get("/changes.csv?event=x")).status_code == 400


async def test_a_sheet_that_is_cut_says_so(
    rich: Path, visit: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note beside the link leads to the whole data."""
    assert "表中为前" not in (await visit("/checks")).get_text()
    monkeypatch.setattr("gongkai.publish.wording.template_names.LIST_LINES", 3)
    async with started(rich) as datasettes:
        for path in ("/checks", "/search?q=公开", "/coverage"):
            page = await fetcher(datasettes)(path)
            said = " ".join(words(page, ".found-line .hint"))
            assert said == "文件含前 3 行；全部数据见 数据下载"


async def test_hostile_words_are_text(visit: Page) -> None:
    """In checks, verdicts and changes."""
    for path in ("/checks", "/changes", "/coverage", f"/report/{HOSTILE_AGENCY}-2024"):
        page = await visit(path)
        assert HOSTILE in page.get_text()
        assert not page.select("main script, img")


@pytest.mark.parametrize(
    "query", ["region=x", "year=0", "page=99999", "rule=nosuch", "verdict=maybe", "page=x"]
)
async def test_bad_questions(visit: Page, query: str) -> None:
    """An unknown value is a clear 400. Unknown arguments are ignored."""
    for path in ("/checks", "/checks.csv"):
        await visit(f"{path}?{query}", status=400)
    for path, bad in (("/changes", "event=x"), ("/coverage", "status=found")):
        assert "不是有效的值" in (await visit(f"{path}?{bad}", status=400)).get_text()


@pytest.mark.parametrize("path", ["/checks", "/changes", "/coverage", "/search", "/region/640000"])
async def test_pages_past_the_end(visit: Page, path: str) -> None:
    """A 404 that names the last page, for deep pages and in English too."""
    for number in (99, 501, 9999):
        page = await visit(f"{path}?page={number}", status=404)
        assert f"没有第 {number} 页，最后一页是第 1 页。" in page.get_text()
    english = await visit(f"/en{path}?page=99", status=404)
    assert "There is no page 99; the last page is 1." in english.get_text()
    await visit(f"{path}?page=1")


async def test_english_lists(visit: Page) -> None:
    """The lists and their rows are in English words."""
    assert words(await visit("/en/checks"), ".hits .badge")[0] == "Error in the report"
    assert words(await visit("/en/changes"), ".hits .badge")[-1] == "taken down"
    assert words(await visit("/en/coverage?year=2022&region=64"), "h1") == [
        "Missing and late reports"
    ]


async def test_checks_are_sorted_by_what_they_show(visit: Page) -> None:
    """The largest difference first; what is no number comes last in both directions."""
    page = await visit("/checks?sort=-size")
    assert [text.removeprefix("相差 ") for text in words(page, ".hits small.n")][:3] == [
        *("3", "2", "2"),
    ]
    rising = await visit("/checks?sort=size")
    assert words(rising, ".hits small.n")[-1] == "相差 3"
    assert words(rising, ".sort b") == ["差额"]
    (turn,) = rising.select(".sort a[title]")
    assert turn["href"] == "?sort=-size"
    await visit("/checks?sort=late", status=400)


async def test_lists_are_filtered_by_their_agencies(visit: Page) -> None:
    """Level, kind, sector and a part of the name narrow the list, its count and its facets."""
    page = await visit("/coverage?kind=government&sort=-late")
    assert set(words(page, ".list tbody th a")) == {"平罗县人民政府"}
    named = await visit("/checks?name=平罗县工业&level=county")
    assert words(named, ".hits > li")
    assert all("平罗县工业和信息化局" in text for text in words(named, ".hits > li"))
    assert words(named, ".found") == [f"{len(named.select('.hits > li'))} 项未通过"]
    assert len(words(named, ".chosen a")) == 2
    assert words(await visit("/checks?sector=无此"), ".hits > li") == []
    assert words(await visit("/changes?name=%25"), ".hits > li") == []
    await visit("/changes?level=moon", status=400)


async def test_a_sheet_has_the_filters_and_the_order_of_its_page(
    country: dict[str, Datasette],
) -> None:
    answer = await country["/en"].client.get("/checks.csv?sort=-size&kind=department")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows
    assert "平罗县人民政府" not in {row["Agency"] for row in rows}


async def test_who_never_published(visit: Page) -> None:
    """An agency that is due and has no report of any year."""
    missing = await visit("/coverage?status=missing")
    never = await visit("/coverage?status=missing&reports=none")
    assert "平罗县工业和信息化局" in words(missing, ".list tbody th a")
    assert words(never, ".list tbody th a") == []
    assert "从未公布" in " ".join(words(never, ".chosen a"))
