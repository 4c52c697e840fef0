"""Readers request pages of a served folder over real HTTP while publications change."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.publish.publishing import publish, rename
from tests.publish.samples import PINGLUO
from tests.waiting import PATIENCE_SECONDS, wait_until


class BusyReader(threading.Thread):
    """A reader who requests page after page on one connection, and reads every answer to its end."""

    def __init__(self, address: str, path: str) -> None:
        super().__init__()
        self.address, self.path = address, path
        self.answers: list[tuple[int, bool]] = []
        self.failures: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        """Send requests until told to stop."""
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_SECONDS)
        while not self.enough.is_set():
            try:
                connection.request("GET", self.path)
                answer = connection.getresponse()
                body = answer.read()
                self.answers.append((answer.status, b"</html>" in body or len(body) > 10_000))
            except (OSError, http.client.HTTPException) as problem:
                self.failures.append(repr(problem))
        connection.close()


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start `gongkai serve --published`, and yield the process and its address."""
    command = [sys.executable, "-c", "from gongkai.archive.cli import main; main()", "serve"]
    with subprocess.Popen(
        [*command, "--published", str(folder), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        found = re.search(r"http://([\d.:]+)/", process.stdout.readline())
        assert found is not None
        yield process, found[1]
        process.kill()


def said(address: str, path: str) -> str:
    """Return the text of a page."""
    with closing(http.client.HTTPConnection(address, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read().decode()


def test_readers_see_no_error_during_a_change(
    served: tuple[subprocess.Popen[str], str], folder: Path, db: Path
) -> None:
    """Four readers request pages and a download during two publications, and none has an error."""
    process, address = served
    report = f"/agency/{PINGLUO}"
    assert "第1次改名" not in said(address, report)
    readers = [
        BusyReader(address, path)
        for path in ("/", report, "/search?q=%E5%85%AC%E5%BC%80", "/download/archive.db.gz")
    ]
    for reader in readers:
        reader.start()
    for time_ in (1, 2):
        name = f"第{time_}次改名"
        rename(db, name)
        publish(folder, db)
        wait_until(lambda: name in said(address, report))  # noqa: B023  # called at once
    wait_until(lambda: all(len(each.answers) > 10 or each.failures for each in readers))
    for reader in readers:
        reader.enough.set()
    for reader in readers:
        reader.join()
    assert [reader.failures for reader in readers] == [[], [], [], []]
    answers = [answer for reader in readers for answer in reader.answers]
    assert set(answers) == {(200, True)}
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
