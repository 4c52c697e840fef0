"""A copy of the last public file, which is proved to be what its manifest says.

A file is proved by its SHA-256, taken as it is read. Where the system says that nobody wrote to it since
its digest was taken, the digest holds, and the system copies it, which costs a fraction. The time of the
last change of an inode cannot be set: whoever writes to the file, or puts another in its place, changes
it. Bits that rot on the disk do not: therefore some of the content is read again each time (see
`part_check`), and a publication in seven is made anew.
"""

from __future__ import annotations

import errno
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

_BLOCK = 1 << 22
_COPIED = 1 << 30
"""Bytes that the system is asked to copy at a time."""

_CANNOT = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EBADF)
"""What a system says that does not copy by itself, or not between these file systems."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """By what one sees that nobody wrote to a file: its bytes, and the last change of its inode, in ns."""

    bytes: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> FileMark:
        """Return that of a file.

        Raises:
            OSError: it is not there.
        """
        found = path.stat()
        return cls(found.st_size, found.st_ctime_ns)

    @classmethod
    def read(cls, told: object) -> FileMark | None:
        """Return what a manifest says, None where it says nothing, or something else."""
        if not isinstance(told, dict) or set(told) != set(cls.__slots__):
            return None
        values = [told[name] for name in cls.__slots__]
        return cls(*values) if all(type(value) is int for value in values) else None

    def data(self) -> dict[str, Any]:
        """Return it as a manifest has it."""
        return asdict(self)


def copy_proved(source: Path, target: Path, digest: str, mark: FileMark | None) -> bool:
    """Copy a file; return whether it is that with a SHA-256, which it had when it was marked.

    Raises:
        OSError: it cannot be read, or there is no room.
    """
    if mark is None or mark != FileMark.of(source):
        return _copy_hashed(source, target) == digest
    _copy(source, target)
    return FileMark.of(source) == mark and target.stat().st_size == mark.bytes


def _copy(source: Path, target: Path) -> None:
    """Copy a file, by the system where it can: file systems with shared blocks write nothing then."""
    with source.open("rb", buffering=0) as old, target.open("wb", buffering=0) as new:
        if hasattr(os, "copy_file_range"):  # Linux
            try:
                while os.copy_file_range(old.fileno(), new.fileno(), _COPIED):
                    pass
            except OSError as problem:
                if problem.errno not in _CANNOT:
                    raise
        # what is left: some file systems copy nothing, and say so or not
        while block := old.read(_BLOCK):
            _write(new.fileno(), memoryview(block))


def _copy_hashed(source: Path, target: Path) -> str:
    """Copy a file and return the SHA-256 of what was read, in hexadecimal."""
    found = sha256()
    buffer = memoryview(bytearray(_BLOCK))
    with source.open("rb", buffering=0) as old, target.open("wb", buffering=0) as new:
        while size := old.readinto(buffer):
            found.update(buffer[:size])
            _write(new.fileno(), buffer[:size])
    return found.hexdigest()


def _write(file: int, rest: memoryview) -> None:
    while rest:
        rest = rest[os.write(file, rest) :]
