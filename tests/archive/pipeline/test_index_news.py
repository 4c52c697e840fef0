"""A build asks the index for what came after the one before, and misses nothing by it."""

from __future__ import annotations

import pytest

from gongkai.crawler.warc.store import Snapshots
from tests.archive.folder import Folder, report_page

PAGES = ("/a/t20250120_1.html", "/b/t20250120_2.html")


def test_a_second_build_does_not_read_the_whole_index(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.fetch("2025-01-21T02:00:00Z", PAGES[0], report_page())
    folder.build()

    def refuse(self: Snapshots, site: str = "") -> None:
        raise AssertionError("the whole index was read")

    monkeypatch.setattr(Snapshots, "all", refuse)
    folder.fetch("2025-01-22T02:00:00Z", PAGES[1], report_page("平罗县民政局"))
    built = folder.build()

    assert (built.snapshots, built.documents, dict(built.reports)) == (1, 1, {"new": 1})
    assert not folder.build().has_changes


def test_an_index_made_again_is_compared_as_a_whole(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", PAGES[0], report_page())
    folder.build()
    folder.snapshots.reindex()
    folder.fetch("2025-01-22T02:00:00Z", PAGES[1], report_page("平罗县民政局"))
    built = folder.build()
    assert (built.snapshots, dict(built.reports)) == (1, {"new": 1})
    step_by_step = folder.dump()
    folder.rebuild()
    assert folder.dump() == step_by_step


def test_what_one_archive_has_read_another_one_still_reads(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", PAGES[0], report_page())
    folder.build()
    before = folder.dump()
    folder.db.rename(folder.db.with_name("other.db"))
    assert folder.build().snapshots == 1
    assert folder.dump() == before


def test_a_remark_on_a_known_answer_is_read_later(folder: Folder) -> None:
    """A crawl notes what it makes of a page after the page, and a build may come between."""
    folder.fetch("2025-01-21T02:00:00Z", PAGES[0], report_page())
    other = folder.fetch("2025-01-22T02:00:00Z", PAGES[0], b"<p>\xe9\x80\x9a\xe7\x9f\xa5</p>")
    folder.build()
    assert folder.rows("SELECT * FROM remarks") == []
    folder.note_missed(other)
    folder.build()
    assert folder.rows("SELECT * FROM remarks") == [(other.id, "missing")]
    step_by_step = folder.dump()
    folder.rebuild()
    assert folder.dump() == step_by_step


def test_a_document_that_was_lost_is_asked_for_again(folder: Folder) -> None:
    found = folder.fetch("2025-01-21T02:00:00Z", PAGES[0], report_page())
    file = folder.snapshots.folder / found.warc
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert len(folder.build().lost) == 1
    assert len(folder.build().lost) == 1
    file.write_bytes(whole)
    assert dict(folder.build().reports) == {"new": 1}
    assert folder.rows("SELECT * FROM unread") == []
    assert not folder.build().has_changes
