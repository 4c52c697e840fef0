"""Joining closed WARC files: their bytes one behind the other, so that every record keeps its digest.

The steps, each of which may be the last one before a process dies:

1. The joined file is written under another name. Each part is compared with its manifest on the way.
2. A manifest of the merge is added to the chain. From here on the merge counts.
3. The joined file gets its name, the index its new places, and the old files are removed.

`finish_merges` does the third step for merges that were left behind, as often as it is called.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.manifests.manifest_index import FilePlace
from gongkai.crawler.manifests.run_manifest import ManifestDamaged, MergedFile
from gongkai.crawler.merging.monthly_groups import mergeable_groups, merged_name
from gongkai.crawler.warc.cdxj import remove_index
from gongkai.crawler.warc.file import WARC_SUFFIX, StorageError, file_names, sync_folder
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.writer import MAX_FILE_BYTES
from gongkai.errors import GongkaiError, cause_of
from gongkai.regular_file import open_regular

log = logging.getLogger(__name__)

UNFINISHED_SUFFIX = ".merging"
PIECE_BYTES = 1 << 20


class PartChanged(GongkaiError):
    """A file differs from its manifest and is not joined with others."""


@dataclass
class MergeResult:
    """How many files became how many, and which were left as they are because they were changed."""

    before: int = 0
    after: int = 0
    changed: int = 0


def merge_months(
    snapshots: Snapshots,
    site: str = "",
    max_bytes: int = MAX_FILE_BYTES,
    begin: BeginWork = unseen,
) -> MergeResult:
    """Join the files of each portal and month that is over, of all portals or of one.

    Raises:
        StorageError: A file or the chain cannot be read or written; nothing is lost.
    """
    result = MergeResult()
    with ManifestChain(snapshots.folder) as chain:
        with chain.locked():
            finish_merges(snapshots, chain)
            groups = list(mergeable_groups(snapshots, chain, site, max_bytes))
        with begin("progress_merge", len(groups)) as step:
            for group in groups:
                # crawls that end meanwhile wait for one group at most
                with chain.locked():
                    _merge(snapshots, chain, group, result)
                step()
    return result


def finish_merges(snapshots: Snapshots, chain: ManifestChain) -> int:
    """Finish merges whose process died, and return how many; the caller holds the lock of the chain.

    Raises:
        StorageError: A file cannot be renamed or removed, or the index not written.
    """
    folder = snapshots.folder
    unfinished = set(file_names(folder, UNFINISHED_SUFFIX))
    present = set(file_names(folder, WARC_SUFFIX))
    left = {
        merged
        for name, merged in chain.index.parts()
        if name in present or merged + UNFINISHED_SUFFIX in unfinished
    }
    try:
        for merged in sorted(left):
            new = folder / (merged + UNFINISHED_SUFFIX)
            if new.exists():
                new.rename(folder / merged)
                sync_folder(folder)
            if (folder / merged).exists():
                _take_over(snapshots, chain.index.places_in(merged), merged)
        for name in unfinished:
            (folder / name).unlink(missing_ok=True)  # of a merge that never counted
    except OSError as problem:
        raise StorageError(
            "snapshots_not_writable", folder=str(folder), why=cause_of(problem)
        ) from problem
    return len(left)


def finish_left_merges(snapshots: Snapshots) -> int:
    """Finish merges whose process died, and return how many.

    Raises:
        StorageError: They cannot be finished.
    """
    with ManifestChain(snapshots.folder) as chain, chain.locked():
        return finish_merges(snapshots, chain)


def _merge(
    snapshots: Snapshots, chain: ManifestChain, group: Sequence[FilePlace], result: MergeResult
) -> None:
    folder, name = snapshots.folder, merged_name(group[0].name)
    if (folder / name).exists() or any(not (folder / place.name).exists() for place in group):
        return  # another process was faster
    new = folder / (name + UNFINISHED_SUFFIX)
    try:
        merged = _write_joined(folder, chain, group, new, name)
        chain.append("merge", (), merged=merged)
        new.rename(folder / name)
        sync_folder(folder)
        _take_over(snapshots, chain.index.places_in(name), name)
    except (PartChanged, ManifestDamaged) as problem:
        log.warning("%s is not written: %s", name, problem)
        new.unlink(missing_ok=True)
        result.changed += 1
    except OSError as problem:
        raise StorageError(
            "snapshots_not_writable", folder=str(folder), why=cause_of(problem)
        ) from problem
    else:
        result.before += len(group)
        result.after += 1


def _write_joined(
    folder: Path, chain: ManifestChain, group: Sequence[FilePlace], new: Path, name: str
) -> MergedFile:
    """Write files one behind the other, each compared with its manifest.

    Raises:
        PartChanged: One differs from it.
        ManifestDamaged: Its manifest cannot be read.
        OSError: The file cannot be written.
    """
    whole = hashlib.sha256()
    parts: list[tuple[str, int, int]] = []
    end = 0
    with new.open("wb") as target:
        for place in group:
            digest, size = hashlib.sha256(), 0
            with open_regular(folder / place.name) as source:
                while piece := source.read(PIECE_BYTES):
                    digest.update(piece)
                    whole.update(piece)
                    target.write(piece)
                    size += len(piece)
            if digest.hexdigest() != _stated_digest(chain, place):
                raise PartChanged("merge_part_changed", file=place.name)
            parts.append((place.name, end, size))
            end += size
        target.flush()
        os.fsync(target.fileno())
    return MergedFile(name, end, whole.hexdigest(), tuple(parts))


def _stated_digest(chain: ManifestChain, place: FilePlace) -> str:
    files = chain.read(place.manifest).files
    return next((file.sha256 for file in files if file.name == place.name), "")


def _take_over(snapshots: Snapshots, places: Sequence[FilePlace], merged: str) -> None:
    """Let the index name the joined file in place of its parts, then remove these."""
    parts = [(place.name, place.offset) for place in places]
    snapshots.index.move_files(merged, parts)
    for name, _ in parts:
        remove_index(snapshots.folder, name)
        (snapshots.folder / name).unlink(missing_ok=True)
    sync_folder(snapshots.folder)
