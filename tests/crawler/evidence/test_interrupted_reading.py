"""A process that dies while it reads originals into a new index: the next one reads the rest, and believes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.manifests import manifest_index
from gongkai.crawler.warc import indexing
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.evidence.test_doubted import answer, contents, keep_run


class Died(BaseException):
    """Stands for a process that ends at once."""


def of_an_earlier_version(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "index.db")) as conn:
        conn.execute("PRAGMA user_version = 3")


def test_what_a_killed_run_left_is_not_doubted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 1)
        keep_run(snapshots, 2, ends=False)
        keep_run(snapshots, 3, "pingluo", ends=False)
    before = contents(tmp_path)
    of_an_earlier_version(tmp_path)

    def die(*names: object) -> bool:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "is_own_file", die)
        with pytest.raises(Died):
            Snapshots(tmp_path)
    assert contents(tmp_path) == before
    with Snapshots(tmp_path) as snapshots:
        assert snapshots.doubts() == []
        (manifest,) = cover_leftovers(snapshots)
        assert {file.state for file in manifest.files} == {"left_open"}
        assert verify_folder(snapshots).wrong == []
        assert snapshots.index.files.awaited() == set()


def test_what_refers_to_another_record_is_read_by_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://www.weibin.gov.cn/a"
    with Snapshots(tmp_path) as snapshots:
        for day in (1, 2):
            writer = snapshots.writer("weibin", f"{day:032x}")
            writer.write_exchange(answer(url, b"<p>same</p>", f"2026-03-0{day}T02:00:00Z"))
            writer.close()
        cover_leftovers(snapshots)
    before = contents(tmp_path)
    assert len(before) == 2
    (tmp_path / "index.db").unlink()

    def die(index: SnapshotIndex, snapshot: str) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(SnapshotIndex, "get", die)
        with pytest.raises(Died):
            Snapshots(tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("is_writable", [True, False])
def test_a_writer_that_died_while_it_wrote_the_index_of_manifests_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_writable: bool
) -> None:
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 1)
    before = contents(tmp_path)
    index = tmp_path / "manifests" / "index.db"
    with closing(sqlite3.connect(index, isolation_level=None)) as conn:
        conn.execute("PRAGMA cache_size = 1")
        conn.execute("BEGIN IMMEDIATE")
        for number in range(2000):
            conn.execute("INSERT INTO files VALUES (?, 1, 1, 1)", (f"{number:0500d}",))
        files = {
            path.name: path.read_bytes() for path in (index, index.with_name("index.db-journal"))
        }
        conn.execute("ROLLBACK")
    for name, content in files.items():
        index.with_name(name).write_bytes(content)
    if not is_writable:
        connect = manifest_index._connect
        monkeypatch.setattr(
            manifest_index,
            "_connect",
            lambda target, is_uri=False: connect(str(target).replace("=rw", "=ro"), is_uri),
        )
    (tmp_path / "index.db").unlink()
    assert contents(tmp_path) == before
    with Snapshots(tmp_path) as snapshots:
        assert snapshots.doubts() == []
    if is_writable:
        with Snapshots(tmp_path) as snapshots:
            keep_run(snapshots, 2)
            assert verify_folder(snapshots).wrong == []
