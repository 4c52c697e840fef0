"""Building night by night gives what one rebuild from the originals gives, whatever was met."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.store.search import hits, matching
from gongkai.extract.model import report as schema
from tests.archive.folder import Folder, dump, report_page
from tests.paths import ROOT

PATHS = ("/a/t20250120_1.html", "/b/t20250120_2.html", "/c/P01.pdf", "/nb/")
LINK = '<a href="/c/P01.pdf">附件：平罗县教育局2024年政府信息公开工作年度报告.pdf</a>'.encode()
BODIES = {
    "report": report_page(),
    "template": report_page(template="2"),
    "edited": report_page(new__total="7", granted__business="2"),
    "other_year": report_page(year=2023),
    "other_agency": report_page("平罗县民政局", new__total="1"),
    "linking": report_page().replace(b"</body>", LINK + b"</body>"),
    "nameless": report_page("", template="n"),
    "nothing": b"<html><body><p>\xe9\x80\x9a\xe7\x9f\xa5</p></body></html>",
}
STATUSES = (200, 200, 200, 200, 404, 410, 301, 500, 403, 304)
FETCHES = st.tuples(
    st.sampled_from(PATHS),
    st.sampled_from(sorted(BODIES)),
    st.sampled_from(STATUSES),
    st.booleans(),
)
QUESTIONS = ("复议", "教育局", "民政", "2024年", "税", "平罗县")


def found(folder: Folder) -> dict[str, list[str]]:
    """Return what the search finds for some questions."""
    with closing(sqlite3.connect(folder.db)) as conn:
        return {
            question: sorted(
                hit.report_id for hit in hits(conn, matching(conn, question), question)
            )
            for question in QUESTIONS
        }


@settings(
    max_examples=18, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(nights=st.lists(st.lists(FETCHES, min_size=1, max_size=4), min_size=1, max_size=5))
def test_night_by_night_equals_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, nights: list[list[tuple[str, str, int, bool]]]
) -> None:
    with Folder(tmp_path_factory.mktemp("nights")) as folder:
        for night, fetches in enumerate(nights):
            for minute, (path, body, status, missed) in enumerate(fetches):
                folder.fetch(
                    f"2025-02-{night + 1:02}T02:{minute:02}:00Z",
                    path,
                    BODIES[body] if status == 200 else b"",
                    status=status,
                    location="/elsewhere" if status == 301 else "",
                    missed=missed and body == "nothing",
                )
            folder.build()
        step_by_step, hits = folder.dump(), found(folder)

        folder.rebuild()

        assert folder.dump() == step_by_step
        assert found(folder) == hits
        assert folder.rows("PRAGMA foreign_key_check") == []


def test_rebuild_from_the_files_alone(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", PATHS[0], BODIES["linking"])
    folder.fetch("2025-01-22T02:00:00Z", PATHS[0], BODIES["edited"])
    folder.run(uuid4().hex, "2025-01-22", requests=2, new=1, changed=1)
    folder.build()
    before = folder.dump()
    folder.db.unlink()
    folder.snapshots.close()
    (folder.snapshots.folder / "index.db").unlink()

    with Folder(folder.db.parent) as again:
        again.rebuild()
        assert again.dump() == before


def test_rebuild_keeps_the_build_runs(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", PATHS[0], BODIES["report"])
    folder.build()
    ((first,),) = folder.rows("SELECT id FROM runs WHERE kind = 'build'")

    folder.rebuild()

    builds = [key for (key,) in folder.rows("SELECT id FROM runs WHERE kind = 'build'")]
    assert (first in builds, len(builds)) == (True, 2)


def test_newer_extractor_reads_old_originals_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.fetch("2025-01-21T02:00:00Z", PATHS[0], BODIES["report"])
    folder.build()
    for module in ("gongkai.archive.pipeline.attribution", "gongkai.archive.pipeline.backlog"):
        monkeypatch.setattr(f"{module}.EXTRACTOR", schema.EXTRACTOR + ".next")

    built = folder.build()

    assert (built.snapshots, built.documents, built.reports) == (0, 1, {"unchanged": 1})
    assert folder.rows("SELECT extractor FROM documents") == [(schema.EXTRACTOR + ".next",)]
    assert not folder.build().has_changes


BUILD = """
import sys
from pathlib import Path
from tests.archive.folder import Folder
with Folder(Path(sys.argv[1])) as folder:
    print("building", flush=True)
    folder.build()
"""


def test_killed_builds_lose_nothing(tmp_path: Path) -> None:
    dice = random.Random(4)
    with Folder(tmp_path) as folder:
        for number in range(12):
            body = report_page(f"平罗县第{'一二三四五六七八九十百千'[number]}中学", 2024)
            folder.fetch(f"2025-01-21T02:{number:02}:00Z", f"/{number}.html", body)
    killed = 0
    for _ in range(4):
        command = [sys.executable, "-c", BUILD, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(dice.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL

    with Folder(tmp_path) as folder:
        folder.build()
        assert folder.rows("PRAGMA integrity_check") == [("ok",)]
        after_kills = folder.dump()
        folder.rebuild()
        assert folder.dump() == after_kills
    assert killed


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_two_archives_of_the_same_originals_are_the_same(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.fetch("2025-01-21T02:00:00Z", PATHS[0], BODIES["report"])
        folder.fetch("2025-01-21T02:00:01Z", PATHS[1], BODIES["other_agency"])
        folder.build()
        one = dump(folder.db)
        folder.db.unlink()
        folder.build()
        assert dump(folder.db) == one
