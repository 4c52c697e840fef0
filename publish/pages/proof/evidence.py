"""What the folder of originals says of a record: its manifest, and the timestamps on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from gongkai.catalogue import Language


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp of an authority on a manifest, by RFC 3161. Files are named from the originals."""

    authority: str
    at: str  # UTC, ISO; "" where the token was not read
    file: str
    stamped_file: str
    stamped: int  # the manifest that it stands on: the one of the record, or a later one


@dataclass(frozen=True, slots=True)
class Evidence:
    """The manifest that covers a record. `file` is its path in the folder of originals."""

    number: int
    digest: str
    created: str  # UTC, ISO
    run: str
    file: str
    record_sha256: str  # of the bytes of the record in its WARC file, "" where not listed
    stamps: tuple[Stamp, ...] = ()


@runtime_checkable
class KnowsEvidence(Protocol):
    """A reader of originals that also knows what covers them."""

    def evidence(self, snapshot: str) -> Evidence | None:
        """Return what covers the record of a snapshot, None where nothing does.

        Raises:
            LookupError: the folder cannot be read
        """


@runtime_checkable
class PacksProofs(Protocol):
    """A reader of originals that also packs all that proves a number."""

    def package(
        self, archive: Path, report: str, key: tuple[str, str, str], lang: Language
    ) -> bytes:
        """Return the proof of a cell as a ZIP file, which can be checked without us.

        Raises:
            LookupError: the originals cannot be read, or are too many for a package
        """


def find_evidence(read_copy: object, snapshot: str) -> Evidence | None:
    """Return what covers the record of a snapshot, None where nothing does or it cannot be known."""
    if not isinstance(read_copy, KnowsEvidence):
        return None
    try:
        return read_copy.evidence(snapshot)
    except (LookupError, OSError):
        return None
