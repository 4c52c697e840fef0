"""The end of the chain as others know it: files that were begun after it, archives, people who noted it.

A chain whose last manifests were removed is shorter and whole. Each file of ours therefore states which
manifest was the last one when the file was begun.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gongkai.crawler.manifests.manifest_files import (
    MANIFESTS_FOLDER,
    manifest_content,
    unindexed_numbers,
)
from gongkai.crawler.manifests.manifest_index import ManifestIndex
from gongkai.crawler.manifests.run_manifest import ManifestDamaged, digest_of
from gongkai.messages import Message, message

HEAD_FIELD = "manifest-before"
"""Our own field of the record that opens a file: number and digest of the last manifest."""

_HEAD = re.compile(r"([0-9]{1,9}) (sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class StatedHead:
    """A manifest that somebody knows: `number` is 0 where only its digest was noted."""

    number: int
    digest: str

    def __str__(self) -> str:
        """Return the head as a file states it."""
        return f"{self.number} {self.digest}"


def current_head(snapshots: Path) -> StatedHead | None:
    """Return the last manifest of a folder of snapshots; None without one, or where that is unknown.

    While another run adds its manifest, the last one may not be in the index yet.
    """
    folder = snapshots / MANIFESTS_FOLDER
    try:
        index = ManifestIndex.read_only(folder) or ManifestIndex(None)
        with closing(index):
            last, unindexed = index.last(), list(unindexed_numbers(index, folder))
    except (OSError, sqlite3.Error):
        return None
    if unindexed:
        return StatedHead(unindexed[-1], digest_of(_content(folder, unindexed[-1])))
    return StatedHead(last.number, last.digest) if last else None


def _content(folder: Path, number: int) -> bytes:
    """Return the bytes of a manifest; one that cannot be read has none, as in the index."""
    try:
        return manifest_content(folder, number)
    except ManifestDamaged:
        return b""


def parse_head(stated: str) -> StatedHead | None:
    """Return the head that a file states, None where it states none.

    >>> parse_head("1 sha256:" + "0" * 64).number
    1
    """
    found = _HEAD.fullmatch(stated)
    return StatedHead(int(found[1]), found[2]) if found else None


def missing_heads(index: ManifestIndex, heads: Iterable[tuple[str, StatedHead]]) -> list[Message]:
    """Return which of the manifests that somebody knows are not in the chain; `heads` name who knows.

    Each manifest is named once, with the first who knows it.
    """
    lost: dict[StatedHead, str] = {}
    for known_to, head in heads:
        if head not in lost and not _is_in(index, head):
            lost[head] = known_to
    return [
        message("head_lost", number=head.number, digest=head.digest, known_to=known_to)
        if head.number
        else message("head_unknown", digest=head.digest)
        for head, known_to in sorted(lost.items(), key=lambda item: item[0].number)
    ]


def _is_in(index: ManifestIndex, head: StatedHead) -> bool:
    if not head.number:
        return index.has_digest(head.digest)
    row = index.get(head.number)
    return row is not None and row.digest == head.digest
