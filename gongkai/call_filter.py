"""A filter of system calls: no network, no other program, no other process.

The kernel keeps it for the rest of a process, also where the process runs as root, and needs no
privilege for it (seccomp). A refused call fails with EPERM, as a missing permission does.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000  # the error number is added to the second
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in what the kernel shows to a filter
_CLONE_THREAD = 0x10000
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2


@dataclass(frozen=True, slots=True)
class _Machine:
    """The numbers of the calls of one kind of machine.

    `refused` opens a socket, starts a program or a process, or touches other processes. `own` are
    the calls that send a signal: only to the process itself. `foreign` is where the numbers of
    another table begin, 0 where there is one table.
    """

    audit: int
    clone: int
    own: tuple[int, ...]
    refused: tuple[int, ...]
    foreign: int = 0


# socket, execve, execveat, ptrace, process_vm_readv, process_vm_writev, tkill, unshare, setns;
# then what has the same number everywhere: pidfd_send_signal, io_uring_setup, pidfd_open, pidfd_getfd
_EVERYWHERE = (424, 425, 434, 438)
_CLONE3 = 435
_MACHINES = {
    "x86_64": _Machine(
        audit=0xC000003E,
        clone=56,
        own=(62, 234),  # kill, tgkill
        # also fork and vfork
        refused=(41, 59, 322, 101, 310, 311, 200, 272, 308, 57, 58, *_EVERYWHERE),
        foreign=0x40000000,
    ),
    "aarch64": _Machine(
        audit=0xC00000B7,
        clone=220,
        own=(129, 131),
        refused=(198, 221, 281, 117, 270, 271, 130, 97, 268, *_EVERYWHERE),
    ),
}


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


_libc = ctypes.CDLL(None, use_errno=True)


def refuse_calls() -> bool:
    """Refuse sockets, programs and processes from now on; return whether the kernel does it.

    Threads are allowed. It cannot be taken back.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    instructions = [_Instruction(*words) for words in _instructions(machine, os.getpid())]
    program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
    nothing = ctypes.c_ulong(0)
    if _libc.prctl(_SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), nothing, nothing, nothing):
        return False
    mode = ctypes.c_ulong(_MODE_FILTER)
    return not _libc.prctl(_SET_SECCOMP, mode, ctypes.byref(program), nothing, nothing)


def _instructions(machine: _Machine, process: int) -> Iterator[tuple[int, int, int, int]]:
    refuse = (_RETURN, 0, 0, _REFUSE | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    yield (_LOAD, 0, 0, _MACHINE)
    yield (_EQUAL, 1, 0, machine.audit)
    yield refuse
    yield (_LOAD, 0, 0, _NUMBER)
    if machine.foreign:
        yield (_AT_LEAST, 0, 1, machine.foreign)
        yield refuse
    for number in machine.refused:
        yield (_EQUAL, 0, 1, number)
        yield refuse
    yield (_EQUAL, 0, 1, _CLONE3)  # its flags are out of sight; libraries then call clone
    yield (_RETURN, 0, 0, _REFUSE | errno.ENOSYS)
    for number in (machine.clone, *machine.own):
        yield (_EQUAL, 0, 4, number)
        yield (_LOAD, 0, 0, _FIRST_ARGUMENT)
        if number == machine.clone:
            yield (_ANY_BIT, 0, 1, _CLONE_THREAD)
        else:
            yield (_EQUAL, 0, 1, process)
        yield allow
        yield refuse
    yield allow
