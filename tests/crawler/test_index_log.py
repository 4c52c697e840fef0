"""What came into an index after somebody looked last."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.crawler.index_log import IndexMark
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.tables.page_notes import NamedUnits, PageNote
from tests.archive.folder import Folder

RUN = "0190aa00000070008000000000000001"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as opened:
        yield opened


def changes(folder: Folder, mark: IndexMark) -> tuple[list[str], dict[str, list[str]]]:
    """Return the ids of new fetches, and what else came after a mark."""
    found = folder.snapshots.changes_since(mark)
    assert found
    added = [snapshot.id for _, snapshot in folder.snapshots.after(found.seq)]
    return added, {kind: list(keys) for kind, keys in found.keys.items() if keys}


def test_each_change_is_named_once(folder: Folder) -> None:
    first = folder.fetch("2025-01-21T02:00:00Z", "/a.html", b"a")
    before = folder.snapshots.mark()
    assert changes(folder, before) == ([], {})

    second = folder.fetch("2025-01-22T02:00:00Z", "/b.html", b"b", missed=True)
    writer = folder.snapshots.writer("pingluo", RUN)
    writer.write_note(
        PageNote(second.id, second.url, "pingluo", "report", "article", "", True, 0), second.seen_at
    )
    writer.write_note(
        PageNote(first.id, first.url, "pingluo", "missing", "article", "", False, 1), first.seen_at
    )
    units = NamedUnits(second.id, second.url, "pingluo", ("教育局", "民 政局"))
    writer.write_units(units, second.seen_at)
    writer.write_run(Run(RUN, "pingluo", "2025-01-22T01:00:00Z", "2025-01-22T03:00:00Z", "ok"))
    writer.close()

    assert changes(folder, before) == (
        [second.id],
        {
            "note": [second.id, first.id],
            "unit": [f"{second.id} 教育局", f"{second.id} 民 政局"],
            "run": [RUN],
        },
    )
    assert changes(folder, folder.snapshots.mark()) == ([], {})


def test_a_judged_clock_is_a_change(folder: Folder) -> None:
    writer = folder.snapshots.writer("pingluo", RUN)
    writer.close()
    fetched = folder.fetch("2025-01-21T02:00:00Z", "/a.html", b"a")
    before = folder.snapshots.mark()
    with closing(sqlite3.connect(folder.snapshots.folder / "index.db")) as conn, conn:
        conn.execute("UPDATE snapshots SET clock = 'wrong' WHERE id = ?", [fetched.id])
        conn.execute("UPDATE stretches SET shift = 60, clock = 'wrong' WHERE run = ?", [RUN])
        conn.execute("UPDATE stretches SET lead = 3")
    assert changes(folder, before) == ([], {"snapshot": [fetched.id], "run": [RUN]})


def test_a_mark_is_of_one_index(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", b"a")
    before = folder.snapshots.mark()
    folder.snapshots.reindex()
    assert folder.snapshots.changes_since(before) is None


def test_an_index_restored_from_a_copy_is_not_taken_for_the_later_one(tmp_path: Path) -> None:
    index, copy = tmp_path / "snapshots" / "index.db", tmp_path / "index.copy"
    with Folder(tmp_path) as folder:
        folder.fetch("2025-01-21T02:00:00Z", "/a.html", b"a")
    shutil.copy(index, copy)
    with Folder(tmp_path) as folder:
        lost = folder.fetch("2025-01-22T02:00:00Z", "/b.html", b"b")
        later = folder.snapshots.mark()
    shutil.copy(copy, index)
    (tmp_path / "snapshots" / lost.warc).unlink()
    with Folder(tmp_path) as folder:
        folder.fetch("2025-01-23T02:00:00Z", "/c.html", b"c")  # under the number that /b.html had
        assert folder.snapshots.mark().seq == later.seq
        assert folder.snapshots.changes_since(later) is None
