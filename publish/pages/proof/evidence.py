"""What the folder of originals says of a record: its manifest, and the timestamps on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


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


def find_evidence(read_copy: object, snapshot: str) -> Evidence | None:
    """Return what covers the record of a snapshot, None where nothing does or it cannot be known."""
    if not isinstance(read_copy, KnowsEvidence):
        return None
    try:
        return read_copy.evidence(snapshot)
    except (LookupError, OSError):
        return None
