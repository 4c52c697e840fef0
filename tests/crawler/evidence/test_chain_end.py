"""The end of the chain removed, with timestamps and index rows: what is left still says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.crawler.evidence.closing import accept_files, cover_leftovers
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.manifests.chain_heads import StatedHead, current_head
from gongkai.crawler.manifests.manifest_index import ManifestIndex
from gongkai.crawler.warc.store import Snapshots


@pytest.fixture
def folder(tmp_path, keep_run):
    """Four runs of one portal."""
    with Snapshots(tmp_path) as snapshots:
        for number in (1, 2, 3, 4):
            keep_run(snapshots, number, b"<p>%d</p>" % number)
    return tmp_path


def cut_chain(folder: Path, last: int) -> None:
    """Remove the manifests behind a number, and all that the index of the manifests knows of them."""
    with ManifestChain(folder) as chain:
        for number in chain.numbers():
            if number > last:
                chain.path(number).unlink()
    with closing(sqlite3.connect(folder / "manifests" / "index.db")) as db, db:
        db.execute("DELETE FROM manifests WHERE number > ?", [last])
        db.execute("DELETE FROM files WHERE manifest > ?", [last])


def wrong(folder: Path, **known: object) -> list[str]:
    with Snapshots(folder) as snapshots:
        return [each.key for each in verify_folder(snapshots, **known).wrong]


@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_run_whose_manifest_was_removed_is_named(folder: Path, left: int) -> None:
    cut_chain(folder, left)
    found = wrong(folder)
    assert found.count("run_not_covered") == 4 - left
    # each file knows the manifest that was the last one when it was begun
    assert found.count("head_lost") == 3 - left


def test_a_chain_that_was_written_anew_is_named_for_ever(folder: Path) -> None:
    cut_chain(folder, 2)
    with Snapshots(folder) as snapshots:
        cover_leftovers(snapshots)
    assert wrong(folder) == ["head_lost"]
    (folder / "index.db").unlink()
    assert "head_lost" in wrong(folder)


def test_all_manifests_removed_is_named(folder: Path) -> None:
    cut_chain(folder, 0)
    (folder / "manifests" / "index.db").unlink()
    assert wrong(folder).count("head_lost") == 3
    with Snapshots(folder) as snapshots:
        (genesis,) = cover_leftovers(snapshots)
        assert genesis.kind == "genesis"
    assert wrong(folder).count("head_lost") == 3


def test_a_noted_digest_has_to_be_in_the_chain(folder: Path) -> None:
    head = current_head(folder)
    assert head is not None
    noted = [("", StatedHead(0, head.digest)), ("archive.db", head)]
    assert wrong(folder, heads=noted) == []
    with Snapshots(folder) as snapshots:
        cover_leftovers(snapshots)
    cut_chain(folder, 3)
    with Snapshots(folder) as snapshots:
        cover_leftovers(snapshots)
    assert wrong(folder) == []  # nobody within the folder knows of the last one
    assert wrong(folder, heads=noted) == ["head_unknown", "head_lost"]


@pytest.mark.parametrize("lost", [1, 2, 4])
def test_manifests_that_are_not_in_the_index_yet_are_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    """Nor is the index copied for them: it has a million lines after a year."""
    head = current_head(folder)
    with closing(sqlite3.connect(folder / "manifests" / "index.db")) as db, db:
        db.execute("DELETE FROM manifests WHERE number > ?", [4 - lost])
    monkeypatch.delattr(ManifestIndex, "copy_to")
    assert current_head(folder) == head
    (folder / "manifests" / "index.db").unlink()
    assert current_head(folder) == head


def test_an_accepted_file_may_know_another_chain(folder: Path, tmp_path_factory, keep_run) -> None:
    other = tmp_path_factory.mktemp("other")
    with Snapshots(other) as theirs:
        keep_run(theirs, 7, b"<p>7</p>")
        keep_run(theirs, 8, b"<p>8</p>")
        name = theirs.files()[-1]
        (folder / name).write_bytes((other / name).read_bytes())
    with Snapshots(folder) as snapshots:
        accept_files(snapshots, [name])
        snapshots.refresh()
    assert wrong(folder) == []
