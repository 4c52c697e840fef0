"""WARC files that are gone from the folder: named, looked for once, and read when they are back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.merging.merge_files import merge_months
from gongkai.crawler.warc import folder_contents
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


@pytest.mark.parametrize("is_remade", [True, False])
def test_a_lost_file_is_looked_for_once_a_night(
    tmp_path: Path, names: list[str], monkeypatch: pytest.MonkeyPatch, *, is_remade: bool
) -> None:
    before = contents(tmp_path)
    away = tmp_path / names[0]
    kept = away.read_bytes()
    away.unlink()
    if is_remade:
        remake_index(tmp_path)
    assert openings_that_list(tmp_path, monkeypatch, is_in_order=False) == (1, [names[0]])
    for _ in range(2):
        assert openings_that_list(tmp_path, monkeypatch, is_in_order=True) == (0, [names[0]])
    away.write_bytes(kept)
    assert openings_that_list(tmp_path, monkeypatch, is_in_order=False) == (1, [])
    assert openings_that_list(tmp_path, monkeypatch, is_in_order=True) == (0, [])
    assert contents(tmp_path) == before


def test_what_is_lost_is_named_after_the_index_was_made_again(
    tmp_path: Path, names: list[str]
) -> None:
    (tmp_path / names[1]).unlink()
    with Snapshots(tmp_path) as snapshots:
        snapshots.reindex()
        assert snapshots.lost() == [names[1]]
        assert [each.params["file"] for each in verify_folder(snapshots).wrong] == [names[1]]
        snapshots.reindex()
        assert snapshots.lost() == [names[1]]


def test_a_file_that_is_lost_before_its_manifest_is_named_too(tmp_path: Path) -> None:
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 1, ends=False)
        (name,) = snapshots.files()
        (tmp_path / name).unlink()
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


def test_an_index_of_the_version_before_gets_what_it_lacks(
    tmp_path: Path, names: list[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "index.db")) as conn:
        conn.execute("DROP TABLE lost_files")
    (tmp_path / names[0]).unlink()
    with Snapshots(tmp_path) as snapshots:
        assert snapshots.lost() == [names[0]]
