"""The one base of all errors that a person can do something about."""

from __future__ import annotations

import errno
import re
import sqlite3
import tomllib
from typing import ClassVar

from gongkai.messages import Message, Value

SYSTEM_ERRORS = (
    "EACCES", "EBUSY", "EDQUOT", "EEXIST", "EFBIG", "EIO", "EISDIR", "ELOOP", "EMFILE",
    "ENAMETOOLONG", "ENFILE", "ENOENT", "ENOMEM", "ENOSPC", "ENOTDIR", "ENOTEMPTY", "EPERM",
    "EROFS", "EADDRINUSE", "EADDRNOTAVAIL", "ECONNREFUSED", "ECONNRESET", "EOPNOTSUPP", "ETIMEDOUT",
    "EXDEV",
)  # fmt: skip
"""What systems refuse, by the name of its number: each has a text `system.NAME`."""

_SQLITE_ERRORS = {
    sqlite3.SQLITE_BUSY: "EBUSY",
    sqlite3.SQLITE_LOCKED: "EBUSY",
    sqlite3.SQLITE_READONLY: "EROFS",
    sqlite3.SQLITE_PERM: "EACCES",
    sqlite3.SQLITE_FULL: "ENOSPC",
    sqlite3.SQLITE_IOERR: "EIO",
    sqlite3.SQLITE_CANTOPEN: "not_opened",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
"""What SQLite says about a file, and the text for it."""

_TOML_LINE = re.compile(r"\(at line ([0-9]+), ")

NEEDS_A_PERSON = 1
CANNOT_RUN = 2


class GongkaiError(Exception):
    """An expected error: a message in the reader's language, and an exit code for the shell.

    The command line prints the text of `message` on one line of standard error and ends with
    `exit_code`; it never shows a traceback for it. Each stage derives its own errors from this.
    """

    exit_code: ClassVar[int] = CANNOT_RUN

    def __init__(self, key: str | Message, /, **params: Value) -> None:
        self.message = key if isinstance(key, Message) else Message(key, params)
        super().__init__(str(self.message))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message,)


def cause_of(problem: BaseException) -> Message | str:
    """Return what an exception says: its message, or its text where it is not one of ours.

    It is a parameter for the message of the exception that is raised from it. What the system and
    SQLite refuse is said in the language of the reader, with the file where there is one.
    """
    if isinstance(problem, GongkaiError):
        return problem.message
    reason = reason_of(problem)
    if isinstance(reason, Message) and isinstance(problem, OSError) and problem.filename:
        return Message("system.file", {"path": str(problem.filename), "why": reason})
    return reason


def reason_of(problem: BaseException) -> Message | str:
    """Return what the system, SQLite or a reader of TOML says, without the file; else its own text."""
    if isinstance(problem, OSError) and problem.errno is not None:
        name = errno.errorcode.get(problem.errno, "")
        if name in SYSTEM_ERRORS:
            return Message(f"system.{name}")
        return problem.strerror or str(problem)
    if isinstance(problem, sqlite3.Error):
        extended = getattr(problem, "sqlite_errorcode", 0)
        # a full disk has no room for the file that processes share, and SQLite calls that an error of the disk
        full = extended == sqlite3.SQLITE_IOERR_SHMSIZE
        code = sqlite3.SQLITE_FULL if full else extended & 0xFF
        if code in _SQLITE_ERRORS:
            return Message(f"system.{_SQLITE_ERRORS[code]}")
    if isinstance(problem, tomllib.TOMLDecodeError):
        line = _TOML_LINE.search(str(problem))
        return (
            Message("system.toml_line", {"line": line[1]}) if line else Message("system.toml_end")
        )
    if isinstance(problem, UnicodeDecodeError):
        return Message("system.no_text", {"encoding": problem.encoding})
    return str(problem)
