"""Settings come from a file, then from the environment, then from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.folder import Command
from tests.archive.refusal import refused


def test_file_environment_and_flag_in_this_order(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gongkai.toml").write_text('db = "of-file.db"', encoding="utf-8")
    refused(run("status"), "of-file.db")
    monkeypatch.setenv("GONGKAI_DB", "of-environment.db")
    refused(run("status"), "of-environment.db")
    refused(run("status", "--db", "of-flag.db"), "of-flag.db")


def test_a_table_is_for_one_command(run: Command, tmp_path: Path) -> None:
    settings = tmp_path / "other.toml"
    settings.write_text('db = "all.db"\n[show]\ndb = "show.db"', encoding="utf-8")
    refused(run("--config", settings, "status"), "all.db")
    refused(run("--config", settings, "show", "x"), "show.db")
    refused(run("status"), "archive.db")


def test_the_language_is_a_setting(run: Command, tmp_path: Path) -> None:
    (tmp_path / "gongkai.toml").write_text('lang = "en"', encoding="utf-8")
    assert run("status").stderr.startswith("Error: archive.db: no archive here")
    assert run("--lang", "zh", "status").stderr.startswith("错误：")


def test_scrapy_settings_are_merged(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each place may name a wrong value: the last one that names a setting is the one used."""
    (tmp_path / "gongkai.toml").write_text(
        '[scrapy]\nDOWNLOAD_DELAY = "of file"\nRETRY_TIMES = 1', encoding="utf-8"
    )
    refused(run("crawl", "pingluo"), "DOWNLOAD_DELAY", "of file")
    monkeypatch.setenv("GONGKAI_SCRAPY", "DOWNLOAD_DELAY=often RETRY_TIMES=seldom")
    refused(run("crawl", "pingluo"), "DOWNLOAD_DELAY", "often")
    refused(run("crawl", "pingluo", "-s", "DOWNLOAD_DELAY=2"), "RETRY_TIMES", "seldom")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("db = ", "无法读取：最后一行没有写完"),
        ("db = 'x'\n[", "无法读取"),
        ("db = 'x'\ny y = 1", "第 2 行"),
        ("db = [1]", "db 的值不能是 [1]"),
        ("db = true", "db 的值不能是 true"),
        ("db = 2024-01-01", "db"),
        ("[nightly]\njson = 'yes'", "json"),
        ("verbose = 'much'", "verbose"),
        ("colour = 1", "colour"),
        ("[nightly]\nrebuild = true", "nightly.rebuild"),
        ("[nightlyy]\ndb = 'x'", "nightlyy"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    run: Command, tmp_path: Path, content: str, why: str
) -> None:
    (tmp_path / "gongkai.toml").write_text(content, encoding="utf-8")
    refused(run("status"), "gongkai.toml", why)


def test_a_file_that_is_missing_is_refused(run: Command) -> None:
    refused(run("--config", "none.toml", "status"), "none.toml", "不存在")


def test_a_number_is_a_name_and_a_list_several_values(run: Command, tmp_path: Path) -> None:
    """Values have the kinds of TOML; options get the text that a command line would have."""
    content = "db = 3\n[scrapy]\nGONGKAI_SEASON = [1, 2]\nROBOTSTXT_OBEY = false\n"
    (tmp_path / "gongkai.toml").write_text(content, encoding="utf-8")
    refused(run("status"), "3", "档案不存在")
    assert run("build").exit_code == 2  # there are no originals: the settings were understood


def test_a_misspelt_setting_is_refused_wherever_it_stands(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scrapy would pass over it."""
    wrong = "DOWNLOAD_DELEY"
    refused(run("crawl", "-s", f"{wrong}=3"), wrong, "DOWNLOAD_DELAY")
    (tmp_path / "gongkai.toml").write_text(f"[scrapy]\n{wrong} = 3\n", encoding="utf-8")
    for command in ("crawl", "build", "nightly"):
        refused(run(command), wrong, "DOWNLOAD_DELAY")
    (tmp_path / "gongkai.toml").unlink()
    monkeypatch.setenv("GONGKAI_SCRAPY", f"{wrong}=3")
    refused(run("nightly"), wrong, "DOWNLOAD_DELAY")
