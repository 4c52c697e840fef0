"""How far long work is: a bar where a terminal is attached, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Protocol

from tqdm import tqdm

from gongkai.catalogue import Language, text

_LINES = 10


class Progress(Protocol):
    """Begins a piece of work with a number of steps; what it gives is called after each step.

    The label is the key of a text.
    """

    def __call__(self, label: str, total: int) -> AbstractContextManager[Callable[[], None]]:
        """Begin a piece of work."""
        ...


@contextmanager
def silent(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Show nothing."""
    yield _nothing


def _nothing() -> None:
    return None


def progress_in(lang: Language) -> Progress:
    """Return the progress that suits standard error, in a language."""
    return partial(bar if sys.stderr.isatty() else lines, lang)


def bar_in(lang: Language) -> Progress:
    """Return a bar in a language where standard error is a terminal, else nothing."""
    return partial(bar, lang) if sys.stderr.isatty() else silent


@contextmanager
def bar(lang: Language, label: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error while the work lasts."""
    with tqdm(total=total, desc=text(lang, label), leave=False, disable=not total) as shown:

        def step() -> None:
            shown.update()

        yield step


@contextmanager
def lines(lang: Language, label: str, total: int) -> Iterator[Callable[[], None]]:
    """Print a line on standard error at about every tenth of the work."""
    steps = 0
    every = max(1, -(-total // _LINES))

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps % every == 0 or steps == total:
            print(f"{text(lang, label)} {steps}/{total}", file=sys.stderr, flush=True)

    yield step
