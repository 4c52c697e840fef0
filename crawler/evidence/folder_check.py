"""Verifying a folder of snapshots: its files and index, and its chain of manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from gongkai.crawler.evidence.chain_check import (
    ChainResult,
    check_chain,
    first_number,
    last_number,
)
from gongkai.crawler.evidence.closing import strange_files, uncovered_files
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.record_check import check_file, check_merged
from gongkai.crawler.evidence.stamp_check import StampsResult, check_stamps
from gongkai.crawler.evidence.stamp_roots import PinnedRoot
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.manifests.chain_heads import StatedHead, missing_heads
from gongkai.crawler.manifests.run_manifest import Manifest
from gongkai.crawler.warc.file import OPEN_SUFFIX, WARC_SUFFIX
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.verify import VerifyResult, verify_snapshots
from gongkai.messages import Message, message


@dataclass
class FolderResult:
    """What was read, and what is wrong.

    `uncovered` are files that wait for their manifest, `runs` those that a manifest covers, whole or
    in part. What the manifests call `found` came from another folder.
    """

    read: VerifyResult
    manifests: int = 0
    covered: int = 0
    uncovered: list[str] = field(default_factory=list)
    runs: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    stamps: StampsResult = field(default_factory=StampsResult)
    wrong: list[Message] = field(default_factory=list)

    def data(self) -> dict[str, object]:
        """Return what the manifests gave, for a script."""
        return {
            "manifests": self.manifests,
            "covered": self.covered,
            "uncovered": self.uncovered,
            "timestamps": {
                "proved": self.stamps.proved,
                "unpinned": self.stamps.unpinned,
                "first": self.stamps.first,
                "last": self.stamps.last,
                "time": self.stamps.time,
            },
        }


def verify_folder(
    snapshots: Snapshots,
    since: str = "",
    roots: Sequence[PinnedRoot] = (),
    heads: Sequence[tuple[str, StatedHead]] = (),
    begin: BeginWork = unseen,
) -> FolderResult:
    """Read files and manifests, all or those from a run on, and compare them.

    Timestamps are checked against the pinned certificates. `heads` are manifests that somebody outside
    knows, each with its name: they have to be in the chain, and so have those that the files know.

    Raises:
        RunUnknown: No manifest of the run is known.
        OSError: A file cannot be opened.
        StorageError: The manifests cannot be read.
    """
    with ManifestChain(snapshots.folder) as chain:
        with chain.locked():
            # a run that ends meanwhile has either a file that is still open, or its manifest
            ended = _ended_runs(snapshots)
        start = first_number(chain, since)
        uncovered, strange = uncovered_files(snapshots, chain), strange_files(snapshots, chain)
        only = _files_since(chain, start, uncovered) if since else None
        result = FolderResult(verify_snapshots(snapshots, only, strange, begin))
        result.uncovered = uncovered
        result.runs = {row.run for row in chain.rows()}  # a manifest that is lost is named itself
        state = ChainResult()
        missing: set[str] = set()
        stated: dict[int, int] = {}
        with begin("progress_manifests", last_number(chain) - start + 1) as step:
            for manifest in check_chain(chain, start, state):
                _check_manifest(snapshots, chain, manifest, result, missing)
                stated[manifest.number] = len({file.name for file in manifest.files})
                step()
        result.stamps = check_stamps(chain, start, roots, state.breaks)
        result.manifests = state.manifests
        result.wrong = [
            *state.wrong,
            *missing_heads(chain.index, [*heads, *_heads_of_files(chain, result)]),
            *([] if since else _runs_without_manifest(ended, result.runs)),
            *result.stamps.wrong,
            *(
                message("file_not_covered", file=name)
                for name in (*strange, *_covered_by_index_alone(snapshots, chain, start, stated))
            ),
            *result.wrong,
            *_without(result.read.wrong, missing, _named_records(result.wrong)),
        ]
    return result


def _check_manifest(
    snapshots: Snapshots,
    chain: ManifestChain,
    manifest: Manifest,
    result: FolderResult,
    missing: set[str],
) -> None:
    if manifest.merged:
        result.wrong += check_merged(snapshots.folder, manifest.merged)
    for file in manifest.files:
        result.runs.add(file.run)
        if file.state == "found":
            result.found.add(file.name)
        place = chain.index.place(file.name)
        if place is None or place.manifest != manifest.number:
            continue  # an earlier manifest covers it, or the index knows another manifest here
        found = check_file(snapshots.folder, file, place, file.run or manifest.run_id or "-")
        result.covered += len(file.records)
        result.wrong += found
        if any(each.key == "manifest_file_missing" for each in found):
            missing.add(file.name)


def _covered_by_index_alone(
    snapshots: Snapshots, chain: ManifestChain, start: int, stated: Mapping[int, int]
) -> Iterator[str]:
    """Yield the files that no manifest names, though the index of the manifests says that one does.

    `stated` has how many files the readable manifests name, by number.
    """
    for number, places in groupby(chain.index.places(start), attrgetter("manifest")):
        names = {place.name for place in places}
        is_known = chain.index.get(number) is not None
        if is_known and len(names) <= stated.get(number, len(names)):
            continue  # an earlier manifest covers the others; or this one is lost, which is said
        named = {file.name for file in chain.read(number).files} if is_known else set[str]()
        yield from (name for name in sorted(names - named) if (snapshots.folder / name).exists())


def _ended_runs(snapshots: Snapshots) -> list[Run]:
    """Return the runs with a result, but those whose files are still open."""
    runs = snapshots.index.files.runs()
    growing = snapshots.files(WARC_SUFFIX + OPEN_SUFFIX)
    writing = {runs.get(name.removesuffix(OPEN_SUFFIX)) for name in growing}
    return [run for run in snapshots.index.runs.all() if run.id not in writing]


def _runs_without_manifest(ended: Sequence[Run], covered: set[str]) -> list[Message]:
    return [
        message("run_not_covered", run=run.id, site=run.site or "-", date=run.finished)
        for run in ended
        if run.id not in covered
    ]


def _heads_of_files(chain: ManifestChain, result: FolderResult) -> Iterator[tuple[str, StatedHead]]:
    """Yield the manifests that files know; those of other folders know another chain."""
    for file, offset, head in result.read.heads:
        place = chain.index.place_at(file, offset)
        if place is None or place.name not in result.found:
            yield file, head


def _files_since(chain: ManifestChain, number: int, uncovered: list[str]) -> set[str]:
    """Return the files of the folder that hold what manifests from a number on cover."""
    return {place.file for place in chain.index.places(number)} | set(uncovered)


def _named_records(found: Sequence[Message]) -> set[tuple[object, object]]:
    """Return file and offset of the records that no manifest covers."""
    return {
        (each.params["file"], each.params["offset"])
        for each in found
        if each.key == "record_not_covered"
    }


def _without(
    found: list[Message], missing: set[str], named: set[tuple[object, object]]
) -> list[Message]:
    """Return messages without those that are said again: missing files, records without a manifest."""
    return [
        each
        for each in found
        if not (each.key == "file_missing" and each.params["file"] in missing)
        and not (each.key == "file_wrong" and (each.params["file"], _unindexed(each)) in named)
    ]


def _unindexed(wrong: Message) -> object:
    """Return the offset of a record that the index does not have, None for another fault."""
    why = wrong.params["why"]
    if not isinstance(why, Message) or why.key != "record_wrong":
        return None
    reason = why.params["why"]
    is_unindexed = isinstance(reason, Message) and reason.key == "record_not_indexed"
    return why.params["offset"] if is_unindexed else None
