"""Taking connections where several processes listen on one socket: each takes about as many.

The event loop of Python takes all connections that wait, so that the process that wakes first would have
them for as long as they stay open. Here one is taken at a time, and a process that has more than another
leaves it to that one for a moment.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from gongkai.publish.server.workers import Worker

LEFT_SECONDS = 0.01
"""For which a process leaves a connection to one that has fewer."""

FULL_SECONDS = 1.0
"""Until a process tries again that has too many files open."""


class Acceptor:
    """Takes connections of a socket for a worker; closes as a server of asyncio does."""

    def __init__(
        self,
        listening: socket.socket,
        worker: Worker,
        make_protocol: Callable[[], asyncio.Protocol],
        count_connections: Callable[[], int],
    ) -> None:
        """Begin to listen, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._listening = listening
        self._worker = worker
        self._make_protocol = make_protocol
        self._count = count_connections
        self._tasks: set[asyncio.Task[object]] = set()
        self._later: asyncio.TimerHandle | None = None
        listening.setblocking(False)
        self._listen()

    def close(self) -> None:
        """Take no more connections."""
        self._loop.remove_reader(self._listening)
        if self._later is not None:
            self._later.cancel()

    async def wait_closed(self) -> None:
        """Return at once: nothing is left to be closed."""

    def _listen(self) -> None:
        self._loop.add_reader(self._listening, self._hear)

    def _hear(self) -> None:
        """Take a connection that waits, or leave it to another process for a moment."""
        if self._worker.has_more(self._count()):
            self._loop.remove_reader(self._listening)
            self._later = self._loop.call_later(LEFT_SECONDS, self._take_what_was_left)
        else:
            self._take()

    def _take_what_was_left(self) -> None:
        self._listen()
        self._take()

    def _take(self) -> None:
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another process was faster, or the client is gone
        except OSError:  # too many open files
            self._loop.remove_reader(self._listening)
            self._later = self._loop.call_later(FULL_SECONDS, self._listen)
            return
        connection.setblocking(False)
        taking = self._loop.connect_accepted_socket(self._make_protocol, connection)
        task: asyncio.Task[object] = self._loop.create_task(taking)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
