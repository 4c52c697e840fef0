"""The commands as people and schedulers use them: what they print, and the codes they end with."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.cli import main
from gongkai.crawler.warc.snapshot import Run as Crawl
from gongkai.crawler.warc.snapshot import new_run_id
from gongkai.crawler.warc.store import Snapshots
from gongkai.messages import message
from tests.archive.folder import Command, dump, report_page
from tests.archive.refusal import refused
from tests.paths import ROOT

PINGLUO = ROOT / "tests" / "reports" / "pingluo-gxj-2024-text" / "source.txt"
REPORT = "640221-gongyehexinxihuaju-c3f5-2024"


def test_added_file_is_a_report(run: Command) -> None:
    result = run("add", PINGLUO)

    assert (result.exit_code, result.stdout) == (
        0,
        f"{PINGLUO}: {REPORT} · complete · 0 项核对未通过\n",
    )
    assert run("add", PINGLUO).exit_code == 0
    assert json.loads(run("build", "--json").stdout)["snapshots"] == 0


def test_what_is_stated_of_a_file_survives_a_rebuild(run: Command, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page("县教育局"))
    stated = ["--agency", "中卫市教育局", "--year", 2021, "--url", "http://www.nxzw.gov.cn/a.html"]
    assert run("add", *stated, page).exit_code == 0
    before = dump(tmp_path / "archive.db")
    shown = json.loads(run("show", "--json", "中卫市教育局", "2021").stdout)
    (tmp_path / "archive.db").unlink()
    (tmp_path / "snapshots" / "index.db").unlink()

    assert run("build", "--rebuild").exit_code == 0

    assert dump(tmp_path / "archive.db") == before
    assert (shown["agency"]["name"], shown["year"], shown["url"]) == (
        "中卫市教育局",
        2021,
        "http://www.nxzw.gov.cn/a.html",
    )


def test_a_later_statement_wins(run: Command, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page())
    address = ["--url", "http://www.pingluo.gov.cn/a.html"]

    assert run("add", *address, page).exit_code == 0
    assert run("add", *address, "--agency", "平罗县民政局", page).exit_code == 0

    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute(
            "SELECT name FROM agencies WHERE id IN (SELECT agency_id FROM reports)"
        ).fetchall() == [("平罗县民政局",)]


@pytest.mark.parametrize("link", ["./annex.html", "P0202501.html", "none.pdf"])
def test_a_page_and_its_annex_are_one_report(run: Command, tmp_path: Path, link: str) -> None:
    """The annex names no agency; the page links it under its name, another name, or not at all."""
    page, annex = tmp_path / "page.html", tmp_path / "annex.html"
    title = "平罗县教育局2024年政府信息公开工作年度报告"
    page.write_text(
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>"
        f"<iframe src='{link}.pdf'></iframe><a href='{link}'>附件</a></body></html>",
        encoding="utf-8",
    )
    annex.write_bytes(report_page("").replace(b"2025-01-20 10:00", b""))
    address = "http://www.pingluo.gov.cn/zwgk/a.html"

    result = run("add", "--url", address, page, annex)

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        reports = conn.execute(
            "SELECT a.name, r.year, r.status FROM reports r JOIN agencies a ON a.id = r.agency_id"
        ).fetchall()
        copies = conn.execute("SELECT url, role FROM copies").fetchall()
    assert reports == [("平罗县教育局", 2024, "complete")]
    assert copies == [(address, "page")]
    before = dump(tmp_path / "archive.db")
    (tmp_path / "archive.db").unlink()
    assert run("build", "--rebuild").exit_code == 0
    assert dump(tmp_path / "archive.db") == before


def test_annexes_of_a_refused_page_are_refused(run: Command, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>通知</p>", encoding="utf-8")
    annex = tmp_path / "annex.html"
    annex.write_bytes(report_page())
    address = "http://www.pingluo.gov.cn/zwgk/a.html"
    assert run("add", "--url", address, tmp_path / "page.html", annex).exit_code == 2
    assert not (tmp_path / "archive.db").exists()


def test_the_portal_of_an_address_says_the_region(run: Command, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page("县教育局"))

    run("add", "--url", "http://www.nxyn.gov.cn/a.html", page)

    shown = json.loads(run("show", "--json", "教育局").stdout)
    assert (shown["agency"]["name"], shown["agency"]["region_code"]) == ("永宁县教育局", "640121")


def test_good_files_are_added_beside_bad_ones(run: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("买菜", encoding="utf-8")
    (tmp_path / "empty.pdf").write_bytes(b"")

    result = run("add", "missing.pdf", "notes.txt", PINGLUO, "empty.pdf", tmp_path)

    assert result.exit_code == 2
    assert REPORT in result.stdout
    errors = [line for line in result.stderr.splitlines() if line.startswith("错误：")]
    assert [error.split("：")[1:3] for error in errors] == [
        ["missing.pdf", "文件不存在"],
        ["notes.txt", "未添加（不是报告）"],
        ["empty.pdf", "未添加（不可读）"],
        [str(tmp_path), "无法读取"],
    ]
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute("SELECT count(*) FROM snapshots").fetchall() == [(1,)]


def test_report_of_nobody_is_not_kept(run: Command, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page(""))

    refused(run("add", page), "机关不明", "--agency")
    assert run("add", "--agency", "平罗县教育局", page).exit_code == 0


def test_show(run: Command, archive: Path) -> None:
    shown = run("show", "平罗县工业和信息化局", "2024")

    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == "平罗县工业和信息化局 2024 年政府信息公开工作年度报告"
    assert f"编号  {REPORT}" in lines
    row = next(line for line in lines if line.startswith("一、本年新收"))
    assert row.split() == ["一、本年新收政府信息公开申请数量", *"1000001"]
    assert run("show", REPORT).stdout == shown.stdout
    assert run("show", "gongyehexin").stdout == shown.stdout


def test_show_in_english(run: Command, archive: Path) -> None:
    shown = run("--lang", "en", "show", REPORT).stdout

    row = next(line for line in shown.splitlines() if line.startswith("New requests received"))
    assert row.split() == ["New", "requests", "received", "this", "year", *"1000001"]
    assert "0 checks failed" in shown
    assert "三、" not in shown


def test_show_prints_failed_checks_and_the_original(run: Command, archive: Path) -> None:
    lines = run("show", "教育局").stdout.splitlines()

    assert any(line.startswith("✗ requests_row_total · new · source · ") for line in lines)
    assert any(line.startswith("原件") and ".warc.gz @ " in line for line in lines)


def test_show_json_is_the_whole_report(run: Command, archive: Path) -> None:
    shown = json.loads(run("show", "--json", REPORT).stdout)

    assert (shown["id"], shown["agency"]["region"]) == (REPORT, "宁夏回族自治区石嘴山市平罗县")
    assert {row["item"]: row["total"] for row in shown["requests"]}["granted"] == 1
    assert shown["snapshot"]["digest"] == shown["digest"]
    assert [revision["current"] for revision in shown["revisions"]] == [1]


def test_show_names_what_it_could_mean(run: Command, archive: Path) -> None:
    refused(run("show", "税务局"), "没有这份报告")
    refused(run("show", "2024", "1999"), "没有这份报告")
    result = run("show", "平罗县", "2024")
    refused(result, "不止一份")
    assert f"  {REPORT}  " in result.stderr


def test_scraped_text_cannot_steer_the_terminal(run: Command, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page(new__total="\x1b[2J\u202e7"))
    run("add", page)

    shown = run("show", "教育局").stdout

    assert not set(shown) & {"\x1b", "\u202e", "\x00"}


def test_check(run: Command, archive: Path) -> None:
    result = run("check")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "2 项核对未通过")
    found = json.loads(run("check", "--json", "--rule", "requests_row_total").stdout)
    assert [(c["scope"], c["left_value"], c["right_value"]) for c in found] == [("new", "0", "3")]
    assert json.loads(run("check", "--json", REPORT).stdout) == []


def test_status_before_any_crawl(run: Command, archive: Path) -> None:
    runs = json.loads(run("status", "--json").stdout)

    assert [(r["site"], r["started"] is None, r["reports"]) for r in runs] == [
        ("pingluo", True, 0),
        ("weibin", True, 0),
        ("yongning", True, 0),
        ("zhongwei", True, 0),
        ("", False, 2),
    ]
    assert "建库" in run("status").stdout


def test_status_shows_the_later_of_two_runs_of_one_second(run: Command, archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.executemany(
            "INSERT INTO runs (id, kind, site, started, finished, outcome, requests)"
            " VALUES (?, ?, ?, '2099-01-01T00:00:00Z', '2099-01-01T00:00:00Z', 'ok', ?)",
            [
                (new_run_id(), kind, site, requests)
                for kind, site in (("crawl", "pingluo"), ("build", None))
                for requests in range(9)
            ],
        )

    runs = json.loads(run("status", "--json").stdout)

    assert (runs[0]["requests"], runs[-1]["requests"]) == (8, 8)


def test_status_shows_crawls_that_no_build_has_read(
    run: Command, archive: Path, tmp_path: Path
) -> None:
    now = "2099-01-01T00:00:00Z"
    failed = Crawl(new_run_id(), "pingluo", now, now, "failed", {"requests": 3, "errors": 1})
    with Snapshots(tmp_path / "snapshots") as snapshots:
        snapshots.index.runs.add(failed)

    shown = {row["site"]: row for row in json.loads(run("status", "--json").stdout)}

    seen = {name: shown["pingluo"][name] for name in ("name", "outcome", "requests", "errors")}
    assert seen == {"name": "平罗县人民政府", "outcome": "failed", "requests": 3, "errors": 1}
    assert [shown["weibin"]["started"], list(shown)[-1]] == [None, ""]


def test_status_tells_how_much_of_a_list_was_read(
    run: Command, archive: Path, tmp_path: Path
) -> None:
    row = message("list_rows_short", list="年报 u", reached=2, stated=5)
    why = str(message("run_lists_incomplete", n=1, lists=(row,)))
    now = "2099-01-01T00:00:00Z"
    crawl = Crawl(new_run_id(), "pingluo", now, now, "incomplete", {"requests": 3}, why=why)
    with Snapshots(tmp_path / "snapshots") as snapshots:
        snapshots.index.runs.add(crawl)
    said = "有 1 个列表只读到一部分：年报 u 应有 5 条，读到 2 条"

    before = run("status").stdout
    run("build")
    after = json.loads(run("status", "--json").stdout)

    assert f"pingluo: {said}" in before
    assert [row["why"] for row in after if row["site"] == "pingluo"] == [said]


def test_status_needs_no_folder_of_originals(run: Command, archive: Path, tmp_path: Path) -> None:
    """Who may read the archive alone sees what was built."""
    (tmp_path / "snapshots" / "index.db").write_text("no database", encoding="utf-8")

    result = run("status")

    assert result.exit_code == 0
    assert "建库" in result.stdout
    assert result.stderr.startswith("只显示已建库的：")


def test_status_says_which_originals_are_lost(run: Command, archive: Path, tmp_path: Path) -> None:
    assert "WARC" not in run("status").stderr
    lost = min((tmp_path / "snapshots").glob("*.warc.gz"))
    lost.unlink()

    result = run("status")

    assert result.stderr.startswith(f"原件目录中缺少 1 个 WARC 文件（如 {lost.name}）")


def test_status_takes_no_runs_of_another_archive(
    run: Command, archive: Path, tmp_path: Path
) -> None:
    now = "2099-01-01T00:00:00Z"
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.execute(
            "INSERT INTO runs (id, kind, site, started, finished, outcome)"
            f" VALUES ('mine', 'crawl', 'pingluo', '{now}', '{now}', 'ok')"
        )
    with Snapshots(tmp_path / "other") as snapshots:
        snapshots.index.runs.add(Crawl(new_run_id(), "pingluo", now, now, "failed"))

    runs = json.loads(run("status", "--json", "--snapshots", "other").stdout)

    assert runs[0]["outcome"] == "ok"


def test_export(run: Command, archive: Path, tmp_path: Path) -> None:
    result = run("export", "--out", "csv")

    assert (result.exit_code, result.stdout) == (0, "34 个文件 → csv\n")
    assert len(list((tmp_path / "csv").glob("*.csv"))) == 34


def test_build_says_what_it_did(run: Command, archive: Path) -> None:
    again, anew = run("build"), run("build", "--rebuild")

    assert again.stdout == "建库：没有变化\n"
    assert anew.stdout == ("建库：快照 2 份 · 文档 2 份 · 报告：新增 2，变更 0，未变 0，移除 0\n")


def test_help_names_every_command_and_option(run: Command) -> None:
    listed = run("--help").stdout
    assert " ".join(main.commands) == (
        "crawl build nightly sites read add import backfill show proof check review status export snapshot snapshots publish release serve demo"
    )
    for name in main.commands:
        assert f"  {name} " in listed
        if name in ("sites", "read", "snapshot", "snapshots"):  # these use no archive
            continue
        assert "--db" in run(name, "--help").stdout
        assert "--snapshots" in run(name, "--help").stdout
