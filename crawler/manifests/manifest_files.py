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
from gongkai.regular_file import FileTooLarge, read_regular

MANIFESTS_FOLDER = "manifests"
"""The folder, within that of the snapshots, of the manifests of runs."""

FOLDER_SIZE = 1000
"""Manifests in one folder; 3,000 portals have a million in a year."""

MANIFEST_SUFFIX = ".json"

MOST_MISSING = 10_000
"""Manifests in a row that may be lost: what has a number behind these is no manifest of the chain."""


def manifest_path(folder: Path, number: int) -> Path:
    """Return where the manifest of a number is, in the folder of manifests."""
    return folder / f"{number // FOLDER_SIZE:06d}" / f"{number:09d}{MANIFEST_SUFFIX}"


def manifest_content(folder: Path, number: int) -> bytes:
    """Return the bytes of a manifest.

    Raises:
        ManifestDamaged: There is none, or it is too large.
    """
    try:
        return read_regular(manifest_path(folder, number), MAX_MANIFEST_BYTES)
    except FileTooLarge as problem:
        raise ManifestDamaged("manifest_too_large", number=number) from problem
    except OSError as problem:
        raise ManifestDamaged("manifest_missing", number=number) from problem


def manifest_numbers(folder: Path) -> list[int]:
    """Return the numbers of all manifests on disk, in order, but those of `stray_numbers`."""
    return _in_order(folder)[0]


def stray_numbers(folder: Path) -> list[int]:
    """Return the numbers so far behind the others that the chain cannot have come to them."""
    return _in_order(folder)[1]


def _in_order(folder: Path) -> tuple[list[int], list[int]]:
    numbers = sorted(
        int(path.stem)
        for path in folder.glob(f"??????/?????????{MANIFEST_SUFFIX}")
        if path.stem.isascii() and path.stem.isdecimal()
    )
    before = zip([0, *numbers], numbers, strict=False)
    end = next((n for n, (a, b) in enumerate(before) if b - a > MOST_MISSING), len(numbers))
    return numbers[:end], numbers[end:]


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
