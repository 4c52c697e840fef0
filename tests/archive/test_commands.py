"""The commands as people and schedulers use them: what they print, and the codes they end with."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import database
from archive.cli import main
from archive.commands.demo import replica
from archive.errors import ArchiveError
from tests.archive.folder import dump, report_page

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "tests" / "reports"
PINGLUO = SEEDS / "pingluo-gxj-2024-text" / "source.txt"
REPORT = "640221-gongyehexinxihuaju-c3f5-2024"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def archive(run: Run, tmp_path: Path) -> Path:
    """An archive of one seed and one report that contradicts itself."""
    page = tmp_path / "page.html"
    page.write_bytes(report_page(new__total="3"))
    assert run("add", PINGLUO, page).exit_code == 0
    return tmp_path / "archive.db"


def refused(result: Result, *words: str) -> None:
    """Hold that a command ended with 2 and one line that has these words in it."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = [text for text in result.stderr.splitlines() if text.startswith("Error: ")]
    assert all(word in line for word in words), line
    assert "Traceback" not in result.stderr


def test_added_file_is_a_report(run: Run) -> None:
    result = run("add", PINGLUO)

    assert (result.exit_code, result.stdout) == (
        0,
        f"{PINGLUO}: {REPORT} · complete · 0 项核对未通过 checks failed\n",
    )
    assert run("add", PINGLUO).exit_code == 0
    assert json.loads(run("build", "--json").stdout)["snapshots"] == 0


def test_what_is_stated_of_a_file_survives_a_rebuild(run: Run, tmp_path: Path) -> None:
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


def test_a_later_statement_wins(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page())
    address = ["--url", "http://www.pingluo.gov.cn/a.html"]

    assert run("add", *address, page).exit_code == 0
    assert run("add", *address, "--agency", "平罗县民政局", page).exit_code == 0

    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute("SELECT name FROM agencies").fetchall() == [("平罗县民政局",)]


def test_the_portal_of_an_address_says_the_region(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page("县教育局"))

    run("add", "--url", "http://www.nxyn.gov.cn/a.html", page)

    shown = json.loads(run("show", "--json", "教育局").stdout)
    assert (shown["agency"]["name"], shown["agency"]["region_code"]) == ("永宁县教育局", "640121")


def test_good_files_are_added_beside_bad_ones(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("买菜", encoding="utf-8")
    (tmp_path / "empty.pdf").write_bytes(b"")

    result = run("add", "missing.pdf", "notes.txt", PINGLUO, "empty.pdf", tmp_path)

    assert result.exit_code == 2
    assert REPORT in result.stdout
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert [error.split(": ")[1:3] for error in errors] == [
        ["missing.pdf", "文件不存在 no such file"],
        ["notes.txt", "不是年度报告 not an annual report (not_report)"],
        ["empty.pdf", "不是年度报告 not an annual report (unreadable)"],
        [str(tmp_path), "无法读取 cannot be read"],
    ]
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute("SELECT count(*) FROM snapshots").fetchall() == [(1,)]


def test_report_of_nobody_is_not_kept(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page(""))

    refused(run("add", page), "机关不明", "--agency")
    assert run("add", "--agency", "平罗县教育局", page).exit_code == 0


def test_show(run: Run, archive: Path) -> None:
    shown = run("show", "平罗县工业和信息化局", "2024")

    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == "平罗县工业和信息化局 2024 年政府信息公开工作年度报告"
    assert f"编号 id         {REPORT}" in lines
    row = next(line for line in lines if line.startswith("一、本年新收"))
    assert row.split() == ["一、本年新收政府信息公开申请数量", *"1000001"]
    assert run("show", REPORT).stdout == shown.stdout
    assert run("show", "gongyehexin").stdout == shown.stdout


def test_show_prints_failed_checks_and_the_original(run: Run, archive: Path) -> None:
    lines = run("show", "教育局").stdout.splitlines()

    assert "✗ requests_row_total · new · source" in lines
    assert any(line.startswith("原件 original") and ".warc.gz @ " in line for line in lines)


def test_show_json_is_the_whole_report(run: Run, archive: Path) -> None:
    shown = json.loads(run("show", "--json", REPORT).stdout)

    assert (shown["id"], shown["agency"]["region"]) == (REPORT, "宁夏回族自治区石嘴山市平罗县")
    assert {row["item"]: row["total"] for row in shown["requests"]}["granted"] == 1
    assert shown["snapshot"]["digest"] == shown["digest"]
    assert [revision["current"] for revision in shown["revisions"]] == [1]


def test_show_names_what_it_could_mean(run: Run, archive: Path) -> None:
    refused(run("show", "税务局"), "没有这份报告")
    refused(run("show", "2024", "1999"), "没有这份报告")
    result = run("show", "平罗县", "2024")
    refused(result, "不止一份")
    assert f"  {REPORT}  " in result.stderr


def test_scraped_text_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_bytes(report_page(new__total="\x1b[2J\u202e7"))
    run("add", page)

    shown = run("show", "教育局").stdout

    assert not set(shown) & {"\x1b", "\u202e", "\x00"}


def test_check(run: Run, archive: Path) -> None:
    result = run("check")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "2 项核对未通过 checks failed")
    found = json.loads(run("check", "--json", "--rule", "requests_row_total").stdout)
    assert [(c["scope"], c["left_value"], c["right_value"]) for c in found] == [("new", "0", "3")]
    assert json.loads(run("check", "--json", REPORT).stdout) == []


def test_status_before_any_crawl(run: Run, archive: Path) -> None:
    runs = json.loads(run("status", "--json").stdout)

    assert [(r["site"], r["started"] is None, r["reports"]) for r in runs] == [
        ("pingluo", True, 0),
        ("weibin", True, 0),
        ("yongning", True, 0),
        ("zhongwei", True, 0),
        ("", False, 2),
    ]
    assert "建库 build" in run("status").stdout


def test_export(run: Run, archive: Path, tmp_path: Path) -> None:
    result = run("export", "--out", "csv")

    assert (result.exit_code, result.stdout) == (0, "22 个文件 files → csv\n")
    assert len(list((tmp_path / "csv").glob("*.csv"))) == 22


def test_build_says_what_it_did(run: Run, archive: Path) -> None:
    again, anew = run("build"), run("build", "--rebuild")

    assert again.stdout == "建库 build: 没有变化 nothing new\n"
    assert anew.stdout == (
        "建库 build: 快照 2 snapshots · 文档 2 read · 报告 reports: 新增 2 new, 变更 0 changed,"
        " 未变 0 unchanged, 移除 0 dropped\n"
    )


# What a person can do something about: one line, exit code 2.


@pytest.mark.parametrize("command", ["show x", "check", "status", "export", "serve"])
def test_no_archive(run: Run, command: str) -> None:
    refused(run(*command.split()), "archive.db", "档案不存在", "gongkai build")


@pytest.mark.parametrize("command", ["show x", "check", "status", "export", "serve", "nightly"])
def test_not_a_database(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "archive.db").write_text("my notes", encoding="utf-8")

    refused(run(*command.split()), "archive.db", "not a database")
    assert (tmp_path / "archive.db").read_text(encoding="utf-8") == "my notes"


@pytest.mark.parametrize("options", [[], ["--rebuild"]])
def test_build_overwrites_no_file_of_another_kind(
    run: Run, archive: Path, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "notes.db").write_text("my notes", encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as conn:
        conn.execute("CREATE TABLE mine (x)")

    refused(run("build", *options, "--db", "notes.db"), "notes.db", "not a database")
    refused(run("build", *options, "--db", "other.db"), "other.db", "不是公开档案")
    assert (tmp_path / "notes.db").read_text(encoding="utf-8") == "my notes"


def test_places_that_are_none(run: Run, archive: Path, tmp_path: Path) -> None:
    refused(run("build", "--db", tmp_path), "是目录")
    refused(run("status", "--db", tmp_path), "是目录")
    refused(run("build", "--db", "no/such/a.db"), "no/such", "no such folder")
    refused(run("build", "--snapshots", "none"), "none", "没有原件")
    refused(run("build", "--snapshots", "archive.db"), "archive.db", "not a directory")
    refused(run("crawl", "--snapshots", "archive.db"), "archive.db", "not a directory")
    refused(run("export", "--out", "archive.db"), "archive.db", "not a directory")
    refused(run("add", "--snapshots", "archive.db", PINGLUO), "not a directory")


def test_what_cannot_be_crawled(run: Run, tmp_path: Path) -> None:
    refused(run("crawl", "atlantis"), "未知网站", "atlantis", "pingluo, weibin")
    refused(run("nightly", "atlantis"), "未知网站")
    refused(run("crawl", "--proxy", "nowhere"), "http://host:port")
    refused(run("crawl", "--sites", "none.toml"), "none.toml")
    (tmp_path / "sites.toml").write_text("[x]\nname = 1", encoding="utf-8")
    refused(run("crawl"), "sites.toml")
    assert run("crawl", "-s", "DELAY").exit_code == 2


def test_newer_schema(run: Run, archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name) VALUES ('gongkai', 'of_2031')"
        )
    before = archive.read_bytes()

    for command in ("status", "build", "build --rebuild", "nightly"):
        refused(run(*command.split()), "newer")
    assert archive.read_bytes() == before


def test_older_schema_is_brought_up_to_date_by_a_build(run: Run, archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'workings'")
        for table in ("readings", "attachments", "facts", "pending"):
            conn.execute(f"DROP TABLE {table}")
    refused(run("status"), "gongkai build")

    assert run("build").exit_code == 0

    assert run("show", REPORT).exit_code == 0


def test_locked(run: Run, archive: Path) -> None:
    with closing(sqlite3.connect(archive, isolation_level=None)) as conn:
        conn.execute("BEGIN EXCLUSIVE")
        refused(run("status"), "locked")
        refused(run("build"), "locked")


def test_two_builds_at_once(run: Run, archive: Path) -> None:
    with archive.with_name("archive.db.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused(run("build"), "另一个构建")
        refused(run("build", "--rebuild"), "另一个构建")


def test_broken_archive_is_restored_from_the_originals(run: Run, archive: Path) -> None:
    before = dump(archive)
    with archive.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (archive.stat().st_size - 8192))

    refused(run("check"), "已损坏", "gongkai build --rebuild")
    assert run("build", "--rebuild").exit_code == 0

    assert dump(archive) == before
    assert archive.with_name("archive.db.broken").exists()


def test_rebuild_without_originals_leaves_the_archive(run: Run, archive: Path) -> None:
    before = archive.read_bytes()
    (archive.parent / "empty").mkdir()

    refused(run("build", "--rebuild", "--snapshots", "empty"), "未重建")
    for lost in (archive.parent / "snapshots").glob("*.warc.gz"):
        lost.rename(lost.with_suffix(".elsewhere"))
        refused(run("build", "--rebuild"), "未重建", "cannot be read")

    assert archive.read_bytes() == before


def test_lost_original_is_said_and_read_when_it_is_back(run: Run, tmp_path: Path) -> None:
    assert run("add", PINGLUO).exit_code == 0
    (tmp_path / "archive.db").unlink()
    (warc,) = (tmp_path / "snapshots").glob("*.warc.gz")
    warc.rename(tmp_path / "elsewhere")

    lost = run("build")
    (tmp_path / "elsewhere").rename(warc)
    found = run("build")

    assert (lost.exit_code, "原件缺损 original lost: file:///" in lost.stderr) == (1, True)
    assert found.exit_code == 0
    assert run("show", REPORT).exit_code == 0


def test_port_in_use(run: Run, archive: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        refused(run("serve", "--port", held.getsockname()[1]), "in use", "--port")


def test_demo_needs_the_source(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="source checkout"), replica(tmp_path / "server.py"):
        pass


def test_full_disk(archive: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk without room."""
    before = dump(archive)
    (tmp_path / "more.html").write_bytes(report_page("平罗县民政局"))
    add = [sys.executable, "-c", "from archive.cli import main; main()", "add", "more.html"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    full = subprocess.run(
        add, cwd=tmp_path, env=environment, preexec_fn=no_room, capture_output=True, text=True
    )

    assert full.returncode == 2, full.stderr
    assert [line for line in full.stderr.splitlines() if "Error: archive.db: " in line]
    assert "Traceback" not in full.stderr
    again = subprocess.run(add, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    after = dump(archive)
    assert set(before["reports"]) < set(after["reports"])
    assert len(after["reports"]) == 3


def test_help_names_every_command_and_option(run: Run) -> None:
    listed = run("--help").stdout
    assert " ".join(main.commands) == (
        "crawl build nightly add show check status export serve demo"
    )
    for name in main.commands:
        assert f"  {name} " in listed
        assert "--db" in run(name, "--help").stdout
        assert "--snapshots" in run(name, "--help").stdout
