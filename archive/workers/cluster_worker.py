"""Reading documents on the workers of a cluster.

A worker has threads, and the sandbox must be forked from a process without threads. Therefore each
thread of a worker keeps a helper process, which reads one document after the other.
"""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import IO, Any

import gongkai
from gongkai.archive.workers.document_reader import protections_missing
from gongkai.archive.workers.process_pool import (
    READER_DIED,
    EncodedReading,
    Task,
    encode_reading,
    read_all,
    read_document,
)
from gongkai.catalogue import text
from gongkai.extract.model.report import Source

ROOT = Path(gongkai.__file__).parents[1]
LARGEST = 8 << 20
"""Bytes of a document that is sent to a worker; larger ones are read on this machine."""

_FRAME = struct.Struct(">Q")
# The threads are those of the cluster's worker: they have no object of ours to hold a helper.
_own = threading.local()


def read_on_executor(
    executor: Executor, tasks: Iterable[Task], *, ahead: int
) -> Iterator[tuple[Task, EncodedReading]]:
    """Read every task in an executor, `ahead` tasks at a time.

    Tasks that the executor loses (BrokenExecutor) are read on this machine.
    """
    waiting, here = iter(tasks), list[Task]()
    running: dict[Future[EncodedReading], Task] = {}
    alive = True
    while alive:
        while len(running) < ahead and (task := next(waiting, None)):
            if len(task.body) > LARGEST:
                here.append(task)
                continue
            try:
                running[executor.submit(read_in_helper, task.body, task.source)] = task
            except BrokenExecutor:
                here.append(task)
                alive = False
                break
        if not running:
            break
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            try:
                kept = future.result()
            except BrokenExecutor:
                here.append(task)
                continue
            yield task, kept
    yield from read_all(chain(here, running.values(), waiting))


def read_in_helper(body: bytes, source: Source) -> EncodedReading:
    """Read one document in the helper of this thread; one that kills it twice is unreadable."""
    for _ in range(2):
        helper = _helper()
        try:
            return _ask(helper, body, source)
        except (BrokenPipeError, EOFError):
            _own.helper = None
            helper.kill()
            helper.communicate()  # closes its pipes
    return encode_reading(READER_DIED)


def _helper() -> subprocess.Popen[bytes]:
    found: subprocess.Popen[bytes] | None = getattr(_own, "helper", None)
    if found is None:
        found = subprocess.Popen(
            [sys.executable, "-m", "gongkai.archive.workers.cluster_worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        _own.helper = found
    return found


def _ask(helper: subprocess.Popen[bytes], body: bytes, source: Source) -> EncodedReading:
    assert helper.stdin is not None
    assert helper.stdout is not None
    _send(helper.stdin, (body, source))
    kept: EncodedReading = _receive(helper.stdout)
    return kept


def _send(stream: IO[bytes], content: object) -> None:
    data = pickle.dumps(content)
    stream.write(_FRAME.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        raise EOFError
    return pickle.loads(stream.read(_FRAME.unpack(head)[0]))


def main() -> None:
    """Read documents until the process that started this one is gone."""
    import_module("gongkai.archive.workers.preload")  # what every sandbox needs, loaded once
    if walls := protections_missing():
        sys.stderr.write(f"{text('en', 'walls_missing', walls=walls)}\n")
    while True:
        try:
            body, source = _receive(sys.stdin.buffer)
        except EOFError:
            return
        _send(sys.stdout.buffer, read_document(body, source))


if __name__ == "__main__":
    main()
