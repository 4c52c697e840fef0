"""What the crawl found out about a page: kept beside the answer, and only where it is new.

A note is a WARC metadata record behind the answer that it describes, so that the index can be made
again with all notes in it. The last note of an address tells the next night how to treat it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BLOCK_STATUSES = frozenset({403, 405, 412, 422, 493, 521})
"""HTTP statuses that protections answer with: 云堤, 瑞数, 加速乐, firewalls."""

GONE_STATUSES = frozenset({404, 410})
"""HTTP statuses that say that there is nothing at an address."""

GONE_AFTER = 2
"""A report counts as removed after this many answers in a row without it."""

PRESENT_OUTCOMES = {"report", "attachments_only", "image_tables", "document"}
"""Outcomes of an address that holds a report or a file of one."""

INCONCLUSIVE_OUTCOMES = {"blocked", "errors", "hostile"}
"""Outcomes that do not tell what an address holds."""


@dataclass(frozen=True, slots=True)
class PageFinding:
    """What a spider found a page to be, and whether it counts as a report.

    `signature` names the protection that sent a block page, "" where it is not known.
    """

    outcome: str
    is_report: bool
    signature: str = ""


@dataclass(frozen=True, slots=True)
class PendingLink:
    """A link that an article gave and that was to be followed, such as one to an attachment."""

    url: str
    role: str
    standalone: bool


@dataclass(frozen=True, slots=True)
class PageNote:
    """What the crawl found out about one answer.

    `referrer` is the page that led to the address, "" where no page does any more. `misses` counts
    the answers in a row that lacked what the address had held: gone, or no longer linked and
    something else. `pending` are the links that were to be followed from here: where a crawl was
    killed, the next one follows them without fetching this page again.
    """

    snapshot: str
    url: str
    site: str
    outcome: str
    role: str
    referrer: str
    is_report: bool
    misses: int
    pending: tuple[PendingLink, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedUnits:
    """The names of agencies that a page of disclosure has, and that its site had nowhere before."""

    snapshot: str
    url: str
    site: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """The last note of an address, and whether the address ever held a report or a file of one."""

    last_note: PageNote
    held_report: bool

    @property
    def is_removed(self) -> bool:
        """Whether the report counts as taken down."""
        return self.last_note.misses >= GONE_AFTER


def histories_by_key(notes: Iterable[tuple[str, PageNote]]) -> dict[str, AddressHistory]:
    """Return the history of each key, from (key, note) pairs in order of time."""
    histories: dict[str, AddressHistory] = {}
    for key, note in notes:
        histories[key] = extend_history(histories.get(key), note)
    return histories


def extend_history(before: AddressHistory | None, note: PageNote) -> AddressHistory:
    """Return the history of an address with one more note."""
    held_report = before is not None and before.held_report
    return AddressHistory(note, held_report or note.outcome in PRESENT_OUTCOMES)


def count_misses(before: AddressHistory | None, outcome: str, unlinked: bool) -> int:
    """Return how many answers in a row, this one included, lack what the address had held.

    `unlinked` tells that nothing links to the address any more: then another page in its place
    counts like a 404. While a list still links to it, an unexpected page is not a removal.
    """
    if before is None or not before.held_report:
        return 0
    misses = before.last_note.misses
    if outcome in INCONCLUSIVE_OUTCOMES:
        return misses
    if outcome == "missing" or (unlinked and outcome not in PRESENT_OUTCOMES):
        return min(misses + 1, GONE_AFTER)
    return 0 if outcome in PRESENT_OUTCOMES else misses
