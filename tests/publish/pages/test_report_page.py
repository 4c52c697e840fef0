"""The report page: the three tables, failed checks, and the sources."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from datasette.app import Datasette

from gongkai.extract.model.report import Report
from gongkai.publish.pages.report.originals import find_original
from gongkai.publish.pages.report.report_page import FormCell
from tests.publish.samples import HOSTILE, HUITONG, PAGE, PDF, PINGLUO, samples
from tests.publish.small_archive import Page, digest_of, fetcher, started

URL = "http://www.pingluo.gov.cn/xxgk/zfxxgknb/202501/t20250120_4801234.html"


def shown_cells(page: BeautifulSoup) -> dict[str, str]:
    """Return the text of every cell of the official tables, by its anchor."""
    return {str(cell["id"]): cell.get_text(strip=True) for cell in page.select("table.form td[id]")}


def read_cells(report: Report) -> dict[str, str]:
    """Return the values of the report's cells by anchor."""
    return {
        FormCell((part, item, field), None).anchor: str(cell.value)
        for part, table in report.tables.items()
        for item, row in table.items()
        for field, cell in row.items()
    }


def text(found: Tag | None) -> str:
    """Return the text of an element that must exist, without extra white space."""
    assert found is not None
    return " ".join(found.get_text(" ", strip=True).split())


async def test_all_200_values_stand_in_their_cells(page: Page) -> None:
    """The page prints every value of the three tables as it was read."""
    sample = samples()[0]
    shown = shown_cells(await page(f"/report/{sample.id}"))
    assert len(shown) == 200
    assert shown == read_cells(sample.report)


async def test_the_head_names_agency_year_dates_and_origin(page: Page) -> None:
    """The page has everything that is needed to find and cite the report."""
    report = await page(f"/report/{PINGLUO}-2024")
    assert report.html is not None
    assert report.html["lang"] == "zh-CN"
    assert text(report.h1) == "平罗县工业和信息化局 2024 年政府信息公开工作年度报告"
    assert "平罗县工业和信息化局 · 2024 年度" in text(report.select_one(".eyebrow"))
    facts = text(report.select_one(".facts"))
    for fact in ("2025-01-20", "宁夏回族自治区 · 石嘴山市 · 平罗县", "2021 年格式", "完整"):
        assert fact in facts
    assert digest_of(PAGE) in facts
    assert "2025-03-01 10:00（北京时间） 采集" in facts
    assert report.select("a.original")[0]["href"] == URL
    assert report.select("a.kept")[0]["href"] == f"/kept/{digest_of(PAGE)[7:]}"
    citation = text(report.select_one(".citation"))
    assert citation.startswith("平罗县工业和信息化局：《平罗县工业和信息化局 2024 年")
    assert URL in citation
    assert digest_of(PAGE) in citation


async def test_a_page_that_a_browser_made_says_so(db: Path) -> None:
    with closing(sqlite3.connect(db)) as conn:
        conn.row_factory = sqlite3.Row
        before = find_original(conn, digest_of(PAGE))
        conn.execute(
            "UPDATE snapshots SET rendered_from = (SELECT id FROM snapshots WHERE digest <> ?1)"
            " WHERE digest = ?1",
            [digest_of(PAGE)],
        )
        after = find_original(conn, digest_of(PAGE))
        conn.commit()
    assert before is not None
    assert after is not None
    assert (before.is_rendered, after.is_rendered) == (False, True)
    async with started(db) as datasettes:
        report = await fetcher(datasettes)(f"/report/{PINGLUO}-2024")
    assert "网页由浏览器运行脚本后生成" in text(report.select_one(".facts"))


async def test_six_sections_in_order_with_their_prose(page: Page) -> None:
    """Each table is in its section."""
    report = await page(f"/report/{PINGLUO}-2024")
    parts = report.select(".part")
    assert [part["id"] for part in parts] == [f"section-{number}" for number in range(1, 7)]
    assert "三审三校" in text(parts[4])
    assert [len(part.select("table.form")) for part in parts] == [0, 1, 1, 1, 0, 0]


async def test_a_consistent_report_says_so(page: Page) -> None:
    """That there are no findings is said too."""
    report = await page(f"/report/{PINGLUO}-2024")
    assert text(report.select_one(".findings")) == "核对 凡能核对的勾稽关系均成立，未发现矛盾。"
    assert not report.select("td.doubtful")


async def test_failed_checks_are_told_in_words_with_both_sides(page: Page) -> None:
    """Each finding links to its cells, and the cells link back."""
    report = await page(f"/report/{PINGLUO}-2023")
    checks = report.select(".check")
    assert [text(check.h3) for check in checks] == [
        "收办平衡 报告自身问题",
        "收办平衡 报告自身问题",
        "办理结果合计 报告自身问题",
        "办理结果合计 报告自身问题",
        "部分为空 待核",
    ]
    assert "自然人：本年新收加上年结转为12，办理总计加结转下年为11，两者应相等" in text(checks[0])
    assert [text(side) for side in checks[0].select(".sides b")] == ["12", "11"]
    (link,) = checks[0].select(".sides a")
    assert link["href"] == "#cell-requests-new-natural_person"
    cell = report.select_one("#cell-requests-new-natural_person")
    assert text(cell) == "12 ①"
    assert [a["href"] for a in report.select("#cell-requests-total_handled-total sup a")] == [
        "#check-2",
        "#check-4",
    ]
    assert checks[4].select(".sides a")[0]["href"] == "#section-6"


async def test_cells_that_are_not_plain_numbers_are_marked(page: Page) -> None:
    """Blank, dash and odd cells keep their text, and the legend counts them."""
    report = await page(f"/report/{PINGLUO}-2023")
    assert text(report.select_one("#cell-requests-other-business")) == "/ 横"
    assert text(report.select_one("#cell-requests-carried_out-business")) == "空"
    assert text(report.select_one("#cell-requests-carried_in-research_institute")) == "０件 异"
    legend = text(report.select_one("#section-3 .legend"))
    for words in (
        "原表此格空白（1 格），不计为零",
        "原表此格为横线或斜线（1 格），不计为零，报告另有说明的除外",
        "写法异常，照录原文（1 格）",
    ):
        assert words in legend


async def test_figures_are_absent_where_a_part_is_missing(page: Page) -> None:
    """A sum of only some of the parts would be wrong."""
    figures = [text(li) for li in (await page(f"/report/{PINGLUO}-2023")).select(".figures li")]
    assert figures[:4] == ["12 新收申请", "11 办理结果总计", "7 公开（含部分公开）", "2 不予公开"]


async def test_every_main_figure_leads_to_its_proof_or_to_its_cells(page: Page) -> None:
    """A figure of one cell to the proof of it, a sum to the first of its cells on the page."""
    report = await page(f"/report/{PINGLUO}-2024")
    links = [str(a["href"]) for a in report.select(".figures li > a")]
    proof = f"/proof/{PINGLUO}-2024"
    assert links == [
        f"{proof}/requests/new/total",
        f"{proof}/requests/total_handled/total",
        "#cell-requests-granted-total",
        "#cell-requests-refused_state_secret-total",
        f"{proof}/review_litigation/review/total",
        "#cell-review_litigation-suit_direct-total",
    ]
    for link in links:
        assert report.select_one(link if link[0] == "#" else f'td a[href="{link}"]')
    lacking = await page(f"/report/{PINGLUO}-2023")
    assert len(lacking.select(".figures li")) == 6
    for link in lacking.select(".figures li > a[href^='#']"):
        assert lacking.select_one(str(link["href"]))


async def test_years_and_copies_are_linked(page: Page) -> None:
    """The previous and the next year, and the attachment beside the page."""
    first, second = await page(f"/report/{PINGLUO}-2023"), await page(f"/report/{PINGLUO}-2024")
    assert first.select("a[rel=next]")[0]["href"] == f"/report/{PINGLUO}-2024"
    assert not first.select("a[rel=prev]")
    assert second.select("a[rel=prev]")[0]["href"] == f"/report/{PINGLUO}-2023"
    rows = [text(row) for row in second.select(".versions tbody tr")]
    assert len(rows) == 2
    assert rows[0].startswith(f"现行版本 {URL} 2025-03-01 至 2025-06-02")
    assert rows[1].startswith("附件 http://www.pingluo.gov.cn/xxgk/zfxxgknb/202501/P0202501204")
    kept = second.select(".versions tbody tr a[href^='/kept/']")
    assert kept[1]["href"] == f"/kept/{digest_of(PDF)[7:]}"


async def test_the_layout_of_2019_is_printed_as_its_form(page: Page) -> None:
    """With its own first table. A missing section is named."""
    report = await page(f"/report/{HUITONG}-2020")
    shown = shown_cells(report)
    assert shown["cell-active_disclosure_2019-licensing_change"] == "-21"
    assert shown["cell-active_disclosure_2019-licensing_decisions"] == "1113"
    assert shown["cell-active_disclosure_2019-procurement_wan_yuan"] == "477.35"
    assert shown["cell-active_disclosure_2019-fees_change"] == "空"
    assert len(shown) == 198
    assert text(report.select_one("#section-6")) == (
        "六、其他需要报告的事项 （报告中没有这一部分）"
    )


async def test_hostile_text_shows_as_text(page: Page) -> None:
    """Nothing scraped becomes markup, and only http(s) addresses become links."""
    report = await page("/report/640000-hostile-0000-2024")
    assert text(report.h1) == HOSTILE
    assert not report.select("main script, img, [onerror], [onmouseover]")
    assert not [a for a in report.select("a") if str(a["href"]).startswith("javascript")]
    assert "javascript:alert(document.domain)" in text(report.select_one(".facts"))
    assert "{{ 7*7 }}" in text(report.select_one(".prose"))
    assert not report.select("table.form")


async def test_no_such_report_is_404(page: Page) -> None:
    """In words, with a link back."""
    missing = await page("/report/nobody-2024", status=404)
    assert "没有这份报告。" in text(missing.main)


async def test_a_row_of_reports_is_its_page(chinese: Datasette) -> None:
    """Foreign keys of Datasette's tables link to the report page. The JSON of the row stays."""
    moved = await chinese.client.get(f"/archive/reports/{PINGLUO}-2024")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/report/{PINGLUO}-2024")
    row = await chinese.client.get(f"/archive/reports/{PINGLUO}-2024.json?_shape=objects")
    assert row.json()["rows"][0]["year"] == 2024


async def test_english_beside(site: dict[str, Datasette]) -> None:
    """The same page with English words and the unchanged text of the report."""
    response = await site["/en"].client.get(f"/report/{PINGLUO}-2023")
    report = BeautifulSoup(response.text, "lxml")
    assert report.html is not None
    assert report.html["lang"] == "en"
    assert "Requests balance Error in the report" in text(report.select_one(".check"))
    assert text(report.select_one("#section-3 tbody th")) == "New requests received this year"
    assert text(report.select_one("#heading-1")) == "一、总体情况 General situation"
    assert [a["href"] for a in report.select(".years a")] == [f"/en/report/{PINGLUO}-2024"]


async def test_the_report_as_data(site: dict[str, Datasette]) -> None:
    """Everything on the page, with the keys of the data contract; missing numbers are null."""
    answer = await site[""].client.get(f"/report/{PINGLUO}-2023.json")
    report = answer.json()
    assert (report["id"], report["year"], report["agency"]["id"]) == (
        f"{PINGLUO}-2023",
        2023,
        PINGLUO,
    )
    assert report["agency"]["regions"] == ["宁夏回族自治区", "石嘴山市", "平罗县"]
    assert report["tables"]["requests"]["new"]["total"] == 12
    assert report["tables"]["requests"]["other"]["business"] is None
    assert report["tables"]["active_disclosure"]["fees_wan_yuan"] == 0
    assert {
        "part": "requests",
        "item": "other",
        "field": "business",
        "raw": "/",
        "note": "dash",
    } in report["cell_notes"]
    assert [section["number"] for section in report["sections"]] == [1, 2, 3, 4, 5, 6]
    assert [check["rule"] for check in report["checks"]][:2] == ["requests_balance"] * 2
    assert report["checks"][0]["review"] is None
    assert [document["current"] for document in report["documents"]] == [True]


async def test_the_cells_of_a_report_as_a_sheet(site: dict[str, Datasette], visit: Page) -> None:
    """In printed order, in words, with the byte order mark for Excel, each with its address."""
    answer = await site[""].client.get(f"/report/{PINGLUO}-2023.csv")
    assert answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["表格", "项目", "列", "数值", "原文", "附注", "本站页面"]
    assert len(rows) == 201
    shown = [row[:-1] for row in rows]
    assert shown[1] == ["主动公开情况", "", "规章本年制发件数", "0", "0", ""]
    assert ["申请办理情况", "一、本年新收政府信息公开申请数量", "总计", "12", "12", ""] in shown
    assert ["申请办理情况", "3.其他", "商业企业", "", "/", "横线"] in shown
    assert ["申请办理情况", "四、结转下年度继续办理", "商业企业", "", "", "空白"] in shown
    page = await visit(f"/report/{PINGLUO}-2023")
    for row in rows[1:]:
        path, _, cell = row[-1].partition("#")
        assert path == f"/report/{PINGLUO}-2023"
        assert page.find(id=cell) is not None, cell
    hostile = await site["/en"].client.get("/report/640000-hostile-0000-2024.csv")
    head = "Table,Item,Column,Value,As printed,Note,Page on this site\r\n"
    assert hostile.text.removeprefix("\ufeff") == head
    for kind in ("csv", "json"):
        assert (await site[""].client.get(f"/report/nobody-2024.{kind}")).status_code == 404


async def test_only_a_report_with_tables_offers_them(visit: Page) -> None:
    with_tables = await visit(f"/report/{PINGLUO}-2023")
    prose_alone = await visit("/report/640000-hostile-0000-2024")
    assert [len(page.select("a.sheet")) for page in (with_tables, prose_alone)] == [1, 0]


async def test_page_says_what_a_report_covers(page: Page) -> None:
    chinese = await page(f"/report/{PINGLUO}-2024")
    english = await page(f"/en/report/{PINGLUO}-2024")
    facts = [
        {dt.text: dt.find_next("dd") for dt in found.select(".facts dt")}
        for found in (chinese, english)
    ]
    covers = [found[label] for found, label in zip(facts, ("统计范围", "Covers"), strict=True)]
    assert [text(dd).split()[0] for dd in covers] == ["本机关一家", "one"]
    assert all("平罗县工业和信息化局" in dd.q.text for dd in covers)
