"""The chain of manifests in a folder of snapshots: `manifests/000000/000000042.json`, each with the digest of the one before.

A manifest is written under a lock to another name, and gets its own when it is on disk. A process that
dies in between leaves a file that the next one replaces.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gongkai.clock import utc_stamp
from gongkai.crawler.manifests.manifest_files import (
    MANIFESTS_FOLDER,
    add_unindexed,
    manifest_content,
    manifest_numbers,
    manifest_path,
)
from gongkai.crawler.manifests.manifest_index import ManifestIndex, ManifestRow
from gongkai.crawler.manifests.run_manifest import (
    FileDigest,
    Manifest,
    ManifestKind,
    MergedFile,
    decode_manifest,
    digest_of,
    encode_manifest,
)
from gongkai.crawler.warc.file import StorageError
from gongkai.crawler.warc.locks import folder_lock
from gongkai.crawler.warc.snapshot import Run, run_fields
from gongkai.errors import cause_of

UNFINISHED_SUFFIX = ".new"


class ManifestChain:
    """The manifests of a folder of snapshots, and the index of them."""

    def __init__(self, snapshots: Path) -> None:
        """Open the chain of a folder, which is created where it does not exist.

        Raises:
            StorageError: It cannot be used.
        """
        self.folder = snapshots / MANIFESTS_FOLDER
        with self._storage_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.index = ManifestIndex(self.folder)

    def __enter__(self) -> ManifestChain:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock under which manifests are added; the index knows all that are there then.

        Raises:
            StorageError: The folder cannot be used.
        """
        with self._storage_errors(), folder_lock(self.folder):
            add_unindexed(self.index, self.folder)
            yield

    def append(
        self,
        kind: ManifestKind,
        files: Sequence[FileDigest],
        run: Run | None = None,
        merged: MergedFile | None = None,
    ) -> Manifest:
        """Add a manifest behind the last one; the caller holds the lock.

        Raises:
            StorageError: It could not be written.
        """
        last = self.index.last()
        manifest = Manifest(
            number=last.number + 1 if last else 1,
            previous=last.digest if last else "",
            kind=kind,
            created=utc_stamp(),
            run=run_fields(run) if run else {},
            files=tuple(files),
            merged=merged,
        )
        content = encode_manifest(manifest)
        with self._storage_errors():
            write_durably(self.path(manifest.number), content)
            self.index.add(manifest, digest_of(content))
        return manifest

    def path(self, number: int) -> Path:
        """Return where the manifest of a number is."""
        return manifest_path(self.folder, number)

    def content(self, number: int) -> bytes:
        """Return the bytes of a manifest.

        Raises:
            ManifestDamaged: There is none, or it is too large.
        """
        return manifest_content(self.folder, number)

    def read(self, number: int) -> Manifest:
        """Return a manifest.

        Raises:
            ManifestDamaged: There is none, or it cannot be read.
        """
        return decode_manifest(self.content(number))

    def numbers(self) -> list[int]:
        """Return the numbers of all manifests on disk, in order."""
        return manifest_numbers(self.folder)

    def update_index(self) -> None:
        """Add to the index what is not in it yet.

        Raises:
            StorageError: The folder cannot be used.
        """
        with self.locked():
            pass

    def rows(self, since: int = 1) -> Iterator[ManifestRow]:
        """Yield what is known of the manifests from a number on."""
        return self.index.rows(since)

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except StorageError:
            raise
        except (OSError, sqlite3.Error) as problem:
            raise StorageError(
                "manifests_unusable", folder=str(self.folder), why=cause_of(problem)
            ) from problem


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that it stands whole under its name, or not at all.

    Raises:
        OSError: It could not be written, or there is one of this name.
    """
    path.parent.mkdir(exist_ok=True)
    new = path.with_name(path.name + UNFINISHED_SUFFIX)
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        raise FileExistsError(path)
    new.rename(path)
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
