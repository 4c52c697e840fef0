"""The switch: all or nothing, whoever gets in the way."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gongkai.archive.publication import downloads, layout, workbook
from gongkai.archive.publication.soundness import Counts, find_doubts
from gongkai.catalogue import text
from tests.archive.publication.publishing import opened, publish
from tests.paths import ROOT

COMMAND = [sys.executable, "-c", "from gongkai.archive.cli import main; main()", "publish"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def reports(folder: Path) -> int:
    with opened((folder / "current" / "archive.db").resolve()) as conn:
        count: int = conn.execute("SELECT count(*) FROM reports").fetchone()[0]
        return count


@pytest.fixture
def folder(db: Path, tmp_path: Path) -> Path:
    """A folder with one publication."""
    assert publish(tmp_path / "public", db, "--accept").exit_code == 0
    return tmp_path / "public"


def change(db: Path, *statements: str) -> None:
    with closing(sqlite3.connect(db)) as conn, conn:
        for statement in statements:
            conn.execute(statement)


def drop_a_report(db: Path) -> None:
    """Take the last report of the archive away, with all that refers to it."""
    with closing(sqlite3.connect(db)) as conn, conn:
        ((report,),) = conn.execute("SELECT max(id) FROM reports")
        tables = [
            table
            for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "report_id" in [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
        ]
        for table in tables:
            conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report])
        conn.execute("DELETE FROM reports WHERE id = ?", [report])


def test_it_says_what_it_did(db: Path, tmp_path: Path) -> None:
    done = publish(tmp_path / "public", db, "--accept", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    path = Path(told.pop("path"))
    assert path == (tmp_path / "public" / "current").resolve()
    assert told["reports"] == reports(tmp_path / "public") > 10
    assert told["reviews"] == 1
    assert told["bytes"] > 100_000


def test_it_says_that_the_last_build_was_interrupted(db: Path, tmp_path: Path) -> None:
    change(db, "DELETE FROM pending")
    whole = publish(tmp_path / "public", db, "--accept")
    assert "中途停止" not in whole.stderr
    change(db, "INSERT INTO pending VALUES ('url', 'http://www.pingluo.gov.cn/new.html')")
    half = publish(tmp_path / "public", db)
    assert half.exit_code == 0
    assert "上次建库中途停止：归档库中还有 1 项" in half.stderr
    assert json.loads(publish(tmp_path / "public", db, "--json").stdout)["waiting"] == 1


def test_a_build_that_begins_after_the_archive_was_read_is_no_half_one(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it puts into the queue is not missing in this publication."""
    change(db, "DELETE FROM pending")
    write = downloads.write_downloads

    def build_meanwhile(*given: Any, **named: Any) -> object:
        change(db, "INSERT INTO pending VALUES ('url', 'http://www.pingluo.gov.cn/new.html')")
        return write(*given, **named)

    monkeypatch.setattr(downloads, "write_downloads", build_meanwhile)
    done = publish(tmp_path / "public", db, "--accept", "--json")
    assert "中途停止" not in done.stderr
    assert json.loads(done.stdout)["waiting"] == 0


def test_old_publications_stay_for_a_while(folder: Path, db: Path) -> None:
    """As many as asked for; the link leads to the new one and to nothing outside."""
    first = (folder / "current").resolve()
    for _ in range(3):
        assert publish(folder, db, "--keep", "2").exit_code == 0
    kept = [name for name in entries(folder) if name[0] == "2"]
    assert len(kept) == 2
    assert first.name not in kept
    assert (folder / "current").readlink() == Path(kept[-1])
    assert entries(folder) == [".lock", *kept, "current"]


def test_a_publication_that_shrank_is_refused(folder: Path, db: Path) -> None:
    """It needs a person; when one agrees, it goes, and the next is compared with it."""
    stood, before = (folder / "current").resolve(), reports(folder)
    drop_a_report(db)

    refused = publish(folder, db)

    assert refused.exit_code == 1
    assert "未发布，原发布不变" in refused.stderr
    assert f"reports：{before} → {before - 1}" in refused.stderr
    assert "--accept" in refused.stderr
    assert (folder / "current").resolve() == stood
    assert entries(folder) == [".lock", stood.name, "current"]
    assert publish(folder, db, "--shrink-limit", "0.5").exit_code == 0
    assert reports(folder) == before - 1
    drop_a_report(db)
    accepted = publish(folder, db, "--accept")
    assert accepted.exit_code == 0
    assert f"已确认：reports：{before - 1} → {before - 2}" in accepted.stderr
    assert publish(folder, db).exit_code == 0


def test_an_archive_without_reports_is_refused(db: Path, tmp_path: Path) -> None:
    count = 99
    while count:
        drop_a_report(db)
        with opened(db) as conn:
            (count,) = conn.execute("SELECT count(*) FROM reports").fetchone()
    refused = publish(tmp_path / "public", db)
    assert (refused.exit_code, "没有报告" in refused.stderr) == (1, True)
    assert entries(tmp_path / "public") == [".lock"]


def test_a_row_that_refers_to_nothing_is_refused(folder: Path, db: Path) -> None:
    stood = (folder / "current").resolve()
    change(db, "DELETE FROM regions WHERE code = '640221'")
    refused = publish(folder, db, "--accept")
    assert refused.exit_code == 1
    assert "不存在" in refused.stderr
    assert "regions" in refused.stderr
    assert (folder / "current").resolve() == stood


LAST = Counts({"reports": 100, "requests": 2500}, {"a": 60, "b": 40})


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        (LAST, LAST, []),
        (Counts({"reports": 95, "requests": 2400}, {"a": 58, "b": 38}), LAST, []),
        (
            Counts({"reports": 94, "requests": 2500}, {"a": 60, "b": 40}),
            LAST,
            ["reports：100 → 94"],
        ),
        # a whole site may not vanish behind the growth of others
        (
            Counts({"reports": 120, "requests": 2500}, {"a": 120}),
            LAST,
            ["b 的报告：40 → 0"],
        ),
        (
            Counts({"reports": 19}, {"a": 19}),
            None,
            ["a：19 份报告，至少应有 20 份"],
        ),
        # the last publication had it so: somebody agreed
        (Counts({"reports": 19}, {"a": 19}), Counts({"reports": 18}, {"a": 18}), []),
        # not crawled yet
        (Counts({"reports": 5}, {"other": 5}), None, []),
        (Counts({"reports": 0}), None, ["没有报告"]),
    ],
)
def test_what_speaks_against_a_publication(
    now: Counts, last: Counts | None, expected: list[str]
) -> None:
    found = find_doubts(now, last, {"a": 20}, 0.05)
    assert [text("zh", doubt) for doubt in found] == expected


def test_a_site_under_its_floor_needs_a_person(db: Path, tmp_path: Path) -> None:
    """The floors are those of the registry."""
    registry = tmp_path / "sites.toml"
    entry = '[pingluo]\nname = "平罗县"\nregion_code = "640221"\n'
    registry.write_text(
        f'{entry}url = "http://www.pingluo.gov.cn/"\ncms = "trs"\nmin_reports = 500\n',
        encoding="utf-8",
    )
    refused = publish(tmp_path / "public", db, "--sites", str(registry))
    assert refused.exit_code == 1
    assert "至少应有 500 份" in refused.stderr


def test_a_killed_publish_leaves_the_old_one_standing(folder: Path, db: Path) -> None:
    """Its half folder is there, is not served, and is cleared away by the next."""
    stood = (folder / "current").resolve()
    with subprocess.Popen(
        [*COMMAND, str(folder), "--db", str(db)], env=ENVIRONMENT, stderr=subprocess.DEVNULL
    ) as process:
        while not list(folder.glob(".new-*/downloads/csv")):
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
    (half,) = folder.glob(".new-*")
    assert (folder / "current").resolve() == stood
    (folder / ".new-link").symlink_to(half.name)  # what a kill within the switch leaves

    assert publish(folder, db).exit_code == 0

    assert not list(folder.glob(".new-*"))
    assert (folder / "current").resolve() > stood


def test_two_at_once(folder: Path, db: Path) -> None:
    """The second says so; so does one beside a build."""
    for lock, said in (
        (folder / ".lock", "另一个发布正在进行"),
        (db.with_name("archive.db.lock"), "另一个构建正在进行"),
    ):
        with lock.open("a", encoding="ascii") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            second = publish(folder, db)
        assert (second.exit_code, said in second.stderr) == (2, True)


def test_a_full_disk(folder: Path, db: Path) -> None:
    """A limit on the size of files stands for it: the public file is cut."""
    stood = (folder / "current").resolve()

    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    full = subprocess.run(
        [*COMMAND, str(folder), "--db", str(db)],
        env=ENVIRONMENT, preexec_fn=no_room, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert full.returncode == 2, full.stderr
    assert "Traceback" not in full.stderr
    (line,) = [line for line in full.stderr.splitlines() if line.startswith("错误：")]
    assert "磁盘已满" in line or "读写磁盘出错" in line
    assert (folder / "current").resolve() == stood
    assert not list(folder.glob(".new-*"))


def test_a_disk_that_is_full_when_the_downloads_are_written(
    folder: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood = (folder / "current").resolve()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(workbook, "write_workbook", full)
    refused = publish(folder, db, "--full")
    assert refused.exit_code == 2
    assert "磁盘已满，原发布不变" in refused.stderr
    assert (folder / "current").resolve() == stood
    assert not list(folder.glob(".new-*"))


def test_a_folder_of_something_else_is_left_alone(db: Path, tmp_path: Path) -> None:
    taken, file = tmp_path / "taken", tmp_path / "file"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine", encoding="utf-8")
    file.write_text("mine", encoding="utf-8")
    for place, said in ((taken, "别的东西"), (file, "不是目录")):
        refused = publish(place, db)
        assert (refused.exit_code, said in refused.stderr) == (2, True)
    assert entries(taken) == ["mine.txt"]


def test_a_fresh_disk_is_empty(db: Path, tmp_path: Path) -> None:
    (tmp_path / "public" / "lost+found").mkdir(parents=True)
    assert publish(tmp_path / "public", db, "--accept").exit_code == 0


def test_verdicts_that_cannot_be_read(db: Path, tmp_path: Path) -> None:
    """A file without a verdict yet is none; a broken one is said, and nothing is published."""
    reviews = db.with_name("reviews.db")
    reviews.write_bytes(b"")
    done = publish(tmp_path / "public", db, "--accept", "--json")
    assert (done.exit_code, json.loads(done.stdout)["reviews"]) == (0, 0)
    stood = (tmp_path / "public" / "current").resolve()
    reviews.write_text("这不是数据库" * 100, encoding="utf-8")
    broken = publish(tmp_path / "public", db)
    assert (broken.exit_code, "reviews.db：不是数据库文件" in broken.stderr) == (2, True)
    assert (tmp_path / "public" / "current").resolve() == stood


def test_without_an_archive(tmp_path: Path) -> None:
    refused = publish(tmp_path / "public", tmp_path / "none.db")
    assert (refused.exit_code, "档案不存在" in refused.stderr) == (2, True)
    assert entries(tmp_path / "public") == [".lock"]


def test_a_link_that_leads_to_itself_is_no_publication(tmp_path: Path) -> None:
    (tmp_path / layout.CURRENT).symlink_to(layout.CURRENT)
    assert layout.current_publication(tmp_path) is None
