"""Documents for which a converter was missing are read by the first build that has one."""

from __future__ import annotations

import pytest

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.workers import libreoffice
from gongkai.archive.workers.process_pool import read_document
from gongkai.crawler.sites.registry import load_sites
from tests.archive.folder import Folder

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
