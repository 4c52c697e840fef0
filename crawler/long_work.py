"""How work that takes long says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class BeginWork(Protocol):
    """Begins long work with a number of steps; what it gives is called after each step.

    The label is the key of a text.
    """

    def __call__(self, label: str, total: int) -> AbstractContextManager[Callable[[], None]]:
        """Begin a piece of work."""
        ...


@contextmanager
def unseen(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Begin work that nobody watches."""
    yield lambda: None
