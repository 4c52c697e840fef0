"""The files of timestamps: `000000042.json.freetsa.org-tsr.tsr` beside `000000042.json`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gongkai.regular_file import open_regular

MAX_STAMP_BYTES = 1 << 20
"""Size of the largest answer of an authority that is read; it has some thousands of bytes."""

STAMP_SUFFIX = ".tsr"
NUMBER_DIGITS = 9


@dataclass(frozen=True, slots=True)
class StampFile:
    """The whole answer of an authority (RFC 3161, DER). `authority` is its name in the file's name."""

    authority: str
    path: Path


def stamps_of(manifest: Path) -> tuple[StampFile, ...]:
    """Return the timestamps of a manifest by name of the authority."""
    return tuple(map(_stamp_file, sorted(manifest.parent.glob(f"{manifest.name}.*{STAMP_SUFFIX}"))))


def stamps_in(folder: Path) -> Mapping[int, tuple[StampFile, ...]]:
    """Return all timestamps in one folder of manifests, by number of the manifest, in order."""
    found: dict[int, list[StampFile]] = defaultdict(list)
    for path in sorted(folder.glob(f"*{STAMP_SUFFIX}")):
        digits = path.name[:NUMBER_DIGITS]
        if digits.isascii() and digits.isdecimal():
            found[int(digits)].append(_stamp_file(path))
    return {number: tuple(stamps) for number, stamps in found.items()}


def read_stamp(path: Path) -> bytes:
    """Return the answer in a file, cut where it is too long to be one.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    with open_regular(path) as file:
        return file.read(MAX_STAMP_BYTES)


def _stamp_file(path: Path) -> StampFile:
    manifest_name = path.name[:NUMBER_DIGITS] + ".json."
    return StampFile(path.name[len(manifest_name) : -len(STAMP_SUFFIX)], path)
