"""Manifests of runs: what they cover, how they follow one another, what a kill leaves."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from gongkai.crawler.evidence.closing import close_run, cover_added, cover_leftovers
from gongkai.crawler.evidence.coverage import find_coverage, manifests_of_run
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.manifests.run_manifest import (
    FileDigest,
    Manifest,
    ManifestDamaged,
    MergedFile,
    RecordDigest,
    decode_manifest,
    digest_of,
    encode_manifest,
)
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots

DAY = "2026-03-0{}T02:00:00Z"


def test_a_manifest_names_every_record_with_the_digest_of_its_bytes(tmp_path, keep_run):
    with Snapshots(tmp_path) as snapshots:
        manifest, kept = keep_run(snapshots, 1, b"<p>one</p>", b"<p>two</p>")
    (file,) = manifest.files
    content = (tmp_path / file.name).read_bytes()
    assert [record.type for record in file.records] == [
        "warcinfo", "response", "request", "response", "request", "metadata",
    ]  # fmt: skip
    for record in file.records:
        stored = content[record.offset : record.offset + record.bytes]
        assert record.sha256 == hashlib.sha256(stored).hexdigest()
    assert sum(record.bytes for record in file.records) == file.bytes == len(content)
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    answer = file.records[1]
    assert (answer.id, answer.url, answer.payload) == (
        kept[0].id,
        "http://www.weibin.gov.cn/0",
        "sha256:" + hashlib.sha256(b"<p>one</p>").hexdigest(),
    )
    assert manifest.run["outcome"] == "ok"


def test_each_manifest_has_the_digest_of_the_one_before(tmp_path, keep_run):
    with Snapshots(tmp_path) as snapshots, ManifestChain(tmp_path) as chain:
        for number in (1, 2, 3):
            keep_run(snapshots, number, b"<p>%d</p>" % number)
        contents = [chain.path(number).read_bytes() for number in (1, 2, 3)]
    assert [json.loads(content)["previous"] for content in contents] == [
        "",
        digest_of(contents[0]),
        digest_of(contents[1]),
    ]


def test_a_manifest_is_read_as_it_was_written():
    record = RecordDigest("a" * 32, "response", 5, 7, "0" * 64, "sha256:1", "http://x/年", DAY)
    manifest = Manifest(
        7,
        "sha256:0",
        "merge",
        DAY,
        {"id": "b" * 32, "counts": {"new": 1}},
        (FileDigest("x.warc.gz", 12, "1" * 64, (record,), "b" * 32, "left_open"),),
        MergedFile("y.warc.gz", 12, "2" * 64, (("x.warc.gz", 0, 12),)),
    )
    content = encode_manifest(manifest)
    assert decode_manifest(content) == manifest
    assert json.loads(content)["counts"] == {"files": 1, "records": 1, "bytes": 12}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b'{"format": "gongkai-manifest/1"}', b"[" * 100_000,
        b'{"format": "gongkai-manifest/9", "number": 1}',
        b'{"format": "gongkai-manifest/1", "number": 1, "previous": "", "kind": "run", '
        b'"created": "", "files": [{"name": 1, "bytes": -1}]}',
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(content):
    with pytest.raises(ManifestDamaged):
        decode_manifest(content)


def test_a_folder_from_before_manifests_begins_with_one_that_covers_it(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        for run in ("a" * 32, ""):
            writer = snapshots.writer("weibin", run)
            writer.write_exchange(exchange())
            writer.close()
        (tmp_path / "foreign.warc").write_bytes(b"WARC/1.0\r\n")
        (genesis,) = cover_leftovers(snapshots)
        assert cover_leftovers(snapshots) == []
    assert (genesis.kind, genesis.number, genesis.previous) == ("genesis", 1, "")
    assert [(file.state, len(file.records)) for file in genesis.files] == [
        ("closed", 0),
        ("closed", 3),
        ("closed", 3),
    ]


def test_a_killed_run_is_covered_later_and_said_to_be_left_open(tmp_path, keep_run):
    killed = """
import os, sys, signal
from pathlib import Path
from gongkai.crawler.warc.store import Snapshots
writer = Snapshots(Path(sys.argv[1])).writer("weibin", "c" * 32)
os.kill(os.getpid(), signal.SIGKILL)
"""
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 1, b"<p>one</p>")
    subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False)
    with Snapshots(tmp_path) as snapshots:
        (manifest,) = cover_leftovers(snapshots)
    assert manifest.kind == "leftover"
    assert [(file.run, file.state) for file in manifest.files] == [("c" * 32, "left_open")]


def test_the_files_of_a_run_that_is_still_writing_are_left_to_it(tmp_path, exchange):
    run = Run("d" * 32, "weibin", DAY.format(1), DAY.format(2), "ok")
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("weibin", run.id, max_file=1)
        for number in range(3):
            writer.write_exchange(exchange(url=f"http://www.weibin.gov.cn/{number}"))
        assert cover_leftovers(snapshots) == []
        manifest = close_run(snapshots, writer, run)
        assert [file.name for file in manifest.files] == writer.files
        assert len(writer.files) == 4
        assert cover_leftovers(snapshots) == []


def test_documents_from_disk_are_covered(tmp_path):
    with Snapshots(tmp_path) as snapshots:
        kept = snapshots.write_resource("file:///a.pdf", b"%PDF-", "application/pdf")
        [manifest] = cover_added(snapshots, [kept.warc])
        assert (manifest.kind, [file.name for file in manifest.files]) == ("add", [kept.warc])
        assert cover_added(snapshots, [kept.warc]) == []


def test_runs_that_end_at_the_same_time_stand_one_behind_the_other(tmp_path, exchange, keep_run):
    def one(number):
        with Snapshots(tmp_path) as snapshots:
            keep_run(snapshots, number, b"%d" % number, site=f"site{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(1, 25)))
    with ManifestChain(tmp_path) as chain:
        assert chain.numbers() == list(range(1, 25))
        for number in range(2, 25):
            assert chain.read(number).previous == digest_of(chain.content(number - 1))


def test_a_snapshot_finds_its_manifest(tmp_path, keep_run):
    with Snapshots(tmp_path) as snapshots, ManifestChain(tmp_path) as chain:
        keep_run(snapshots, 1, b"<p>one</p>")
        manifest, (kept,) = keep_run(snapshots, 2, b"<p>two</p>")
        found = find_coverage(chain, kept)
        assert (found.number, found.run, found.file) == (2, f"{2:032x}", kept.warc)
        assert found.record == next(r for r in manifest.files[0].records if r.id == kept.id)
        assert found.digest == digest_of(chain.content(2))
        assert (found.stamped, found.stamps) == (0, ())
        assert manifests_of_run(chain, f"{2:032x}") == [2]


def test_the_index_is_made_again_and_knows_a_manifest_whose_writer_died(tmp_path, keep_run):
    with Snapshots(tmp_path) as snapshots:
        for number in (1, 2):
            _, (kept,) = keep_run(snapshots, number, b"%d" % number)
        (tmp_path / "manifests" / "index.db").unlink()
        with ManifestChain(tmp_path) as chain:
            chain.update_index()
            assert find_coverage(chain, kept).number == 2
        # written, but its writer died before the index knew it
        manifest = Manifest(3, "sha256:0", "leftover", DAY.format(3))
        with ManifestChain(tmp_path) as chain:
            chain.path(3).write_bytes(encode_manifest(manifest))
            chain.path(4).with_suffix(".json.new").write_bytes(b"{")
        keep_run(snapshots, 4, b"4")
    with ManifestChain(tmp_path) as chain:
        assert chain.read(4).previous == digest_of(encode_manifest(manifest))


def test_a_damaged_last_manifest_does_not_stop_the_next(tmp_path, keep_run):
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 1, b"1")
        (tmp_path / "manifests" / "000000" / "000000002.json").write_bytes(b"torn")
        manifest, _ = keep_run(snapshots, 3, b"3")
    assert (manifest.number, manifest.previous) == (3, digest_of(b"torn"))
