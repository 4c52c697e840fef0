"""What somebody puts into the folder of manifests: it is named, nothing hangs, and nothing of ours is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.manifests.run_manifest import ManifestDamaged, decode_manifest
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.evidence.test_doubted import append, contents, covered_files, keep_run, plant

PLANTED = "weibin-20260403T000000001Z-7.warc.gz"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, each with its manifest."""
    folder = tmp_path_factory.mktemp("original")
    with Snapshots(folder) as snapshots:
        keep_run(snapshots, 1)
        keep_run(snapshots, 2)
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """A copy of the two runs."""
    return shutil.copytree(original, tmp_path / "copied")


def index_rows(folder: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(folder / "manifests" / "index.db")) as conn, conn:
        for statement in statements:
            conn.execute(*statement)


def cover_by_index(folder: Path, manifest: int) -> None:
    plant(folder, [], 1)
    row = (PLANTED, manifest, (folder / PLANTED).stat().st_size, 2)
    index_rows(folder, ("INSERT INTO files VALUES (?, ?, ?, ?)", row))


def cover_by_known_manifest(folder: Path) -> None:
    cover_by_index(folder, 1)


def cover_by_no_manifest(folder: Path) -> None:
    cover_by_index(folder, 99)


def cover_an_appended_record(folder: Path) -> None:
    name = covered_files(folder)[0]
    append(folder, [name], 1)
    size = (folder / name).stat().st_size
    index_rows(
        folder,
        ("INSERT INTO files VALUES (?, ?, ?, ?)", ("x.warc.gz", 1, size, 1)),
        ("INSERT INTO parts VALUES (?, ?, ?, ?)", ("x.warc.gz", name, 0, size)),
    )


@pytest.mark.parametrize(
    "edit", [cover_by_known_manifest, cover_by_no_manifest, cover_an_appended_record]
)
def test_the_index_of_manifests_alone_covers_nothing(
    folder: Path, edit: Callable[[Path], None]
) -> None:
    before = contents(folder)
    edit(folder)
    with Snapshots(folder) as snapshots:
        snapshots.reindex()
        assert {doubt.key for doubt in snapshots.doubts()} <= {
            "file_not_covered",
            "records_not_covered",
        }
        assert snapshots.doubts()
        cover_leftovers(snapshots)
        wrong = {each.key for each in verify_folder(snapshots).wrong}
    assert wrong & {"file_not_covered", "record_not_covered"}
    assert contents(folder) == before


def put(folder: Path, number: int) -> Path:
    path = folder / "manifests" / f"{number // 1000:06d}" / f"{number:09d}.json"
    path.parent.mkdir(exist_ok=True)
    return path


def forged(folder: Path, **changes: object) -> None:
    stored = json.loads(put(folder, 2).read_bytes())
    first = {**stored["files"][0], **changes}
    put(folder, 3).write_text(json.dumps({**stored, "number": 3, "files": [first]}))


def put_pipe(folder: Path) -> None:
    os.mkfifo(put(folder, 3))


def put_endless(folder: Path) -> None:
    put(folder, 3).symlink_to("/dev/zero")


def put_pipe_for_stamp(folder: Path) -> None:
    path = put(folder, 2)
    os.mkfifo(path.with_name(f"{path.name}.tsa.example.tsr"))


def put_far_behind(folder: Path) -> None:
    put(folder, 999_999_999).write_text("{}")


def put_large_number(folder: Path) -> None:
    forged(folder, bytes=10**30)


def put_half_a_character(folder: Path) -> None:
    forged(folder, name="\ud800.warc.gz")


def put_path(folder: Path) -> None:
    forged(folder, name="/dev/zero", bytes=2**60)


def put_path_above(folder: Path) -> None:
    forged(folder, name="../../a.warc.gz")


def put_other_kind(folder: Path) -> None:
    stored = json.loads(put(folder, 2).read_bytes())
    put(folder, 3).write_text(json.dumps({**stored, "number": 3, "kind": ["run"]}))


def put_other_record(folder: Path) -> None:
    forged(folder, records=[{"id": [1], "type": {}, "offset": "x", "bytes": -1, "sha256": None}])


def put_empty_lists(folder: Path) -> None:
    stored = json.loads(put(folder, 2).read_bytes())
    lists = b"[]," * 1_000_000 + b"[]"
    head = json.dumps({**stored, "number": 3, "run": {"id": "a", "counts": "LISTS"}}).encode()
    put(folder, 3).write_bytes(head.replace(b'"LISTS"', b"[" + lists + b"]"))
    with pytest.raises(ManifestDamaged):
        decode_manifest(put(folder, 3).read_bytes())


EDITS = (
    put_pipe, put_endless, put_pipe_for_stamp, put_far_behind, put_large_number, put_half_a_character,
    put_path, put_path_above, put_other_kind, put_other_record, put_empty_lists,
)  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("is_index_lost", [False, True])
def test_a_forged_manifest_is_named_and_the_chain_goes_on(
    folder: Path, edit: Callable[[Path], None], *, is_index_lost: bool
) -> None:
    before = contents(folder)
    edit(folder)
    if is_index_lost:
        (folder / "index.db").unlink()
        (folder / "manifests" / "index.db").unlink()
    assert contents(folder) == before
    with Snapshots(folder) as snapshots:
        assert verify_folder(snapshots).wrong
        keep_run(snapshots, 5)
        assert verify_folder(snapshots).uncovered == []
    with ManifestChain(folder) as chain:
        assert chain.index.last() is not None
        assert chain.numbers()[-1] in (3, 4)
    for name in ("index.db", "manifests/index.db"):
        (folder / name).unlink()
    assert len(contents(folder)) == len(before) + 2


def test_a_pipe_or_a_device_among_the_originals_is_no_file(folder: Path) -> None:
    before = contents(folder)
    os.mkfifo(folder / PLANTED)
    os.mkfifo(folder / f"{PLANTED}.open")
    (folder / PLANTED.replace("-7.", "-8.")).symlink_to("/dev/zero")
    (folder / PLANTED.replace("-7.", "-9.")).mkdir()
    with Snapshots(folder) as snapshots:
        snapshots.reindex()
        cover_leftovers(snapshots)
    assert contents(folder) == before


def test_numbers_of_a_manifest_fit_into_the_index(folder: Path) -> None:
    stored = json.loads(put(folder, 1).read_bytes())
    assert decode_manifest(json.dumps(stored).encode()).number == 1
    with pytest.raises(ManifestDamaged):
        decode_manifest(json.dumps({**stored, "number": 2**63}).encode())
