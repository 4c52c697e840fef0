"""Without the extra [ocr] a scan is named as one, and nothing in it is guessed."""

from __future__ import annotations

import pytest

from gongkai.archive.pipeline.builder import BuildJob, build, rebuild
from gongkai.archive.workers import ocr, reading_conditions
from gongkai.archive.workers.document_reader import _PICTURES
from gongkai.archive.workers.process_pool import read_document
from gongkai.catalogue import stored_text
from gongkai.crawler.sites.registry import load_sites
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Source
from gongkai.extract.ocr_layout import read_recognized_pages
from gongkai.extract.report import read
from tests.archive.folder import Folder
from tests.archive.reading import read_sandboxed
from tests.extract.printed_forms import TITLE
from tests.paths import REPORTS
from tests.printing.matrix import Style
from tests.printing.report import distinct
from tests.printing.scans import report

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"


def test_without_the_extra_a_picture_is_named_and_not_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_conditions, "is_ocr_installed", lambda: False)
    found = read_sandboxed(PNG, Source())
    assert (found.outcome, found.media_type, found.report) == ("scan", "image/png", None)
    assert "picture" in stored_text("en", found.why)


def test_pictures_are_read_again_once_the_extra_is_there(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = report(TITLE["2021"], FORM_2021, distinct(FORM_2021, 9), Style())
    boxed = BuildJob(
        folder.snapshots,
        load_sites(),
        read=lambda tasks: ((task, read_document(task.body, task.source)) for task in tasks),
    )
    monkeypatch.setattr(reading_conditions, "is_ocr_installed", lambda: False)
    folder.fetch("2025-01-21T02:00:00Z", "/c/P01.png", PNG)
    build(folder.db, boxed)
    assert folder.rows("SELECT outcome FROM documents") == [("scan",)]
    assert not build(folder.db, boxed).has_changes

    monkeypatch.setattr(reading_conditions, "is_ocr_installed", lambda: True)
    monkeypatch.setitem(
        _PICTURES, "scan", lambda *_: read_recognized_pages([], Source(), "image/png")
    )
    assert build(folder.db, boxed).documents == 1
    assert not build(folder.db, boxed).has_changes  # looked at once is enough

    monkeypatch.setitem(
        _PICTURES, "scan", lambda *_: read_recognized_pages(sheets, Source(), "image/png")
    )
    rebuild(folder.db, boxed)
    assert folder.rows("SELECT outcome FROM documents") == [("report",)]
    assert folder.rows("SELECT year, status FROM reports") == [(2024, "complete")]
    assert folder.rows("SELECT DISTINCT note FROM cell_notes") == [("ocr",)]


def test_a_scan_drawn_for_ocr_leaves_the_reader_its_own_fonts() -> None:
    """The reader measures text whose font is not in the file by fonts of its own."""
    body = (REPORTS / "pdf-hand-bold" / "source.pdf").read_bytes()
    before = read(body)
    assert list(ocr._pages(body))
    assert before.outcome == "report"
    assert read(body) == before
