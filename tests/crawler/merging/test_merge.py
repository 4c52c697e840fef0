"""Files of past months become one: the same records, the same index, the same chain; whatever dies."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from gongkai import clock
from gongkai.crawler.evidence.closing import close_run, cover_leftovers
from gongkai.crawler.evidence.coverage import find_coverage
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.merging.merge_files import finish_left_merges, merge_months
from gongkai.crawler.warc.cdxj import write_missing
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots

DAY = "2026-03-0{}T02:00:00Z"
STEPS = ("append", "rename", "move_files", "unlink")


def keep_runs(snapshots, exchange, *days, site="weibin"):
    """Keep a run a day: a page that changes, one that does not, and a document from disk."""
    for day in days:
        run = Run(f"{day:032x}", site, DAY.format(day), DAY.format(day), "ok", {"new": 1})
        writer = snapshots.writer(site, run.id)
        for path, body in (("a", b"<p>%d</p>" % day), ("b", b"<p>same</p>")):
            writer.write_exchange(
                exchange(url=f"http://{site}/{path}", body=body, fetched_at=DAY.format(day))
            )
        writer.write_run(run)
        close_run(snapshots, writer, run)


def contents(snapshots):
    """Everything that is kept, without its place."""
    return [(replace(each, warc="", offset=0), snapshots.body(each)) for each in snapshots.all()]


def names(folder):
    return sorted(path.name for path in folder.glob("*.warc.gz"))


@pytest.fixture
def folder(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        keep_runs(snapshots, exchange, 1, 2, 3)
        keep_runs(snapshots, exchange, 4, site="pingluo")
        snapshots.write_resource("file:///a.pdf", b"%PDF-1", "application/pdf", facts={"year": "1"})
        snapshots.write_resource("file:///b.pdf", b"%PDF-2", "application/pdf", facts={"year": "2"})
        cover_leftovers(snapshots)
    return tmp_path


@pytest.fixture
def next_month(monkeypatch):
    """Let the month be over in which the test runs."""
    later = clock.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)


def test_nothing_is_merged_while_the_month_lasts(folder):
    with Snapshots(folder) as snapshots:
        assert merge_months(snapshots).before == 0


def test_the_files_of_a_month_become_one(folder, next_month, warcio_check):
    with Snapshots(folder) as snapshots:
        before = contents(snapshots)
        write_missing(folder)
        done = merge_months(snapshots)
        assert (done.before, done.after, done.changed) == (5, 2, 0)
        assert [name.rpartition("-")[2] for name in names(folder)] == [
            "merged.warc.gz",
            names(folder)[1].rpartition("-")[2],
            "merged.warc.gz",
        ]
        assert contents(snapshots) == before
        assert verify_folder(snapshots).wrong == []
        assert len(list((folder / "cdxj").iterdir())) == 1
        assert len(write_missing(folder)) == 2
        facts = [snapshots.facts(each)["year"] for each in snapshots.all() if not each.status]
        assert sorted(facts) == ["1", "2"]
        snapshots.reindex()
        assert contents(snapshots) == before
        assert [run.outcome for run in snapshots.runs()] == ["ok"] * 4
        assert merge_months(snapshots).before == 0
        assert verify_folder(snapshots).wrong == []
    warcio_check(folder)


def test_a_record_finds_its_manifest_after_the_merge(folder, next_month):
    with Snapshots(folder) as snapshots, ManifestChain(folder) as chain:
        before = {each.id: find_coverage(chain, each) for each in snapshots.all()}
        old = list(snapshots.all())
        merge_months(snapshots)
        assert {each.id: find_coverage(chain, each) for each in snapshots.all()} == before
        for each in old:  # looked up before the merge, read after it
            assert len(snapshots.body(each)) == each.bytes


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_changed_byte_in_a_merged_file_is_named_by_its_run(folder, next_month, place):
    with Snapshots(folder) as snapshots:
        merge_months(snapshots)
        with ManifestChain(folder) as chain:
            files = [chain.read(number).files[0] for number in (1, 2, 3)]
            part = chain.index.place(files[place].name)
        record = files[place].records[1]
        path = folder / part.file
        content = bytearray(path.read_bytes())
        content[part.offset + record.offset + 30] ^= 1
        path.write_bytes(content)
        found = [each for each in verify_folder(snapshots).wrong if "record" in each.params]
    assert [(each.key, each.params["run"], each.params["record"]) for each in found] == [
        ("manifest_record_changed", f"{place + 1:032x}", record.id)
    ]


def test_a_file_that_differs_from_its_manifest_is_not_merged(folder, next_month):
    first = folder / next(name for name in names(folder) if name.startswith("weibin"))
    content = bytearray(first.read_bytes())
    content[-40] ^= 1
    first.write_bytes(content)
    with Snapshots(folder) as snapshots:
        done = merge_months(snapshots)
        assert (done.before, done.after, done.changed) == (2, 1, 1)
    assert first.exists()
    assert list(folder.glob("*.merging")) == []


def test_a_large_month_becomes_several_files(folder, next_month):
    size = max((folder / name).stat().st_size for name in names(folder))
    with Snapshots(folder) as snapshots:
        done = merge_months(snapshots, "weibin", 2 * size + 9)
        assert (done.before, done.after) == (2, 1)
        assert verify_folder(snapshots).wrong == []


KILLED = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from gongkai import clock
from gongkai.crawler.evidence import manifest_chain
from gongkai.crawler.merging import merge_files
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.store import Snapshots

later = clock.now() + timedelta(days=40)
clock.now = lambda: later
step, when = sys.argv[2:]
place = {
    "append": (manifest_chain.ManifestChain, "append"),
    "rename": (Path, "rename"),
    "move_files": (SnapshotIndex, "move_files"),
    "unlink": (Path, "unlink"),
}[step]
done = getattr(*place)

def killing(*args, **kwargs):
    if step == "rename" and not str(args[0]).endswith(".merging"):
        return done(*args, **kwargs)
    if when == "after":
        done(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

with Snapshots(Path(sys.argv[1])) as snapshots:
    setattr(*place, killing)
    merge_files.merge_months(snapshots)
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_merge_that_is_killed_loses_nothing_and_keeps_nothing_twice(folder, step, when):
    with Snapshots(folder) as snapshots:
        before = contents(snapshots)
    words = [sys.executable, "-c", KILLED, str(folder), step, when]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    with Snapshots(folder) as snapshots:
        assert contents(snapshots) == before
        finish_left_merges(snapshots)
        assert contents(snapshots) == before
        assert verify_folder(snapshots).wrong == []
        assert list(folder.glob("*.merging")) == []
        snapshots.reindex()
        assert contents(snapshots) == before
        assert verify_folder(snapshots).uncovered == []


def test_a_run_that_fetched_nothing_leaves_no_file(tmp_path):
    run = Run("f" * 32, "weibin", DAY.format(1), DAY.format(2), "failed", {"requests": 0})
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("weibin", run.id)
        writer.write_run(run)
        manifest = close_run(snapshots, writer, run)
        assert (manifest.files, manifest.run["outcome"]) == ((), "failed")
        kept = [path.name for path in (tmp_path / "manifests" / "000000").iterdir()]
        assert kept == ["000000001.json"]
        assert list(tmp_path.glob("*.warc.gz*")) == []
        assert snapshots.runs() == [run]
        assert verify_folder(snapshots).wrong == []
        snapshots.reindex()
        assert snapshots.runs() == [run]
    (tmp_path / "index.db").unlink()
    with Snapshots(tmp_path) as snapshots:
        assert snapshots.runs() == [run]


def test_long_work_says_how_far_it_is(folder, next_month):
    """Covering, merging and verifying take as many steps as they said."""
    told = []

    @contextmanager
    def begin(label, total):
        told.append([label, total, 0])

        def step():
            told[-1][2] += 1

        yield step

    with Snapshots(folder) as snapshots:
        snapshots.write_resource("file:///c.pdf", b"%PDF-3", "application/pdf", facts={"year": "3"})
        cover_leftovers(snapshots, begin)
        merge_months(snapshots, begin=begin)
        verify_folder(snapshots, begin=begin)
    assert [label for label, *_ in told] == [
        "progress_cover",
        "progress_merge",
        "progress_verify",
        "progress_manifests",
    ]
    assert all(steps == total for _, total, steps in told)
    assert all(total for _, total, _ in told)
