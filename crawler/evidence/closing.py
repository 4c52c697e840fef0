"""Closing a run with a manifest, and covering with manifests what no run closed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.run_manifest import FileDigest, Manifest, ManifestKind
from gongkai.crawler.evidence.stored_records import describe_file
from gongkai.crawler.warc.file import OPEN_SUFFIX, WARC_SUFFIX, StorageError, file_names
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.trust import IMPORTS, OTHER_SUFFIXES
from gongkai.crawler.warc.writer import SnapshotWriter

log = logging.getLogger(__name__)

MANIFEST_RECORDS = 50_000
"""Records after which a manifest of leftovers is closed and another begins."""


def close_run(snapshots: Snapshots, writer: SnapshotWriter, run: Run) -> Manifest | None:
    """Close the files of a run and add the manifest of the run.

    A run that fetched nothing leaves no file: its result stands in its manifest.

    Where no manifest can be written, the files are closed all the same, and the next call of
    `cover_leftovers` covers them. None is returned then.
    """
    try:
        with ManifestChain(snapshots.folder) as chain:
            # read before the lock is taken, so that other runs do not wait for it
            files = [
                replace(describe_file(path, name), run=run.id)
                for name, path in _paths(snapshots.folder, writer.files)
            ]
            with chain.locked():
                if writer.is_empty:
                    manifest = chain.append("run", (), run)
                    writer.discard()
                    return manifest
                writer.close()
                return chain.append("run", files, run)
    except OSError:  # StorageError is one
        log.exception("%s: no manifest of run %s", run.site, run.id)
        return None
    finally:
        writer.close()


def cover_leftovers(snapshots: Snapshots) -> list[Manifest]:
    """Add manifests of all closed files that none covers; return them.

    In a folder without manifests these are what was kept before there were any. Else they are files
    of runs that were killed, and files that were put there by hand.

    Raises:
        StorageError: The manifests cannot be written, or a file cannot be read.
    """
    with ManifestChain(snapshots.folder) as chain, chain.locked():
        names = uncovered_files(snapshots, chain)
        kind: ManifestKind = "leftover" if chain.index.last() else "genesis"
        runs = snapshots.index.runs_of_files()
        return [
            chain.append(kind, [_with_origin(file, kind, runs) for file in files])
            for files in _described(snapshots.folder, names)
        ]


def cover_added(snapshots: Snapshots, names: Sequence[str]) -> Manifest | None:
    """Add the manifest of files with documents from disk; None where there are none.

    Raises:
        StorageError: It cannot be written.
    """
    if not names:
        return None
    with ManifestChain(snapshots.folder) as chain, chain.locked():
        known = chain.index.covered()
        files = [
            describe_file(snapshots.folder / name, name) for name in names if name not in known
        ]
        return chain.append("add", files) if files else None


def uncovered_files(snapshots: Snapshots, chain: ManifestChain) -> list[str]:
    """Return the closed files that no manifest covers, but those of runs that are still writing."""
    folder, covered = snapshots.folder, chain.index.covered()
    growing = {
        name.removesuffix(OPEN_SUFFIX) for name in file_names(folder, WARC_SUFFIX + OPEN_SUFFIX)
    }
    runs = snapshots.index.runs_of_files()
    writing = {runs[name] for name in growing if runs.get(name)}
    # files of other programs are covered as they are: a change of them is found too
    suffixes = (WARC_SUFFIX, *OTHER_SUFFIXES)
    names = [name for suffix in suffixes for name in file_names(folder, suffix)]
    if (folder / IMPORTS).is_dir():
        names += [f"{IMPORTS}/{name}" for name in file_names(folder / IMPORTS, WARC_SUFFIX)]
    return sorted(
        name
        for name in names
        if name not in covered and (not runs.get(name) or runs[name] not in writing)
    )


def _with_origin(file: FileDigest, kind: ManifestKind, runs: Mapping[str, str]) -> FileDigest:
    """Return a file with its run, and with how it came to a manifest that no run wrote."""
    run = runs.get(file.name, "")
    if kind == "genesis":
        return replace(file, run=run)
    return replace(file, run=run, state="left_open" if run else "found")


def _described(folder: Path, names: Sequence[str]) -> Iterator[list[FileDigest]]:
    """Yield the digests of files, as many at a time as one manifest takes."""
    batch: list[FileDigest] = []
    records = 0
    for name in names:
        try:
            file = describe_file(folder / name, name)
        except OSError as problem:
            raise StorageError("warc_unreadable", file=name, why=str(problem)) from problem
        batch.append(file)
        records += max(1, len(file.records))
        if records >= MANIFEST_RECORDS:
            yield batch
            batch, records = [], 0
    if batch:
        yield batch


def _paths(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Yield the names of a writer's files and where each is now: the last one is not closed yet."""
    for name in names:
        path = folder / name
        yield name, path if path.exists() else folder / (name + OPEN_SUFFIX)
