"""The walls around a process that reads untrusted bytes, and which of them this machine has.

A network namespace leaves it without any network device; the filter of `call_filter` refuses it
sockets and processes; that of `file_wall` refuses it changes of files. Where a wall is missing, the
others stand alone, and people are told.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path

import gongkai
from gongkai import interrupts
from gongkai.call_filter import refuse_calls
from gongkai.file_wall import refuse_writes

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_MOST_THREADS = 512
WALLS = ("network", "files", "calls")
_PROBE_SECONDS = 20

_libc = ctypes.CDLL(None, use_errno=True)


def leave_network() -> bool:
    """Move this process into a network namespace of its own; return whether the kernel allows it.

    Whoever is not root gets a user namespace with it, and a limit on threads in that namespace.
    The kernel counts them for each namespace, so that other processes of the user do not matter;
    it does not count those of root.
    """
    if _libc.unshare(_NEW_NETWORK) == 0:
        return True
    if _libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return False
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    most = _MOST_THREADS if hard == resource.RLIM_INFINITY else min(hard, _MOST_THREADS)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    return True


def build_walls() -> list[str]:
    """Cut this process off from the network, from changes of files and from other processes.

    Return the names in WALLS of those that the kernel does not allow.
    """
    built = (leave_network(), refuse_writes(), refuse_calls())
    return [name for name, stands in zip(WALLS, built, strict=True) if not stands]


@cache
def missing_walls() -> tuple[str, ...]:
    """Return the names in WALLS of those that documents are read without on this machine.

    They are tried once in a program of their own, because they cannot be taken down again.
    """
    try:
        with interrupts.withheld():
            tried = subprocess.run(
                [sys.executable, "-m", "gongkai.walls"],
                cwd=Path(gongkai.__file__).parents[1],
                capture_output=True,
                text=True,
                timeout=_PROBE_SECONDS,
                check=True,
            )
    except (OSError, subprocess.SubprocessError):
        return WALLS
    return tuple(tried.stdout.split())


def main() -> None:
    """Print the names of the walls that are missing here."""
    missing = build_walls()
    os.write(1, " ".join(missing).encode())


if __name__ == "__main__":
    main()
