"""Closing a run with a manifest, and covering with manifests what no run closed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.stored_records import describe_file
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.manifests.run_manifest import FileDigest, Manifest, ManifestKind
from gongkai.crawler.warc.file import OPEN_SUFFIX, WARC_SUFFIX, StorageError, file_names
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.trust import IMPORTS, OTHER_SUFFIXES, stated_run
from gongkai.crawler.warc.writer import SnapshotWriter
from gongkai.errors import GongkaiError

log = logging.getLogger(__name__)


class FileNotStrange(GongkaiError):
    """A file is no file that somebody put into the folder of snapshots."""


MANIFEST_RECORDS = 50_000
"""Records after which a manifest of what no run closed ends and another begins."""


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
                _begin_chain(snapshots, chain, writer.files)
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


def cover_leftovers(snapshots: Snapshots, begin: BeginWork = unseen) -> list[Manifest]:
    """Add manifests of all closed files that none covers; return them.

    In a folder without manifests these are what was kept before there were any. Else they are files
    of runs that were killed. Files that somebody put there wait for `accept_files`.

    Raises:
        StorageError: The manifests cannot be written, or a file cannot be read.
    """
    with ManifestChain(snapshots.folder) as chain, chain.locked():
        return _cover(snapshots, chain, uncovered_files(snapshots, chain), begin=begin)


def cover_added(snapshots: Snapshots, names: Sequence[str]) -> list[Manifest]:
    """Add manifests of files with documents from disk or of others; return them.

    Raises:
        StorageError: It cannot be written.
    """
    if not names:
        return []
    with ManifestChain(snapshots.folder) as chain, chain.locked():
        _begin_chain(snapshots, chain, names)
        known = chain.index.covered()
        added = [name for name in names if name not in known]
        return [
            chain.append("add", files) for files in _described(snapshots.folder, added, _nothing)
        ]


def accept_files(snapshots: Snapshots, names: Sequence[str]) -> list[Manifest]:
    """Add manifests of files that somebody put into the folder: from now on they are believed.

    Raises:
        FileNotStrange: A name is not that of such a file.
        StorageError: The manifests cannot be written, or a file cannot be read.
    """
    with ManifestChain(snapshots.folder) as chain, chain.locked():
        strange = strange_files(snapshots, chain)
        for name in names:
            if name not in strange:
                raise FileNotStrange("file_not_strange", file=name)
        stated = {name: stated_run(snapshots.folder / name) for name in names}
        return _cover(snapshots, chain, sorted(stated), stated)


def uncovered_files(snapshots: Snapshots, chain: ManifestChain) -> list[str]:
    """Return the closed files that wait for their manifest, but those of runs that are still writing."""
    runs = snapshots.index.files.runs()
    growing = (
        name.removesuffix(OPEN_SUFFIX) for name in snapshots.files(WARC_SUFFIX + OPEN_SUFFIX)
    )
    writing = {runs[name] for name in growing if runs.get(name)}
    strange = set(strange_files(snapshots, chain))
    return [
        name
        for name in _without_manifest(snapshots.folder, chain)
        if name not in strange and runs.get(name) not in writing
    ]


def strange_files(snapshots: Snapshots, chain: ManifestChain) -> list[str]:
    """Return the files like ours that no manifest covers, and that no run of this folder wrote.

    A folder without manifests has none: all that is in it is covered by the first one.
    """
    if chain.index.last() is None:
        return []
    known = snapshots.index.files.names() | snapshots.index.files.foreign()
    return [
        name
        for name in _without_manifest(snapshots.folder, chain)
        if name not in known and name.endswith(WARC_SUFFIX)
    ]


def _without_manifest(folder: Path, chain: ManifestChain) -> list[str]:
    # files of other programs are covered as they are: a change of them is found too
    covered, suffixes = chain.index.covered(), (WARC_SUFFIX, *OTHER_SUFFIXES)
    names = [name for suffix in suffixes for name in file_names(folder, suffix)]
    if (folder / IMPORTS).is_dir():
        names += [f"{IMPORTS}/{name}" for name in file_names(folder / IMPORTS, WARC_SUFFIX)]
    return sorted(name for name in names if name not in covered)


def _begin_chain(snapshots: Snapshots, chain: ManifestChain, besides: Sequence[str]) -> None:
    """Cover what is older than the first manifest, besides the files that this one will have."""
    if chain.index.last() is None:
        names = set(uncovered_files(snapshots, chain)).difference(besides)
        _cover(snapshots, chain, sorted(names))


def _cover(
    snapshots: Snapshots,
    chain: ManifestChain,
    names: Sequence[str],
    stated: Mapping[str, str] | None = None,
    begin: BeginWork = unseen,
) -> list[Manifest]:
    """Add manifests of files; `stated` are the runs that files say they belong to which nobody knows."""
    kind: ManifestKind = "leftover" if chain.index.last() else "genesis"
    runs, stated = snapshots.index.files.runs(), stated or {}
    with begin("progress_cover", len(names)) as step:
        return [
            chain.append(kind, [_with_origin(file, kind, runs, stated) for file in files])
            for files in _described(snapshots.folder, names, step)
        ]


def _with_origin(
    file: FileDigest, kind: ManifestKind, runs: Mapping[str, str], stated: Mapping[str, str]
) -> FileDigest:
    """Return a file with its run, and with how it came to a manifest that no run wrote."""
    run = runs.get(file.name, stated.get(file.name, ""))
    if kind == "genesis":
        return replace(file, run=run)
    return replace(file, run=run, state="left_open" if file.name in runs else "found")


def _described(
    folder: Path, names: Sequence[str], step: Callable[[], None]
) -> Iterator[list[FileDigest]]:
    """Yield the digests of files, as many at a time as one manifest takes; `step` follows each file."""
    batch: list[FileDigest] = []
    records = 0
    for name in names:
        try:
            file = describe_file(folder / name, name)
        except OSError as problem:
            raise StorageError("warc_unreadable", file=name, why=str(problem)) from problem
        step()
        batch.append(file)
        records += max(1, len(file.records))
        if records >= MANIFEST_RECORDS:
            yield batch
            batch, records = [], 0
    if batch:
        yield batch


def _nothing() -> None:
    return None


def _paths(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Yield the names of a writer's files and where each is now: the last one is not closed yet."""
    for name in names:
        path = folder / name
        yield name, path if path.exists() else folder / (name + OPEN_SUFFIX)
