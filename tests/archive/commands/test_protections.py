"""A machine that lacks protections says so once: in the log, the summary, the status and the data."""

from __future__ import annotations

import json

import pytest

from gongkai.archive.commands import status
from gongkai.archive.pipeline import builder
from gongkai.archive.pipeline.builder import BuildResult
from gongkai.archive.terminal.night_summary import Night, Totals
from gongkai.messages import message
from tests.archive.folder import Command
from tests.paths import ROOT

PINGLUO = ROOT / "tests" / "reports" / "pingluo-gxj-2024-text" / "source.txt"
MISSING = (message("wall_network"), message("wall_libreoffice"))
ENGLISH = "a network namespace, isolation of LibreOffice (--unisolated-libreoffice)"


@pytest.fixture
def unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "protections_missing", lambda: MISSING)
    monkeypatch.setattr(status, "protections_missing", lambda: MISSING)


@pytest.mark.usefixtures("unprotected")
def test_the_log_says_it_once_and_the_status_each_time(run: Command) -> None:
    added = run("add", PINGLUO)
    assert added.exit_code == 0
    assert added.stderr.count(ENGLISH) == 1
    said = run("--lang", "en", "status").stderr
    assert said.count(ENGLISH) == 1
    assert "读取文件时缺少以下保护：网络命名空间、" in run("status").stderr


def test_a_machine_with_all_protections_says_nothing(run: Command) -> None:
    assert "缺少" not in run("add", PINGLUO).stderr
    assert run("status").stderr == ""


@pytest.mark.usefixtures("unprotected")
def test_the_data_of_a_build_names_them(run: Command) -> None:
    assert run("add", PINGLUO).exit_code == 0
    built = json.loads(run("--lang", "en", "build", "--rebuild", "--json").stdout)
    assert ", ".join(built["missing_walls"]) == ENGLISH


def test_the_summary_of_a_night_names_them_and_needs_nobody() -> None:
    night = Night((), BuildResult(missing_walls=MISSING), Totals(0, 0, {}))
    assert any(ENGLISH in line for line in night.lines("en"))
    assert night.exit_code == 0
