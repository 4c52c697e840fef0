"""How far long work is: a bar where a terminal is attached, plain lines where none is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from tqdm import tqdm

_LINES = 10


class Progress(Protocol):
    """Begins a piece of work of so many steps; the function it gives is called after each step."""

    def __call__(self, label: str, total: int) -> AbstractContextManager[Callable[[], None]]: ...


@contextmanager
def silent(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Show nothing."""
    yield lambda: None


def shown() -> Progress:
    """Return what suits the terminal, if there is one."""
    return bar if sys.stderr.isatty() else lines


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error while the work lasts."""
    with tqdm(total=total, desc=label, leave=False, disable=not total) as shown_bar:
        yield lambda: (shown_bar.update(), None)[1]


@contextmanager
def lines(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Print a line on standard error at about every tenth of the work."""
    steps = 0
    every = max(1, -(-total // _LINES))

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps % every == 0 or steps == total:
            print(f"{label} {steps}/{total}", file=sys.stderr, flush=True)

    yield step
