"""What a program and its helper process say to each other, through the pipes of the helper.

Both are ours: what a helper reads of untrusted bytes it reads in a sandbox, and passes on as bytes.
"""

from __future__ import annotations

import pickle
import struct
import subprocess
from typing import IO, Any

_FRAME = struct.Struct(">Q")


def ask(process: subprocess.Popen[bytes], content: object) -> Any:
    """Return what a helper answers.

    Raises:
        BrokenPipeError: the helper has ended before it was asked
        EOFError: it ended without an answer
    """
    assert process.stdin is not None
    assert process.stdout is not None
    send(process.stdin, content)
    return receive(process.stdout)


def send(stream: IO[bytes], content: object) -> None:
    """Write one message."""
    data = pickle.dumps(content)
    stream.write(_FRAME.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Return the next message.

    Raises:
        EOFError: there is no further one
    """
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        raise EOFError
    return pickle.loads(stream.read(_FRAME.unpack(head)[0]))
