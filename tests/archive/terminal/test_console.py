"""The command line speaks one language at a time: help, output and errors, ours and click's."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import click
import pytest
from scrapy.settings import Settings

from gongkai.archive.cli import main
from gongkai.catalogue_update import ROOT, catalogue_path, compile_click
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
