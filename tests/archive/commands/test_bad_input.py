"""What a person can do something about is one line and exit code 2, and nothing is lost."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive.folder import Command, dump, report_page
from tests.archive.refusal import refused
from tests.paths import ROOT

PINGLUO = ROOT / "tests" / "reports" / "pingluo-gxj-2024-text" / "source.txt"
REPORT = "640221-gongyehexinxihuaju-c3f5-2024"


@pytest.mark.parametrize("command", ["show x", "check", "status", "export", "serve"])
def test_no_archive(run: Command, command: str) -> None:
    refused(run(*command.split()), "archive.db", "档案不存在", "gongkai build")


def test_unknown_rule(run: Command, archive: Path) -> None:
    refused(run("check", "--rule", "request_balance"), "没有这条规则", "requests_balance")


@pytest.mark.parametrize("command", ["crawl", "nightly"])
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("DOWNLOAD_DELAY=abc", "DOWNLOAD_DELAY 的值不能是“abc”"),
        ("ROBOTSTXT_OBEY=perhaps", "ROBOTSTXT_OBEY 的值不能是“perhaps”"),
        ("GONGKAI_ROTATON_DAYS=7", "没有 GONGKAI_ROTATON_DAYS 这项设置"),
    ],
)
def test_a_setting_that_cannot_be(run: Command, command: str, given: str, why: str) -> None:
    refused(run(command, "pingluo", "-s", given, "--proxy", "http://127.0.0.1:9"), why)


@pytest.mark.parametrize("command", ["show x", "check", "status", "export", "serve", "nightly"])
def test_not_a_database(run: Command, tmp_path: Path, command: str) -> None:
    (tmp_path / "archive.db").write_text("my notes", encoding="utf-8")

    refused(run(*command.split()), "archive.db", "不是数据库")
    assert (tmp_path / "archive.db").read_text(encoding="utf-8") == "my notes"


@pytest.mark.parametrize("options", [[], ["--rebuild"]])
def test_build_overwrites_no_file_of_another_kind(
    run: Command, archive: Path, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "notes.db").write_text("my notes", encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as conn:
        conn.execute("CREATE TABLE mine (x)")

    refused(run("build", *options, "--db", "notes.db"), "notes.db", "不是数据库")
    refused(run("build", *options, "--db", "other.db"), "other.db", "不是公开档案")
    assert (tmp_path / "notes.db").read_text(encoding="utf-8") == "my notes"


@pytest.mark.parametrize("command", ["serve", "build", "check"])
def test_a_public_file_is_no_archive(run: Command, archive: Path, command: str) -> None:
    """The refusal names the command that serves it."""
    published = run("publish", "public", "--accept")
    assert published.exit_code == 0, published.output

    done = run(command, "--db", "public/current/archive.db")

    refused(done, "公开库，不是归档库", "gongkai serve --published DIR")


def test_places_that_are_none(run: Command, archive: Path, tmp_path: Path) -> None:
    refused(run("build", "--db", tmp_path), "是目录")
    refused(run("status", "--db", tmp_path), "是目录")
    refused(run("build", "--db", "no/such/a.db"), "no/such", "目录不存在")
    refused(run("build", "--snapshots", "none"), "none", "没有原件")
    refused(run("build", "--snapshots", "archive.db"), "archive.db", "不是目录")
    refused(run("crawl", "--snapshots", "archive.db"), "archive.db", "不是目录")
    refused(run("export", "--out", "archive.db"), "archive.db", "不是目录")
    refused(run("add", "--snapshots", "archive.db", PINGLUO), "不是目录")


def test_what_cannot_be_crawled(run: Command, tmp_path: Path) -> None:
    refused(run("crawl", "atlantis"), "未知网站", "atlantis", "pingluo, weibin")
    refused(run("nightly", "atlantis"), "未知网站")
    refused(run("crawl", "--proxy", "nowhere"), "http://host:port")
    refused(run("crawl", "--sites", "none.toml"), "none.toml")
    (tmp_path / "sites.toml").write_text("[x]\nname = 1", encoding="utf-8")
    refused(run("crawl"), "sites.toml")
    assert run("crawl", "-s", "DELAY").exit_code == 2


def test_newer_schema(run: Command, archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name) VALUES ('gongkai', 'of_2031')"
        )
    before = archive.read_bytes()

    for command in ("status", "build", "build --rebuild", "nightly"):
        refused(run(*command.split()), "更新版本")
    assert archive.read_bytes() == before


def test_older_schema_is_brought_up_to_date_by_a_build(run: Command, archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'workings'")
        for table in ("readings", "attachments", "facts", "pending"):
            conn.execute(f"DROP TABLE {table}")
    refused(run("status"), "gongkai build")

    assert run("build").exit_code == 0

    assert run("show", REPORT).exit_code == 0


def test_locked(run: Command, archive: Path) -> None:
    with closing(sqlite3.connect(archive, isolation_level=None)) as conn:
        conn.execute("BEGIN EXCLUSIVE")
        refused(run("status"), "占用")
        refused(run("build"), "占用")


def test_two_builds_at_once(run: Command, archive: Path) -> None:
    with archive.with_name("archive.db.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused(run("build"), "另一个构建")
        refused(run("build", "--rebuild"), "另一个构建")


def test_a_rebuild_that_did_not_end_is_told_until_the_next_one(run: Command, archive: Path) -> None:
    archive.with_name("archive.db.rebuild").write_bytes(b"half of it")
    assert "archive.db.rebuild 是尚未完成的重建" in run("status").stderr
    assert run("build", "--rebuild").exit_code == 0
    assert "rebuild" not in run("status").output


def test_broken_archive_is_restored_from_the_originals(run: Command, archive: Path) -> None:
    before = dump(archive)
    with archive.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (archive.stat().st_size - 8192))

    refused(run("check"), "已损坏", "gongkai build --rebuild")
    assert run("build", "--rebuild").exit_code == 0

    assert dump(archive) == before
    assert archive.with_name("archive.db.broken").exists()


def test_rebuild_without_originals_leaves_the_archive(run: Command, archive: Path) -> None:
    before = archive.read_bytes()
    (archive.parent / "empty").mkdir()

    refused(run("build", "--rebuild", "--snapshots", "empty"), "未重建")
    for lost in (archive.parent / "snapshots").glob("*.warc.gz"):
        lost.rename(lost.with_suffix(".elsewhere"))
        refused(run("build", "--rebuild"), "未重建", "无法读取")

    assert archive.read_bytes() == before


def test_lost_original_is_said_and_read_when_it_is_back(run: Command, tmp_path: Path) -> None:
    assert run("add", PINGLUO).exit_code == 0
    (tmp_path / "archive.db").unlink()
    (warc,) = (tmp_path / "snapshots").glob("*.warc.gz")
    warc.rename(tmp_path / "elsewhere")

    lost = run("build")
    (tmp_path / "elsewhere").rename(warc)
    found = run("build")

    assert (lost.exit_code, "原件缺损：file:///" in lost.stderr) == (1, True)
    assert found.exit_code == 0
    assert run("show", REPORT).exit_code == 0


def test_port_in_use(run: Command, archive: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        refused(run("serve", "--port", held.getsockname()[1]), "端口已被占用", "--port")


def test_the_demo_looks_at_its_port_first(run: Command, tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        demo = ("demo", "--port", held.getsockname()[1], "--snapshots", tmp_path / "originals")
        refused(run(*demo), "端口已被占用", "--port")
    assert not (tmp_path / "originals").exists()  # nothing was crawled


def test_full_disk(archive: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk without room."""
    before = dump(archive)
    (tmp_path / "more.html").write_bytes(report_page("平罗县民政局"))
    add = [sys.executable, "-c", "from gongkai.archive.cli import main; main()", "add", "more.html"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))  # the index has less

    full = subprocess.run(
        add, cwd=tmp_path, env=environment, preexec_fn=no_room, capture_output=True, text=True
    )

    assert full.returncode == 2, full.stderr
    assert [line for line in full.stderr.splitlines() if "错误：archive.db：" in line]
    assert "Traceback" not in full.stderr
    again = subprocess.run(add, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    after = dump(archive)
    assert set(before["reports"]) < set(after["reports"])
    assert len(after["reports"]) == 3
