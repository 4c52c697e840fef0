"""Names of files in GBK, and terminals that cannot print every sign."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.archive.folder import report_page

UTF_8 = {"LC_ALL": "C.UTF-8"}
PROGRAM = [sys.executable, "-c", "from gongkai.archive.cli import main; main()"]


def gongkai(
    folder: Path, *words: str | bytes, encoding: str = "", locale: Mapping[str, str] = UTF_8
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a folder, as a terminal with this encoding does."""
    environment = os.environ | {"PYTHONUTF8": "0", "GONGKAI_LANG": "zh", **locale}
    if encoding:
        environment["PYTHONIOENCODING"] = encoding
    command = [*map(os.fsencode, PROGRAM), *map(os.fsencode, words)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


def test_a_file_with_a_name_in_gbk_is_added_and_named(tmp_path: Path) -> None:
    name = "年报.html".encode("gbk")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(report_page())
    ended = gongkai(tmp_path, "add", name)
    assert ended.returncode == 0, ended.stderr.decode()
    assert "年报.html: 640221-" in ended.stdout.decode()


def test_a_file_with_a_name_in_gbk_that_is_no_report_is_refused_by_its_name(tmp_path: Path) -> None:
    name = "通知.html".encode("gbk")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"<html><p>1")
    ended = gongkai(tmp_path, "add", name)
    assert ended.returncode == 2
    assert "通知.html" in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "words", [("--db", "show", "x"), ("show", "--db", "年报.db", "x"), ("show", "报告")]
)
def test_arguments_in_gbk_end_with_a_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = gongkai(tmp_path, *(word.encode("gbk") for word in words))
    assert ended.returncode == 2
    assert b"Traceback" not in ended.stderr


def test_a_sign_that_a_terminal_cannot_print_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(report_page(new__total="3"))
    added = gongkai(tmp_path, "add", "page.html")
    report = added.stdout.decode().split(": ")[1].split(" · ")[0]
    shown = gongkai(tmp_path, "show", report, encoding="gbk")
    checked = gongkai(tmp_path, "check", encoding="gbk")
    for ended in (shown, checked):
        assert b"Traceback" not in ended.stderr
        assert report in ended.stdout.decode("gbk")


def test_an_archive_with_a_name_in_gbk_is_published_and_named(tmp_path: Path) -> None:
    """SQLite takes the bytes; a message shows the name as Windows does."""
    (tmp_path / "page.html").write_bytes(report_page())
    name = "档案.db".encode("gbk")
    assert gongkai(tmp_path, "add", "page.html", "--db", name).returncode == 0
    folder = "公开".encode("gbk")
    for words in (
        ("show", "640221", "--db", name),
        ("export", "--db", name, "--out", folder + b"-tables"),
        ("publish", folder, "--db", name),
        ("status", "--db", name, "--snapshots", folder),
    ):
        ended = gongkai(tmp_path, *words)
        assert ended.returncode == 0, ended.stderr.decode()
    missing = gongkai(tmp_path, "show", "x", "--db", "没有.db".encode("gbk"))
    assert missing.returncode == 2
    assert "没有.db：档案不存在" in missing.stderr.decode()


@pytest.mark.parametrize("encoding", ["", "gbk", "ascii"])
def test_the_c_locale_ends_without_a_traceback(tmp_path: Path, encoding: str) -> None:
    """As cron and old servers have it."""
    (tmp_path / "年报.html").write_bytes(report_page())
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    if encoding:
        environment["PYTHONIOENCODING"] = encoding
    for words in (["add", "年报.html"], ["read", "年报.html"], ["show", "640221"], ["check"]):
        ended = subprocess.run(
            [*map(os.fsencode, PROGRAM), *(word.encode() for word in words)],
            cwd=tmp_path,
            env=os.environ | environment,
            capture_output=True,
            check=False,
        )
        assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False), ended.stderr


def test_the_address_of_a_report_is_found_as_it_is_pasted(tmp_path: Path) -> None:
    """By `show` and `snapshot`, whatever stands around it."""
    (tmp_path / "page.html").write_bytes(report_page())
    address = "http://www.hexi.gov.cn/zwgk/2024/a.html"
    assert gongkai(tmp_path, "add", "page.html", "--url", f"“{address}”。").returncode == 0
    for pasted in (address, f"网址：{address}（网页）", "www.hexi.gov.cn/zwgk/2024/a.html#top"):
        for command in ("snapshot", "show"):
            ended = gongkai(tmp_path, command, pasted)
            assert ended.returncode == 0, ended.stderr.decode()
            assert address in ended.stdout.decode()


@pytest.fixture(scope="module")
def gbk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Make the locale zh_CN.GBK, as old servers have it, and return what chooses it."""
    folder = tmp_path_factory.mktemp("locales")
    subprocess.run(["localedef", "-f", "GBK", "-i", "zh_CN", str(folder / "zh_CN.GBK")], check=True)
    return {"LOCPATH": str(folder), "LC_ALL": "zh_CN.GBK"}


def test_a_server_whose_locale_is_gbk(tmp_path: Path, gbk: dict[str, str]) -> None:
    """Arguments, names of files and what is printed are GBK."""
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "年报.html".encode("gbk")))).write_bytes(
        report_page()
    )
    said = []
    for words in (
        ("add", "年报.html"),
        ("status",),
        ("publish", "公开"),
        ("proof", "640221-jiaoyuju-37ae-2024", "requests", "new", "total", "-o", "证明"),
    ):
        ended = gongkai(tmp_path, *(word.encode("gbk") for word in words), locale=gbk)
        assert ended.returncode == 0, ended.stderr.decode("gbk")
        said.append(ended.stdout.decode("gbk"))
    assert said[0].startswith("年报.html: 640221-")
    assert said[3].startswith("已写入 证明")
    assert {"公开".encode("gbk"), "证明".encode("gbk")} <= {
        os.fsencode(each.name) for each in tmp_path.iterdir()
    }


@pytest.mark.parametrize("command", ["add", "import"])
def test_a_name_in_utf_8_ends_with_a_line_where_the_locale_is_gbk(
    tmp_path: Path, gbk: dict[str, str], command: str
) -> None:
    """The system reads its bytes as signs that Python does not write in GBK."""
    name = "年报㐀😀.html"
    (tmp_path / name).write_bytes(report_page())
    ended = gongkai(tmp_path, command, name.encode(), locale=gbk)
    assert ended.returncode == 2
    assert b"Traceback" not in ended.stderr
    assert "的编码与本系统不符" in ended.stderr.decode("gbk")
