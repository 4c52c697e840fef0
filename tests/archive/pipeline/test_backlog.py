"""Documents for which a converter was missing are read by the first build that has one."""

from __future__ import annotations

import pytest

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.workers import libreoffice
from gongkai.archive.workers.process_pool import encode_reading, read_document
from gongkai.archive.workers.reading_conditions import is_out_of_time
from gongkai.catalogue import text
from gongkai.crawler.sites.registry import load_sites
from gongkai.extract.model.report import Reading
from gongkai.messages import message
from tests.archive.folder import Folder, report_page

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
RTF = rb"{\rtf1\ansi An old Word file.}"


def test_old_word_files_are_read_again_once_libreoffice_can_run(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = BuildJob(
        folder.snapshots,
        load_sites(),
        read=lambda tasks: ((task, read_document(task.body, task.source)) for task in tasks),
    )
    with monkeypatch.context() as machine:
        machine.setattr(libreoffice, "_isolating_command", lambda: ())
        machine.delenv(libreoffice.UNISOLATED, raising=False)
        folder.fetch("2025-01-21T02:00:00Z", "/c/P01.rtf", RTF)
        build(folder.db, job)
        ((outcome, why),) = folder.rows("SELECT outcome, why FROM readings")
        assert (outcome, why) == ("unreadable", "libreoffice_unisolated")
        assert not build(folder.db, job).has_changes

    assert build(folder.db, job).documents == 1
    ((outcome, why),) = folder.rows("SELECT outcome, why FROM readings")
    assert (outcome, why) != ("unreadable", "libreoffice_unisolated")
    assert not build(folder.db, job).has_changes


@pytest.mark.parametrize("key", ["sandbox_timeout", "libreoffice_timeout"])
def test_a_document_that_the_clock_ended_is_read_again(folder: Folder, key: str) -> None:
    """The clock says that the machine was busy, and nothing of the document."""
    late = Reading("unreadable", "text/html", "", reason=message(key, seconds="150"))
    sites = load_sites()
    busy = BuildJob(
        folder.snapshots,
        sites,
        read=lambda tasks: ((task, encode_reading(late)) for task in tasks),
    )
    address = folder.fetch("2025-01-21T02:00:00Z", "/c/t1.html", report_page()).url
    first = build(folder.db, busy)
    assert (first.documents, len(first.postponed), first.lost) == (0, 1, [])
    assert address in text("zh", first.postponed[0])
    assert folder.rows("SELECT * FROM readings") == []
    assert folder.rows("SELECT outcome FROM runs WHERE kind = 'build'") == [("partial",)]

    second = build(folder.db, BuildJob(folder.snapshots, sites))
    assert (second.documents, second.postponed) == (1, [])
    assert folder.rows("SELECT status FROM reports") == [("complete",)]


def test_the_reason_of_a_scan_names_the_clock_too() -> None:
    reason = message(
        "ocr_failed",
        reason=message("scan_without_text"),
        ocr=message("sandbox_timeout", seconds="9"),
    )
    assert is_out_of_time(str(reason))
    assert not is_out_of_time(str(message("sandbox_cpu_time", seconds=15)))
