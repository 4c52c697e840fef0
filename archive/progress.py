"""How far long work is: a bar where a terminal is attached, plain lines where none is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from tqdm import tqdm

_LINES = 10
_PAGES = 200


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


class CrawlProgress:
    """Shows a crawl, of which nobody knows beforehand how many pages it has.

    Called with what `gongkai.crawler.runs.jobs` tells of a portal: site, pages, queued, done.
    """

    def __init__(self, sites: int) -> None:
        self._sites = sites
        self._ended = 0
        self._seen: dict[str, tuple[int, int]] = {}
        self._bar = tqdm(desc="采集 crawl", unit="页", leave=False) if sys.stderr.isatty() else None

    def __call__(self, told: Any) -> None:
        """Show what one portal told."""
        self._seen[told.site] = told.pages, told.queued
        self._ended += told.done
        if self._bar is not None:
            self._bar.n = sum(pages for pages, _ in self._seen.values())
            self._bar.total = self._bar.n + sum(queued for _, queued in self._seen.values())
            self._bar.set_postfix_str(f"网站 sites {self._ended}/{self._sites}")
        elif told.done:
            line = f"采集 crawl {self._ended}/{self._sites}: {told.site}, {told.pages} 页 pages"
            print(line, file=sys.stderr, flush=True)
        elif told.pages and told.pages % _PAGES == 0:
            print(f"采集 crawl {told.site}: {told.pages} 页 pages", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
