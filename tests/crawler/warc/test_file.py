"""Faults of process and disk: acknowledged records stay, torn ones are removed."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.crawler.warc import file as warcfile
from gongkai.crawler.warc.file import WarcFile, recover_files
from gongkai.crawler.warc.parse import gzip_members
from gongkai.crawler.warc.store import Snapshots, StorageError

SEED = 20261121

KEEP_FETCHING = """
import sys
from pathlib import Path
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.compose import Exchange

writer = Snapshots(Path(sys.argv[1])).writer("pingluo", "a" * 32)
for number in range(10_000):
    kept, _ = writer.write_exchange(Exchange(
        f"http://www.pingluo.gov.cn/{number}", "2026-01-20T02:00:00Z", 200,
        b"GET / HTTP/1.1\\r\\n\\r\\n", b"HTTP/1.1 200 OK\\r\\n\\r\\n", str(number).encode() * 5000,
    ))
    print(kept.id, flush=True)
"""


class FullDisk:
    """A file on a disk with room for so many bytes: the write that does not fit is a short one."""

    def __init__(self, path: Path, room: int, error: bool) -> None:
        self._file = path.open("xb", buffering=0)
        self._room = room
        self._error = error

    def write(self, data: bytes) -> int:
        if len(data) > self._room:
            self._file.write(data[: self._room])
            if self._error:
                raise OSError(28, "No space left on device")
            return self._room
        self._room -= len(data)
        return self._file.write(data)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def torn_copy(whole: bytes, cut: int, folder: Path) -> Path:
    folder.mkdir()
    path = folder / "pingluo-20260120T020000000Z-1.warc.gz.open"
    path.write_bytes(whole[:cut])
    return path


def test_a_torn_tail_is_cut_at_any_offset(tmp_path, exchange):
    with Snapshots(tmp_path / "whole") as snapshots:
        writer = snapshots.writer("pingluo")
        kept = [
            writer.write_exchange(exchange(url=f"http://www.pingluo.gov.cn/{number}"))[0]
            for number in range(4)
        ]
        writer.close()
        whole = (tmp_path / "whole" / kept[0].warc).read_bytes()
    with (tmp_path / "whole" / kept[0].warc).open("rb") as file:
        ends = [end for _, end, _ in gzip_members(file)]
    answers = {snapshot.offset for snapshot in kept}

    for cut in sorted(random.Random(SEED).sample(range(1, len(whole)), 60)):
        folder = tmp_path / str(cut)
        torn_copy(whole, cut, folder)
        with Snapshots(folder) as snapshots:
            good = max((end for end in ends if end <= cut), default=0)
            files = list(folder.glob("*.warc.gz*"))
            assert [path.stat().st_size for path in files] == ([good] if good else [])
            assert all(path.suffix == ".gz" for path in files)
            expected = [s for s in kept if s.offset in answers and s.offset < good]
            assert [s.url for s in snapshots.all()] == [s.url for s in expected]
            for snapshot in snapshots.all():
                assert snapshots.body(snapshot)


def test_a_live_file_is_left_alone(tmp_path):
    file = WarcFile(tmp_path, "pingluo")
    file.append(b"half a record")
    assert recover_files(tmp_path) == []
    assert (tmp_path / (file.name + ".open")).read_bytes() == b"half a record"
    file.close()


@pytest.mark.parametrize("error", [True, False], ids=["error", "short write"])
def test_a_full_disk_takes_nothing_that_was_kept(tmp_path, exchange, dump, error, monkeypatch):
    monkeypatch.setattr(warcfile, "_create_file", lambda path: FullDisk(path, 3000, error))
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        kept = []

        def fill() -> None:
            for number in range(99):
                body = random.Random(number).randbytes(200)
                kept.append(
                    writer.write_exchange(exchange(url=f"http://x.gov.cn/{number}", body=body))[0]
                )

        with pytest.raises(StorageError, match="not_writable"):
            fill()
        monkeypatch.undo()
        assert len(kept) >= 2
        assert list(snapshots.all()) == kept
        writer.close()
        before = dump(tmp_path)
        snapshots.reindex()
        assert dump(tmp_path) == before
        assert [len(snapshots.body(snapshot)) for snapshot in kept] == [200] * len(kept)


def test_a_row_that_cannot_be_committed_takes_its_record_back(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        first, _ = writer.write_exchange(exchange(url="http://x.gov.cn/1"))
        path = tmp_path / (first.warc + ".open")
        size = path.stat().st_size
        snapshots.index._db.execute("PRAGMA query_only = ON")
        with pytest.raises(StorageError, match="index"):
            writer.write_exchange(exchange(url="http://x.gov.cn/2"))
        assert path.stat().st_size == size
        snapshots.index._db.execute("PRAGMA query_only = OFF")
        third, _ = writer.write_exchange(exchange(url="http://x.gov.cn/3"))
        writer.close()
        snapshots.reindex()
        assert list(snapshots.all()) == [first, third]


def test_killed_writers_lose_nothing_they_acknowledged(tmp_path):
    patience = random.Random(SEED)
    acknowledged: list[str] = []
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", KEEP_FETCHING, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        lines = [writer.stdout.readline() for _ in range(patience.randrange(1, 40))]
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        acknowledged += [
            line.strip() for line in lines + rest.splitlines() if len(line.strip()) == 32
        ]
    with Snapshots(tmp_path) as snapshots:
        kept = {snapshot.id: snapshot for snapshot in snapshots.all()}
        assert set(acknowledged) <= set(kept)
        for snapshot in kept.values():
            number = snapshot.url.rpartition("/")[2]
            assert snapshots.body(snapshot) == number.encode() * 5000
        assert not list(tmp_path.glob("*.open"))
        assert {run.outcome for run in snapshots.runs()} == {"interrupted"}
    db = sqlite3.connect(tmp_path / "index.db")
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
