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
        ("db = ", "无法读取"),
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
