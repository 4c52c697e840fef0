"""Which bytes of a file of originals a manifest covers, and whether they are still the same.

Whoever derives something from the originals asks here what to believe of a file. Nothing is written,
and no lock is taken.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from gongkai.crawler.manifests.manifest_files import (
    MANIFESTS_FOLDER,
    add_unindexed,
    manifest_content,
    unindexed_numbers,
)
from gongkai.crawler.manifests.manifest_index import FilePlace, ManifestIndex, ManifestRow
from gongkai.crawler.manifests.run_manifest import (
    FileDigest,
    Manifest,
    ManifestDamaged,
    decode_manifest,
    digest_of,
)
from gongkai.regular_file import open_regular

PIECE_BYTES = 1 << 20


Believed = Callable[[int, int], bool]
"""Tells whether the record between two offsets of a file is believed."""


def believe_all(start: int, end: int) -> bool:
    """Believe every record: of a file that was left open, or that is older than all manifests."""
    return True


@dataclass(frozen=True, slots=True)
class BelievedBytes:
    """The parts of a file that are as their manifests say, and the digests of the records of the others."""

    path: Path
    whole: Sequence[tuple[int, int]]  # first byte, end
    records: frozenset[str]

    def __call__(self, start: int, end: int) -> bool:
        """Return whether the record between two offsets is as a manifest says.

        Raises:
            OSError: The file cannot be read.
        """
        if any(first <= start and end <= last for first, last in self.whole):
            return True
        if not self.records:
            return False
        with open_regular(self.path) as stream:
            return hash_part(stream, start, end - start) in self.records


class CoveredFiles:
    """What the manifests in a folder of snapshots say of its files."""

    def __init__(self, snapshots: Path) -> None:
        """Read the index of the manifests, or make one in memory where there is none.

        Raises:
            sqlite3.Error: The index cannot be read.
            OSError: The folder cannot be read.
        """
        self._snapshots = snapshots
        self._folder = snapshots / MANIFESTS_FOLDER
        self._index = _read_index(self._folder)
        self._last_read: tuple[int, Manifest | None] = (0, None)

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def last(self) -> ManifestRow | None:
        """Return the last manifest, None where there is none."""
        return self._index.last()

    @property
    def is_begun(self) -> bool:
        """Whether there is any manifest; without one, the folder is older than all manifests."""
        return self._index.last() is not None

    def believed(self, name: str) -> Believed | None:
        """Return what is believed of a file, None where no manifest covers it.

        Each part of the file is read once. Where it is as its manifest says, all of it is believed, else
        the records alone whose digests the manifest has. Of a part whose manifest cannot be read, or was
        changed, the length that was noted when it was written decides. What the index notes of a manifest
        that does not say so, or that there never was, counts for nothing.

        Raises:
            OSError: The file cannot be read.
        """
        places = self._index.places_in(name)
        if not places and (place := self._index.place(name)):
            places = [replace(place, file=name, offset=0)]  # a merge that is not finished
        known = [(place, stated) for place in places for stated in self._stated(place)]
        if not known:
            return None
        whole: list[tuple[int, int]] = []
        records: set[str] = set()
        path = self._snapshots / name
        with open_regular(path) as stream:
            for place, stated in known:
                end = place.offset + place.bytes
                if stated is None or hash_part(stream, place.offset, place.bytes) == stated.sha256:
                    whole.append((place.offset, end))
                else:
                    records |= {record.sha256 for record in stated.records}
        return BelievedBytes(path, whole, frozenset(records))

    def _stated(self, place: FilePlace) -> Sequence[FileDigest | None]:
        """Return what the manifest of a file says of it: nothing, or None where that cannot be told."""
        if self._index.get(place.manifest) is None:
            return ()
        manifest = self._manifest(place.manifest)
        if manifest is None:
            return (None,)
        return [file for file in manifest.files if file.name == place.name][:1]

    def _manifest(self, number: int) -> Manifest | None:
        """Return a manifest as it was written; the last one is kept, since it may have many files."""
        if self._last_read[0] != number:
            self._last_read = number, self._read(number)
        return self._last_read[1]

    def _read(self, number: int) -> Manifest | None:
        row = self._index.get(number)
        try:
            content = manifest_content(self._folder, number)
            return decode_manifest(content) if row and digest_of(content) == row.digest else None
        except ManifestDamaged:
            return None


def hash_part(stream: BinaryIO, start: int, size: int) -> str:
    """Return the SHA-256 of so many bytes of a file, "" where it ends before."""
    digest, left = hashlib.sha256(), size
    stream.seek(start)
    while left and (data := stream.read(min(PIECE_BYTES, left))):
        digest.update(data)
        left -= len(data)
    return digest.hexdigest() if not left else ""


def _read_index(folder: Path) -> ManifestIndex:
    """Return an index of all manifests: that of the folder, or one in memory that has more."""
    kept = ManifestIndex.read_only(folder)
    if kept is not None and not any(unindexed_numbers(kept, folder)):
        return kept
    complete = ManifestIndex(None)
    try:
        if kept is not None:
            kept.copy_to(complete)
            kept.close()
        add_unindexed(complete, folder)
    except (OSError, sqlite3.Error):
        complete.close()
        raise
    return complete
