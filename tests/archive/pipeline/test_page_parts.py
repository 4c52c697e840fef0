"""Images and style sheets of pages are in the archive, and nothing takes them for a document."""

from __future__ import annotations

from gongkai.crawler.warc.parse import PART
from tests.archive.folder import HOST, Folder, report_page

FIRST, SECOND = "2025-02-01T01:30:00Z", "2025-03-01T01:30:00Z"
PAGE, SCAN = "/nb/jyj.html", "/nb/scan.png"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def test_a_part_is_no_document_and_is_never_read(folder: Folder) -> None:
    folder.fetch(FIRST, PAGE, report_page())
    folder.fetch(FIRST, SCAN, PNG, media_type="image/png", role=PART)
    # a page in the place of a picture is no report either
    folder.fetch(FIRST, "/nb/banner.jpg", report_page("平罗县财政局"), role=PART)
    folder.build()
    assert folder.rows("SELECT agency_id FROM reports WHERE id LIKE '%jiaoyuju%'") != []
    assert folder.rows("SELECT count(*) FROM reports, documents, readings") == [(1,)]
    assert folder.rows(
        "SELECT url, digest, status FROM snapshots WHERE outcome = 'part' ORDER BY url"
    ) == [(f"{HOST}/nb/banner.jpg", None, 200), (f"{HOST}{SCAN}", None, 200)]
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def test_what_is_linked_as_a_file_is_read_though_a_page_shows_it_too(folder: Folder) -> None:
    folder.fetch(FIRST, SCAN, PNG, media_type="image/png", role=PART)
    folder.build()
    folder.fetch(SECOND, SCAN, PNG, media_type="image/png")
    folder.build()
    assert folder.rows(
        "SELECT outcome FROM snapshots WHERE url = ? ORDER BY seen_at", HOST + SCAN
    ) == [
        ("part",),
        ("scan",),
    ]
    assert folder.rows("SELECT outcome FROM documents") == [("scan",)]


def test_a_missing_part_is_no_missing_report(folder: Folder) -> None:
    folder.fetch(FIRST, PAGE, report_page())
    folder.fetch(SECOND, PAGE, status=404, role=PART)
    folder.build()
    assert folder.rows("SELECT status FROM reports") == [("complete",)]
    assert folder.rows("SELECT count(*) FROM absences") == [(0,)]
