"""A wall before the file system: nothing can be written, emptied, made, renamed or removed.

The kernel keeps it for the rest of a process, also where the process runs as root, and needs no
privilege for it (Landlock, Linux 5.13; emptying a file is refused from Linux 6.2 on). Files that are
open already stay as they are; reading stays allowed.
"""

from __future__ import annotations

import ctypes
import os

_CREATE, _RESTRICT = 444, 446  # system calls that have the same number everywhere
_ASK_VERSION = 1
_SET_NO_NEW_PRIVILEGES = 38

_WRITE = 1 << 1
_REMOVE_OR_MAKE = sum(1 << bit for bit in range(4, 13))
_RENAME_ACROSS, _TRUNCATE = 1 << 13, 1 << 14
_SINCE = ((1, _WRITE | _REMOVE_OR_MAKE), (2, _RENAME_ACROSS), (3, _TRUNCATE))
"""The version of Landlock that knows an access first, and the access."""

_libc = ctypes.CDLL(None, use_errno=True)


def refuse_writes() -> bool:
    """Refuse every change of a file from now on; return whether the kernel does it.

    It cannot be taken back.
    """
    nothing = ctypes.c_ulong(0)
    version = _libc.syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    refused = ctypes.c_uint64(sum(access for since, access in _SINCE if version >= since))
    rules = _libc.syscall(_CREATE, ctypes.byref(refused), ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    try:
        if _libc.prctl(_SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), nothing, nothing, nothing):
            return False
        return not _libc.syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
