"""WARC files that are gone from the folder: named, looked for once, and read when they are back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.merging.merge_files import merge_months
from gongkai.crawler.warc import folder_contents
from gongkai.crawler.warc.file import OPEN_SUFFIX, WARC_SUFFIX
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.evidence.test_doubted import contents, keep_run


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """Return the names of two closed files in the folder."""
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 1)
        keep_run(snapshots, 2)
        return snapshots.files()


def remake_index(folder: Path) -> None:
    """Let the next process make the index again, as of an earlier version."""
    with closing(sqlite3.connect(folder / "index.db")) as conn:
        conn.execute("PRAGMA user_version = 3")


def openings_that_list(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, is_in_order: bool
) -> tuple[int, list[str]]:
    """Open the folder; return how often it was listed, and which files are lost."""
    listed = []
    put_in_order = folder_contents.put_in_order
    with monkeypatch.context() as patch:
        patch.setattr(
            folder_contents, "put_in_order", lambda path: listed.append(path) or put_in_order(path)
        )
        with Snapshots(folder, is_in_order=is_in_order) as snapshots:
            return len(listed), snapshots.lost()


def leave_nothing(path: Path) -> None:
    path.unlink(missing_ok=True)


def leave_link_to_nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "not mounted" / path.name)


def leave_link_in_circle(path: Path) -> None:
    path.symlink_to(path)


LEAVES = [leave_nothing, leave_link_to_nowhere, leave_link_in_circle, os.mkfifo]


@pytest.mark.parametrize("leave", LEAVES)
@pytest.mark.parametrize("is_remade", [True, False])
def test_a_lost_file_is_looked_for_once_a_night(
    tmp_path: Path,
    names: list[str],
    monkeypatch: pytest.MonkeyPatch,
    leave: Callable[[Path], None],
    *,
    is_remade: bool,
) -> None:
    before = contents(tmp_path)
    away = tmp_path / names[0]
    kept = away.read_bytes()
    away.unlink()
    leave(away)
    if is_remade:
        remake_index(tmp_path)
    assert openings_that_list(tmp_path, monkeypatch, is_in_order=False) == (1, [names[0]])
    for _ in range(2):
        assert openings_that_list(tmp_path, monkeypatch, is_in_order=True) == (0, [names[0]])
    away.unlink(missing_ok=True)
    away.write_bytes(kept)
    assert openings_that_list(tmp_path, monkeypatch, is_in_order=False) == (1, [])
    assert openings_that_list(tmp_path, monkeypatch, is_in_order=True) == (0, [])
    assert contents(tmp_path) == before


@pytest.mark.parametrize("leave", LEAVES)
def test_what_is_lost_is_named_after_the_index_was_made_again(
    tmp_path: Path, names: list[str], leave: Callable[[Path], None]
) -> None:
    (tmp_path / names[1]).unlink()
    leave(tmp_path / names[1])
    with Snapshots(tmp_path) as snapshots:
        snapshots.reindex()
        assert snapshots.lost() == [names[1]]
        assert [each.params["file"] for each in verify_folder(snapshots).wrong] == [names[1]]
        snapshots.reindex()
        assert snapshots.lost() == [names[1]]


@pytest.mark.parametrize("leave", LEAVES)
def test_a_file_that_is_lost_before_its_manifest_is_named_too(
    tmp_path: Path, leave: Callable[[Path], None]
) -> None:
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 1, ends=False)
        (name,) = snapshots.files()
        (tmp_path / name).unlink()
        leave(tmp_path / name)
        snapshots.reindex()
        wrong = verify_folder(snapshots).wrong
        assert [(each.key, each.params["file"]) for each in wrong] == [("file_missing", name)]


def test_files_that_grow_or_were_merged_are_not_lost(
    tmp_path: Path, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("weibin", "f" * 32)
        with Snapshots(tmp_path) as other:
            assert other.lost() == []
        writer.close()
        later = clock.now() + timedelta(days=40)
        monkeypatch.setattr(clock, "now", lambda: later)
        merge_months(snapshots)
        assert not set(names) & set(snapshots.files())
        snapshots.index.files.await_reading(names)
        snapshots.refresh()
        assert (snapshots.lost(), snapshots.index.files.awaited()) == ([], set())


@pytest.mark.parametrize("leave", LEAVES)
def test_what_stands_for_a_growing_file_stops_nobody(
    tmp_path: Path, names: list[str], leave: Callable[[Path], None]
) -> None:
    leave(tmp_path / f"weibin-20260101T020000000Z-1{WARC_SUFFIX}{OPEN_SUFFIX}")
    with Snapshots(tmp_path) as snapshots:
        assert (snapshots.files(), snapshots.lost()) == (names, [])
        snapshots.reindex()


def test_a_part_that_is_known_beside_its_merged_file_is_not_written_about_each_time(
    tmp_path: Path, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Snapshots(tmp_path) as snapshots:
        later = clock.now() + timedelta(days=40)
        monkeypatch.setattr(clock, "now", lambda: later)
        merge_months(snapshots)
        snapshots.index.files.add(names[0], "weibin", f"{1:032x}", "2026-03-01T02:00:00Z")
        snapshots.refresh()
    statements: list[str] = []
    with Snapshots(tmp_path) as snapshots:
        snapshots.index._db.set_trace_callback(statements.append)
        snapshots.refresh()
        assert [each for each in statements if each.startswith(("DELETE", "INSERT"))] == []
        assert snapshots.lost() == []


def test_an_index_of_the_version_before_gets_what_it_lacks(
    tmp_path: Path, names: list[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "index.db")) as conn:
        conn.execute("DROP TABLE lost_files")
    (tmp_path / names[0]).unlink()
    with Snapshots(tmp_path) as snapshots:
        assert snapshots.lost() == [names[0]]
