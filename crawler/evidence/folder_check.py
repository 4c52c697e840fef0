"""Verifying a folder of snapshots: its files and index, and its chain of manifests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.crawler.evidence.chain_check import ChainResult, check_chain, first_number
from gongkai.crawler.evidence.closing import strange_files, uncovered_files
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.record_check import check_file, check_merged
from gongkai.crawler.evidence.stamp_check import StampsResult, check_stamps
from gongkai.crawler.evidence.stamp_roots import PinnedRoot
from gongkai.crawler.manifests.run_manifest import Manifest
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.verify import VerifyResult, verify_snapshots
from gongkai.messages import Message, message


@dataclass
class FolderResult:
    """What was read, and what is wrong. `uncovered` are files that wait for their manifest."""

    read: VerifyResult
    manifests: int = 0
    covered: int = 0
    uncovered: list[str] = field(default_factory=list)
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
    snapshots: Snapshots, since: str = "", roots: Sequence[PinnedRoot] = ()
) -> FolderResult:
    """Read files and manifests, all or those from a run on, and compare them.

    Timestamps are checked against the pinned certificates.

    Raises:
        RunUnknown: No manifest of the run is known.
        OSError: A file cannot be opened.
        StorageError: The manifests cannot be read.
    """
    with ManifestChain(snapshots.folder) as chain:
        chain.update_index()
        start = first_number(chain, since)
        uncovered, strange = uncovered_files(snapshots, chain), strange_files(snapshots, chain)
        only = _files_since(chain, start, uncovered) if since else None
        result = FolderResult(verify_snapshots(snapshots, only, strange))
        result.uncovered = uncovered
        state = ChainResult()
        missing: set[str] = set()
        for manifest in check_chain(chain, start, state):
            _check_manifest(snapshots, chain, manifest, result, missing)
        result.stamps = check_stamps(chain, start, roots, state.breaks)
        result.manifests = state.manifests
        result.wrong = [
            *state.wrong,
            *result.stamps.wrong,
            *(message("file_not_covered", file=name) for name in strange),
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
        place = chain.index.place(file.name)
        if place is None or place.manifest != manifest.number:
            continue  # an earlier manifest covers it, or the index knows another manifest here
        found = check_file(snapshots.folder, file, place, file.run or manifest.run_id or "-")
        result.covered += len(file.records)
        result.wrong += found
        if any(each.key == "manifest_file_missing" for each in found):
            missing.add(file.name)


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
