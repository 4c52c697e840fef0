"""What the crawl says of a page it fetched: kept beside the answer, and only where it is news.

A note is a WARC metadata record behind the answer it speaks of, so that the index can be made again
with all notes in it. The last note of an address tells the next night how to treat it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

GONE_AFTER = 2
"""A report is removed when its address had it no longer so many times in a row."""

PRESENT_OUTCOMES = {"report", "attachments_only", "image_tables", "document"}
"""Outcomes of an address that holds a report or a file of one."""

INCONCLUSIVE_OUTCOMES = {"blocked", "errors"}
"""Outcomes that say nothing of what an address holds."""


@dataclass(frozen=True, slots=True)
class PageFinding:
    """What a spider found a page to be; `report` where it counts as one."""

    outcome: str
    report: bool


@dataclass(frozen=True, slots=True)
class PendingLink:
    """A link of an article that was to be followed: to an attachment, say."""

    url: str
    role: str
    loose: bool


@dataclass(frozen=True, slots=True)
class PageNote:
    """What was said of one answer.

    `via` is the page that led to the address, "" where none does any more. `misses` counts the
    answers in a row without what had been there: gone, or no longer linked and something else.
    `leads` were to be followed from here: what a kill left undone is done without this page.
    """

    snapshot: str
    url: str
    site: str
    outcome: str
    role: str
    via: str
    report: bool
    misses: int
    leads: tuple[PendingLink, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """The last note of an address; `ever` tells whether it held a report or a file at any time."""

    note: PageNote
    ever: bool

    @property
    def removed(self) -> bool:
        """Whether what was there counts as taken down."""
        return self.note.misses >= GONE_AFTER


def histories_by_key(notes: Iterable[tuple[str, PageNote]]) -> dict[str, AddressHistory]:
    """Give what is known by key, from (key, note) in order of time."""
    known: dict[str, AddressHistory] = {}
    for same, note in notes:
        known[same] = extend_history(known.get(same), note)
    return known


def extend_history(before: AddressHistory | None, note: PageNote) -> AddressHistory:
    """Give what is known of an address once a note was taken of it."""
    return AddressHistory(
        note, (before is not None and before.ever) or note.outcome in PRESENT_OUTCOMES
    )


def count_misses(before: AddressHistory | None, outcome: str, dropped: bool) -> int:
    """Count the answers in a row that lack what was there, this one included.

    `dropped` tells that nothing links to the address any more: then another page in its place
    counts as well as a 404. A page that is still in its list is not gone for being odd.
    """
    if before is None or not before.ever:
        return 0
    if outcome in INCONCLUSIVE_OUTCOMES:
        return before.note.misses
    if outcome == "missing" or (dropped and outcome not in PRESENT_OUTCOMES):
        return min(before.note.misses + 1, GONE_AFTER)
    return before.note.misses if outcome not in PRESENT_OUTCOMES else 0
