"""A process that reads single documents is started once, and replaced when it is gone."""

from __future__ import annotations

import os
import subprocess

import pytest

from gongkai.archive.workers import warm_helper
from gongkai.archive.workers.file_readings import read_document_file
from gongkai.archive.workers.reading_helper import ReadingHelper

PAGE = "<html><body><p>中卫市水务局通讯录</p></body></html>".encode()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started."""
    found: list[subprocess.Popen[bytes]] = []
    start = ReadingHelper.start

    def counted(helper: ReadingHelper) -> subprocess.Popen[bytes]:
        found.append(start(helper))
        return found[-1]

    warm_helper._warm.close()
    monkeypatch.setattr(ReadingHelper, "start", counted)
    return found


def test_documents_share_a_process(started: list[subprocess.Popen[bytes]]) -> None:
    readings = [read_document_file(PAGE) for _ in range(3)]
    assert [reading.outcome for reading in readings] == ["not_report"] * 3
    assert len(started) == 1


def test_a_process_that_is_gone_is_replaced(started: list[subprocess.Popen[bytes]]) -> None:
    read_document_file(PAGE)
    started[0].kill()
    started[0].wait()
    assert read_document_file(PAGE).outcome == "not_report"
    assert len(started) == 2


def test_an_interrupted_document_is_not_answered_later(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_document_file(PAGE)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ReadingHelper, "read", interrupt)
        with pytest.raises(KeyboardInterrupt):
            read_document_file(PAGE)
    assert started[0].poll() is not None
    assert read_document_file(b"").outcome == "unreadable"


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_process_has_its_own(started: list[subprocess.Popen[bytes]]) -> None:
    read_document_file(PAGE)
    child = os.fork()
    if not child:
        right = read_document_file(PAGE).outcome == "not_report" and len(started) == 2
        started[-1].kill()
        os._exit(0 if right else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0
    assert read_document_file(PAGE).outcome == "not_report"
    assert len(started) == 1
