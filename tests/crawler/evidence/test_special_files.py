"""Pipes and devices in the place of files of a folder: nothing waits for them, and nothing is read without end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.crawler.clock.clock_marks import MARKS_FILE, read_marks
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.stamp_roots import RootsUnusable, read_roots
from gongkai.crawler.evidence.wacz_signature import KeyUnusable, load_signer
from gongkai.crawler.manifests.chain_heads import current_head
from gongkai.crawler.merging.merge_files import merge_months
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.file import StorageError
from gongkai.crawler.warc.locks import HostLock
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.webarchives.backfill_state import BackfillState
from gongkai.regular_file import NotRegularFile
from tests.crawler.evidence.test_doubted import contents, keep_run
from tests.waiting import no_waiting

SITE = Site("weibin", "渭滨区人民政府", "610302", "http://www.weibin.gov.cn/")
REFUSED = (NotRegularFile, StorageError, RootsUnusable, KeyUnusable)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, each with its manifest."""
    folder = tmp_path_factory.mktemp("original")
    with Snapshots(folder) as snapshots:
        keep_run(snapshots, 1)
        keep_run(snapshots, 2)
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the two runs, in which nobody waits."""
    with no_waiting():
        yield shutil.copytree(original, tmp_path / "copied")


def use_folder(folder: Path) -> None:
    with Snapshots(folder) as snapshots:
        snapshots.reindex()
        cover_leftovers(snapshots)
        assert verify_folder(snapshots).wrong
        merge_months(snapshots)
        keep_run(snapshots, 3)


def lock_host(folder: Path) -> None:
    with HostLock(folder, SITE):
        pass


def open_backfill(folder: Path) -> None:
    with closing(BackfillState(folder)):
        pass


def sign(folder: Path) -> None:
    load_signer(folder / "signing-key.pem")


def read_certificates(folder: Path) -> None:
    read_roots([folder / "root.pem"])


PLACES: list[tuple[str, Callable[[Path], object]]] = [
    (MARKS_FILE, read_marks),
    ("index.db", use_folder),
    (".lock", use_folder),
    ("manifests/index.db", use_folder),
    ("manifests/.lock", use_folder),
    ("locks/weibin.gov.cn.lock", lock_host),
    ("imports/backfill.db", open_backfill),
    ("signing-key.pem", sign),
    ("root.pem", read_certificates),
]


def put_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [os.mkfifo, put_device])
@pytest.mark.parametrize(("name", "use"), PLACES, ids=[name for name, _ in PLACES])
def test_what_is_no_file_is_refused(
    folder: Path, name: str, use: Callable[[Path], object], put: Callable[[Path], None]
) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    put(path)
    with pytest.raises(REFUSED, match=r"not_regular"):
        use(folder)
    assert current_head(folder) is not None or name == "manifests/index.db"


@pytest.mark.parametrize("put", [os.mkfifo, put_device])
def test_what_stands_for_a_kept_file_counts_as_missing(
    folder: Path, put: Callable[[Path], None]
) -> None:
    before = contents(folder)
    lost = sorted(folder.glob("*.warc.gz"))[0]
    lost.unlink()
    put(lost)
    with Snapshots(folder) as snapshots:
        wrong = {each.key for each in verify_folder(snapshots).wrong}
        assert "manifest_file_missing" in wrong
        with pytest.raises(OSError, match=r"not_regular"):
            snapshots.body(next(each for each in snapshots.all() if each.warc == lost.name))
    use_folder(folder)
    assert len(contents(folder)) == len(before)  # one run is lost, one came
