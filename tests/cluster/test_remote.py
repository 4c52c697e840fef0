"""Reading in a worker that has threads: each has a helper, and one that dies costs only a moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from gongkai.archive.workers import cluster_worker as remote
from gongkai.archive.workers.cluster_worker import read_in_helper
from gongkai.archive.workers.process_pool import read_document
from gongkai.archive.workers.reading_helper import ReadingHelper
from gongkai.extract.model.report import Source
from tests.archive.folder import report_page

BODY = report_page("平罗县第一中学", 2024)
SOURCE = Source(url="http://www.pingluo.gov.cn/1.html", media_type="text/html")


@pytest.fixture(autouse=True)
def no_helper() -> Iterator[None]:
    """Each test begins and ends without one."""
    remote._own.helper = None
    yield
    if helper := remote._own.helper:
        helper.close()
        remote._own.helper = None


def test_a_helper_reads_as_anybody_and_one_that_was_killed_is_replaced() -> None:
    expected = read_document(BODY, SOURCE)
    assert expected.outcome == "report"
    assert read_in_helper(BODY, SOURCE) == expected
    first = remote._own.helper.process
    assert read_in_helper(BODY, SOURCE) == expected
    assert remote._own.helper.process is first
    first.kill()
    first.wait()
    assert read_in_helper(BODY, SOURCE) == expected
    assert remote._own.helper.process is not first


def test_a_document_that_kills_its_helper_twice_is_unreadable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = []

    def dying(_: ReadingHelper) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([sys.executable, "-c", ""], stdin=pipe, stdout=pipe))
        return started[-1]

    monkeypatch.setattr(ReadingHelper, "start", dying)
    kept = read_in_helper(BODY, SOURCE)
    assert (kept.outcome, kept.why) == (
        "unreadable",
        "reader_died",
    )
    assert len(started) == 2
