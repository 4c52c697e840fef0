"""What a document says does not depend on how busy the machine is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from gongkai.archive.workers.document_reader import read_encoded
from gongkai.extract.model.report import Source
from tests.paths import REPORTS

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
DOCUMENTS = ("html-word-paste/source.html", "pdf-lo-plain/source.pdf", "docx-plain/source.docx", "xlsx-one-sheet/source.xlsx", "doc-word-97/source.doc")  # fmt: skip
LONGEST = 120
"""Seconds after which a busy loop ends by itself, if the test is killed."""


@pytest.fixture
def busy() -> Iterator[None]:
    """Two loops for each core, as a crawl and a build beside each other make them."""
    loop = f"import time; end = time.monotonic() + {LONGEST}\nwhile time.monotonic() < end: pass"
    loops = [
        subprocess.Popen([sys.executable, "-c", loop])
        for _ in range(2 * len(os.sched_getaffinity(0)))
    ]
    yield
    for each in loops:
        each.kill()
        each.wait()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_reading_beside_busy_loops(name: str, request: pytest.FixtureRequest) -> None:
    body = (REPORTS / name).read_bytes()
    quiet = read_encoded(body, Source(filename=name))
    request.getfixturevalue("busy")
    assert read_encoded(body, Source(filename=name)) == quiet
