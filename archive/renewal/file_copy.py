"""A copy of a file that is proved to be the file: its digest is taken as it is read."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

_BLOCK = 1 << 22


def copy_checked(source: Path, target: Path) -> str:
    """Copy a file and return the SHA-256 of what was read, in hexadecimal.

    Raises:
        OSError: it cannot be read, or there is no room.
    """
    found = sha256()
    buffer = memoryview(bytearray(_BLOCK))
    with source.open("rb", buffering=0) as old, target.open("wb", buffering=0) as new:
        while size := old.readinto(buffer):
            found.update(buffer[:size])
            rest = buffer[:size]
            while rest:
                rest = rest[new.write(rest) :]
    return found.hexdigest()
