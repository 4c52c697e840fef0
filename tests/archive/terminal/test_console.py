"""The command line speaks one language at a time: help, output and errors, ours and click's."""

from __future__ import annotations

import errno
import logging
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import click
import pytest
from scrapy.settings import Settings

from gongkai.archive.cli import main
from gongkai.archive.terminal.console import echo_next, language, system_error
from gongkai.catalogue import text
from gongkai.catalogue_update import ROOT, catalogue_path, compile_click
from gongkai.errors import SYSTEM_ERRORS
from gongkai.logs import LOG_DATEFORMAT, LOG_FORMAT
from tests.archive.folder import Command

HAN = re.compile(r"[一-龥]")


def commands(command: click.Command, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield the words that call each command."""
    yield names
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, *names, name)


@pytest.mark.parametrize("words", list(commands(main)), ids=" ".join)
def test_help_is_in_one_language(run: Command, words: tuple[str, ...]) -> None:
    chinese, english = run(*words, "--help").stdout, run("--lang", "en", *words, "--help").stdout

    assert chinese.startswith("用法：")
    assert "显示本说明。" in chinese
    assert english.startswith("Usage:")
    assert "Show this message and exit." in english
    # an example of `show` names a Chinese agency
    assert not HAN.search(english.replace("平罗县工业和信息化局", ""))
    for sentence in ("Print", "Show", "The ", "Whether"):
        assert sentence not in chinese


def test_the_environment_chooses_and_the_option_wins(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_LANG", "en_US.UTF-8")
    assert run("status").stderr.startswith("Error: archive.db: no archive here")
    assert run("--lang", "zh", "status").stderr.startswith("错误：archive.db：档案不存在")


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (("bogus",), "没有命令", "No such command"),
        (("build", "--bogus"), "没有选项", "No such option"),
        (("crawl", "--at-once", "0"), "不在范围", "is not in the range"),
        (("add",), "缺少参数", "Missing argument"),
        (("crawl", "-s", "DELAY"), "应写作 NAME=VALUE", "expected NAME=VALUE"),
        (("crawl", "atlantis"), "未知网站：atlantis", "unknown site: atlantis"),
    ],
)
def test_errors_are_in_one_language(
    run: Command, words: tuple[str, ...], chinese: str, english: str
) -> None:
    in_chinese, in_english = run(*words), run("--lang", "en", *words)
    assert (in_chinese.exit_code, in_english.exit_code) == (2, 2)
    assert "错误：" in in_chinese.stderr
    assert chinese in in_chinese.stderr
    assert english not in in_chinese.stderr
    assert english in in_english.stderr
    assert not HAN.search(in_english.stderr)


def test_usage_and_values_are_in_the_language_of_the_reader(run: Command) -> None:
    """Not only the sentences around them."""
    help_text = run("serve", "--help").stdout
    assert help_text.startswith("用法：main serve [选项]")
    assert "--port 整数" in help_text
    assert "INTEGER" not in help_text
    assert run("--help").stdout.startswith("用法：main [选项] 命令 [参数]...")
    assert run("--lang", "en", "serve", "--help").stdout.startswith("Usage: main serve [OPTIONS]")
    assert run("add").stderr.splitlines()[-1] == "错误：缺少参数 'FILE...'。"
    assert (
        run("--lang", "en", "add").stderr.splitlines()[-1] == "Error: Missing argument 'FILE...'."
    )


def test_threads_speak_the_language_of_the_command(run: Command) -> None:
    """A server logs from threads that have no command around them."""
    run("--lang", "en", "status")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(language).result() == "en"
    run("status")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(language).result() == "zh"


@pytest.mark.parametrize(
    ("problem", "chinese", "english"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满", "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "没有权限", "permission denied"),
    ],
)
def test_what_the_system_refuses_is_said_in_one_language(
    problem: OSError, chinese: str, english: str
) -> None:
    """Its own words are English."""
    error = system_error(OSError(problem.errno, problem.strerror, "a/b"))
    assert text("zh", error.message) == f"a/b：{chinese}"
    assert text("en", error.message) == f"a/b: {english}"


@pytest.mark.parametrize(
    "name", [*SYSTEM_ERRORS, "not_opened", "damaged", "not_regular", "too_large"]
)
def test_every_reason_of_the_system_has_a_text(name: str) -> None:
    assert text("zh", f"system.{name}") != text("en", f"system.{name}")


def test_the_texts_of_click_are_compiled() -> None:
    """`make messages` does it."""
    source = catalogue_path(ROOT, "zh_CN", "click")
    assert source.with_suffix(".mo").read_bytes() == compile_click(ROOT)


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """Leave the loggers as they were."""
    root, ours = logging.getLogger(), logging.getLogger("gongkai")
    before = root.handlers[:], root.level, ours.level
    yield root
    root.handlers[:], root.level = before[:2]
    ours.setLevel(before[2])


def test_scrapy_logs_in_our_format() -> None:
    settings = Settings()
    settings.setmodule("gongkai.crawler.settings")
    assert (settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"]) == (LOG_FORMAT, LOG_DATEFORMAT)


def test_verbose_prints_log_messages(run: Command, root_logger: logging.Logger) -> None:
    assert "INFO" not in run("build", "--snapshots", ".").stderr
    logged = run("-v", "build", "--snapshots", ".").stderr
    assert re.search(r"^20\d\d-\S+ \S+ \[gongkai\.archive\S*\] INFO: ", logged, re.MULTILINE)


def test_what_to_do_next_is_said_on_a_terminal_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts and mails of cron have the result and nothing else."""
    echo_next("next_build")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    echo_next("next_build")
    shown = capsys.readouterr()
    assert (shown.out, "gongkai build" in shown.err) == ("", True)
