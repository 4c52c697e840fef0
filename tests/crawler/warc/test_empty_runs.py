"""Runs that fetched nothing: their file goes, and whatever happens meanwhile, nothing counts as lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.clock import utc_stamp
from gongkai.crawler.evidence.closing import close_run, cover_leftovers
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots

SITE = "pingluo"
RUN = "e" * 32
NIGHT = datetime(2026, 4, 7, 19, tzinfo=UTC)

DIE_WHILE_DISCARDING = """
import os, sys
from pathlib import Path
from gongkai.clock import utc_stamp
from gongkai.crawler.evidence.closing import close_run
from gongkai.crawler.warc.file import WarcFile
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots

owner = {"forget_files": SnapshotIndex, "discard": WarcFile}[sys.argv[2]]
setattr(owner, sys.argv[2], lambda *given: os._exit(9))
with Snapshots(Path(sys.argv[1])) as snapshots:
    writer = snapshots.writer("pingluo", "e" * 32)
    run = Run("e" * 32, "pingluo", utc_stamp(), utc_stamp(), "failed")
    writer.write_run(run)
    close_run(snapshots, writer, run)
"""


def require_nothing_lost(folder: Path) -> None:
    """Open the folder as the next process does, twice, and with an index that is made again."""
    for _ in range(2):
        with Snapshots(folder) as snapshots:
            assert snapshots.lost() == []
            cover_leftovers(snapshots)
            assert verify_folder(snapshots).wrong == []
            assert [(run.id, run.outcome) for run in snapshots.runs()] == [(RUN, "failed")]
            snapshots.reindex()
            assert snapshots.lost() == []


def test_while_an_empty_run_ends_nobody_has_clocks_to_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [NIGHT]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    with Snapshots(tmp_path) as ours, Snapshots(tmp_path, is_in_order=True) as other:
        began = utc_stamp()
        at[0] += timedelta(seconds=2)  # a run begins before its file
        writer = ours.writer(SITE, RUN)
        run = Run(RUN, SITE, began, utc_stamp(), "failed")
        writer.write_run(run)
        assert other.doubts() == []
        close_run(ours, writer, run)
        assert other.doubts() == []


@pytest.mark.parametrize("before", ["forget_files", "discard"])
def test_a_kill_while_the_file_of_an_empty_run_is_removed_loses_nothing(
    tmp_path: Path, before: str
) -> None:
    command = [sys.executable, "-c", DIE_WHILE_DISCARDING, str(tmp_path), before]
    assert subprocess.run(command, check=False).returncode == 9
    require_nothing_lost(tmp_path)


def test_the_file_of_an_empty_run_stays_where_the_index_cannot_forget_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(index: SnapshotIndex, names: list[str]) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with Snapshots(tmp_path) as snapshots, monkeypatch.context() as patch:
        patch.setattr(SnapshotIndex, "forget_files", fail)
        writer = snapshots.writer(SITE, RUN)
        run = Run(RUN, SITE, utc_stamp(), utc_stamp(), "failed")
        writer.write_run(run)
        close_run(snapshots, writer, run)
        assert snapshots.files() == writer.files
    require_nothing_lost(tmp_path)
