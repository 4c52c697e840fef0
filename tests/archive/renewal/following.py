"""A public file as the next one follows from it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.publication.soundness import count_rows
from gongkai.archive.renewal.renewed_file import LastFile, RenewedFile


def published(db: Path, path: Path) -> LastFile:
    """Write the public file of an archive anew."""
    state = write_public_file(db, path)
    return LastFile(path, _digest(path), state, count_rows(path).rows)


def followed(path: Path, made: RenewedFile) -> LastFile:
    """Return a file that was made from the last one as the last of the next."""
    return LastFile(path, _digest(path), made.state, made.rows)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
