"""A few of the kills of `make faults`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.builds import kill_builds
from tests.faults.evidence import kill_evidence
from tests.faults.imports import kill_imports
from tests.faults.kills import kill_many
from tests.faults.publishing import kill_publishes


def test_killed_crawls_and_builds_lose_nothing(tmp_path: Path) -> None:
    figures = kill_many(tmp_path, kills=4, seed=20261121, sites=["weibin"])
    assert figures.wrong == []
    assert figures.crawls_killed + figures.builds_killed == 4
    assert figures.crawls_killed


def test_the_build_after_a_killed_one_makes_what_a_whole_one_makes(tmp_path: Path) -> None:
    figures = kill_builds(tmp_path, kills=3, seed=20261127)
    assert figures.wrong == []
    assert figures.killed


def test_a_whole_publication_stands_after_every_kill(tmp_path: Path) -> None:
    figures = kill_publishes(tmp_path, kills=1, seed=20261126)
    assert figures.wrong == []
    assert figures.killed
    assert figures.renewed


def test_killed_merges_stamps_exports_and_runs_leave_whole_evidence(tmp_path: Path) -> None:
    figures = kill_evidence(tmp_path, kills=8, seed=20261126)
    assert figures.wrong == []
    assert figures.killed


def test_killed_imports_backfills_and_proofs_go_on_where_they_were(tmp_path: Path) -> None:
    figures = kill_imports(tmp_path, kills=3, seed=20261127)
    assert figures.wrong == []
    assert figures.killed
