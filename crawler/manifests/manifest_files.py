"""The manifests of a folder of snapshots as files: `manifests/000000/000000042.json`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from gongkai.crawler.manifests.manifest_index import ManifestIndex
from gongkai.crawler.manifests.run_manifest import (
    MAX_MANIFEST_BYTES,
    Manifest,
    ManifestDamaged,
    decode_manifest,
    digest_of,
)

MANIFESTS_FOLDER = "manifests"
"""The folder, within that of the snapshots, of the manifests of runs."""

FOLDER_SIZE = 1000
"""Manifests in one folder; 3,000 portals have a million in a year."""

MANIFEST_SUFFIX = ".json"


def manifest_path(folder: Path, number: int) -> Path:
    """Return where the manifest of a number is, in the folder of manifests."""
    return folder / f"{number // FOLDER_SIZE:06d}" / f"{number:09d}{MANIFEST_SUFFIX}"


def manifest_content(folder: Path, number: int) -> bytes:
    """Return the bytes of a manifest.

    Raises:
        ManifestDamaged: There is none, or it is too large.
    """
    path = manifest_path(folder, number)
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise ManifestDamaged("manifest_too_large", number=number)
        return path.read_bytes()
    except OSError as problem:
        raise ManifestDamaged("manifest_missing", number=number) from problem


def manifest_numbers(folder: Path) -> list[int]:
    """Return the numbers of all manifests on disk, in order."""
    return sorted(
        int(path.stem)
        for path in folder.glob(f"??????/?????????{MANIFEST_SUFFIX}")
        if path.stem.isascii() and path.stem.isdecimal()
    )


def unindexed_numbers(index: ManifestIndex, folder: Path) -> Iterator[int]:
    """Yield the numbers of the manifests on disk that an index does not have, up to the first gap."""
    last = index.last()
    if last is None:
        yield from manifest_numbers(folder)
        return
    number = last.number
    while manifest_path(folder, number := number + 1).exists():
        yield number


def add_unindexed(index: ManifestIndex, folder: Path) -> None:
    """Add to an index the manifests whose writers died before they did."""
    for number in unindexed_numbers(index, folder):
        content, manifest = b"", Manifest(number, "", "leftover", "")
        with suppress(ManifestDamaged):  # `verify` names it; the chain goes on behind it
            content = manifest_content(folder, number)
            # its name says where it stands; `verify` says where the two differ
            manifest = replace(decode_manifest(content), number=number)
        index.add(manifest, digest_of(content))
