"""Fixtures of the archive's tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from gongkai.archive.cli import main
from gongkai.archive.store import database
from tests.archive.folder import Command, Folder, report_page
from tests.paths import REPORTS

SEEDS = REPORTS
PINGLUO = SEEDS / "pingluo-gxj-2024-text" / "source.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """An empty folder of originals, and the archive beside it."""
    with Folder(tmp_path) as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="session")
def small_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of one seed and one report that contradicts itself, to be copied."""
    home = tmp_path_factory.mktemp("small")
    (home / "page.html").write_bytes(report_page(new__total="3"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        done = CliRunner().invoke(main, ["add", str(PINGLUO), "page.html"])
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture
def archive(run: Command, small_archive: Path, tmp_path: Path) -> Path:
    """A copy of it in the folder in which `run` works; a test may change it."""
    shutil.copytree(small_archive, tmp_path, dirs_exist_ok=True)
    return tmp_path / "archive.db"
