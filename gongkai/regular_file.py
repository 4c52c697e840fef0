"""Opening files of a folder that others can write to: regular files alone, and no more of them than is expected.

Whoever opens a pipe waits until somebody writes into it; a device may be read without end. What is not a
regular file is therefore refused in words, in this one place.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from gongkai.errors import GongkaiError
from gongkai.messages import Message


class NotRegularFile(GongkaiError, OSError):
    """A pipe, a socket, a device or a circle of links stands where a file should."""


class FileTooLarge(GongkaiError, OSError):
    """A file is larger than any that is expected in its place."""


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file, or a link to one, for reading.

    Raises:
        NotRegularFile: It is something else.
        OSError: It cannot be opened.
    """
    # asked before as well: opening some devices has an effect
    _require_regular(path, _status(path))
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _require_regular(path, os.fstat(handle))  # something else may stand there by now
        return os.fdopen(handle, "rb")
    except OSError:
        os.close(handle)
        raise


def read_regular(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        NotRegularFile: It is something else.
        FileTooLarge: It has more than so many bytes.
        OSError: It cannot be read.
    """
    with open_regular(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise FileTooLarge(_refusal(path, "too_large"))
    return content


def require_regular(path: Path) -> None:
    """Refuse what stands in the place of a file that a library opens itself: a database, a lock.

    Raises:
        NotRegularFile: It is no regular file.
        OSError: It is a folder, or cannot be asked for.
    """
    with suppress(FileNotFoundError):
        _require_regular(path, _status(path))


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as problem:
        if problem.errno == errno.ELOOP:
            raise NotRegularFile(_refusal(path, "not_regular")) from problem
        raise


def _require_regular(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise NotRegularFile(_refusal(path, "not_regular"))


def _refusal(path: Path, why: str) -> Message:
    return Message("system.file", {"path": str(path), "why": Message(f"system.{why}")})
