"""Pages that a browser rendered: they are read in place of the answer that their scripts were in."""

from __future__ import annotations

from tests.archive.folder import Folder, report_page

SHELL = b"<html><head><title>1</title></head><body><script src='/app.js'></script></body></html>"
PATH = "/leaf/?k=1"


def rendered(folder: Folder, at: str, html: bytes, shell: bytes = SHELL) -> tuple[str, str]:
    """Keep an answer and what became of it; return the ids of both."""
    original = folder.fetch(at, PATH, shell)
    writer = folder.snapshots.writer("pingluo")
    page = writer.write_rendering(original.url, html, original)
    writer.close()
    return original.id, page.id


def test_the_rendered_page_is_the_document_of_the_report(folder: Folder) -> None:
    original, page = rendered(folder, "2025-01-20T02:00:00Z", report_page())
    folder.build()
    assert folder.rows("SELECT status, url FROM reports") == [
        ("complete", f"http://www.pingluo.gov.cn{PATH}")
    ]
    assert folder.rows(
        "SELECT s.id, s.rendered_from, s.status, s.media_type, s.outcome FROM reports r"
        " JOIN snapshots s ON s.digest = r.digest"
    ) == [(page, original, None, "text/html", "report")]
    assert folder.rows("SELECT outcome, status FROM snapshots WHERE id = ?", original) == [
        ("not_report", 200)
    ]
    (error,) = folder.rows("SELECT error FROM documents WHERE outcome = 'not_report'")
    assert "document_rendered" in error[0]
    assert folder.rows("SELECT count(*) FROM readings") == [(1,)]


def test_a_second_build_and_a_rebuild_change_nothing(folder: Folder) -> None:
    rendered(folder, "2025-01-20T02:00:00Z", report_page())
    folder.build()
    first = folder.dump()
    assert not folder.build().has_changes
    assert folder.dump() == first
    folder.rebuild()
    assert folder.dump() == first


def test_an_unchanged_shell_with_new_numbers_is_a_revision(folder: Folder) -> None:
    rendered(folder, "2025-01-20T02:00:00Z", report_page())
    folder.build()
    rendered(folder, "2025-02-20T02:00:00Z", report_page(new__total="1"))
    folder.build()
    assert folder.rows("SELECT count(*) FROM revisions") == [(2,)]
    assert folder.rows("SELECT first_seen FROM revisions WHERE current") == [
        ("2025-02-20T02:00:00Z",)
    ]


def test_an_answer_that_was_read_before_its_page_came(folder: Folder) -> None:
    """A build may run while a crawl does."""
    original = folder.fetch("2025-01-20T02:00:00Z", PATH, SHELL)
    folder.build()
    writer = folder.snapshots.writer("pingluo")
    writer.write_rendering(original.url, report_page(), original)
    writer.close()
    folder.build()
    later = folder.dump()
    assert folder.rows("SELECT count(*) FROM reports") == [(1,)]
    assert folder.rows("SELECT outcome FROM snapshots WHERE id = ?", original.id) == [
        ("not_report",)
    ]
    folder.rebuild()
    assert {**folder.dump(), "readings": []} == {**later, "readings": []}
