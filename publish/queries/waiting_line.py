"""A line before what is dear: a few are served at once, some wait, the others are sent away.

Whoever waits is served in turn with the other clients, so that one that asks for much takes time from
itself. A line belongs to a process.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass

ANYBODY = ""
"""A client that is not known, such as all readers behind a web server that does not name them."""


class LineFull(Exception):
    """Raised where too many wait, or one waited too long."""


@dataclass(frozen=True, slots=True)
class LineSize:
    """How many are served and wait, of all clients and of one; `patience` are seconds of waiting."""

    served: int
    served_of_one: int
    waiting: int
    waiting_of_one: int
    patience: float = 20.0


QUESTIONS = LineSize(served=2, served_of_one=1, waiting=64, waiting_of_one=8)
"""Searches, filtered tables and what else is computed for one reader. Two share the processor with pages."""

DRAWINGS = LineSize(served=3, served_of_one=2, waiting=32, waiting_of_one=8)
"""Originals and charts that are drawn. They are drawn one after another, in a process of their own."""


class WaitingLine:
    """Admits clients one after another. Every `enter` needs its `leave`."""

    def __init__(self, size: LineSize) -> None:
        """Begin without anybody."""
        self._size = size
        self._served: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def enter(self, client: str = ANYBODY) -> None:
        """Wait for a place.

        Raises:
            LineFull: Too many wait, or the time for it is over.
        """
        if self._count_waiting() == 0 and self._has_place(client):
            self._served[client] += 1
            return
        own = self._waiting.setdefault(client, deque())
        is_full = client != ANYBODY and len(own) >= self._size.waiting_of_one
        if is_full or self._count_waiting() >= self._size.waiting:
            self._forget_empty(client)
            raise LineFull
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        own.append(place)
        self._admit()
        try:
            async with asyncio.timeout(self._size.patience):
                await place
        except BaseException as problem:
            if place.done() and not place.cancelled():
                self.leave(client)  # it was given away at the same moment
            else:
                with suppress(ValueError):
                    own.remove(place)
                self._forget_empty(client)
            if isinstance(problem, TimeoutError):
                raise LineFull from problem
            raise

    def leave(self, client: str = ANYBODY) -> None:
        """Give a place back."""
        self._served[client] -= 1
        if not self._served[client]:
            del self._served[client]
        self._admit()

    def _has_place(self, client: str) -> bool:
        of_one = self._size.served if client == ANYBODY else self._size.served_of_one
        return self._served.total() < self._size.served and self._served[client] < of_one

    def _count_waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _admit(self) -> None:
        """Give free places to those who wait: one of each client in turn."""
        for client in list(self._waiting):
            if not self._has_place(client):
                continue
            own = self._waiting[client]
            while own:
                place = own.popleft()
                if not place.done():
                    place.set_result(None)
                    self._served[client] += 1
                    self._waiting.move_to_end(client)
                    break
            self._forget_empty(client)

    def _forget_empty(self, client: str) -> None:
        if not self._waiting.get(client, True):
            del self._waiting[client]
