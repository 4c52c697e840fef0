"""The files of timestamps: `000000042.json.freetsa-org.tsr` beside `000000042.json`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STAMP_SUFFIX = ".tsr"


@dataclass(frozen=True, slots=True)
class StampFile:
    """The whole answer of an authority (RFC 3161, DER). `authority` is its name in the file's name."""

    authority: str
    path: Path


def stamps_of(manifest: Path) -> tuple[StampFile, ...]:
    """Return the timestamps of a manifest by name of the authority."""
    found = sorted(manifest.parent.glob(f"{manifest.name}.*{STAMP_SUFFIX}"))
    return tuple(
        StampFile(path.name[len(manifest.name) + 1 : -len(STAMP_SUFFIX)], path) for path in found
    )
