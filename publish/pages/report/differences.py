"""Changes of a report after it was first seen: figures, headings and sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from gongkai.archive.checks.differences import (
    MAX_LENGTH,
    Ranges,
    Steps,
    decode_ranges,
    differing_ranges,
)
from gongkai.archive.store.search import Segment
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.page_budget import PageBudget
from gongkai.publish.pages.report.originals import WrongClock, clock_at

PAGE_STEPS = 300_000
"""Steps of comparing texts in one request: some thirty milliseconds."""

PROSE = ("sections", "sentences")
REPEATED = """(c.part = 'sections' AND c.field = 'text' AND EXISTS (
  SELECT 1 FROM changes s WHERE s.report_id = c.report_id AND s.seen_at = c.seen_at
   AND s.part = 'sentences' AND s.item = c.item))"""
"""SQL: a row c of `changes` is a section whose changed sentences are rows of their own."""

MarkedPair = tuple[tuple[Segment, ...], tuple[Segment, ...]]
"""Two texts, each cut into segments; the segments that differ are marked."""


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A changed figure, as text."""

    part: str
    item: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangedPassage:
    """A changed passage before and after, with the characters that differ marked."""

    section: str
    old: tuple[Segment, ...]
    new: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """All changes of a report from one version to the next.

    `clock` is what was wrong with our clock when they were seen, None where nothing was.
    """

    report_id: str
    seen_at: str
    cells: tuple[ChangedCell, ...]
    passages: tuple[ChangedPassage, ...]
    clock: WrongClock | None = None


def load_changes(
    conn: sqlite3.Connection, report_id: str, budget: PageBudget, seen_at: str | None = None
) -> tuple[Change, ...]:
    """Return the changes of a report, the latest first, or those that were seen at one time.

    What is beyond the budget of the page is left out.
    """
    rows = conn.execute(
        f"{_marked_changes(conn)} WHERE c.report_id = :report"
        " AND (:seen_at IS NULL OR c.seen_at = :seen_at)"
        " ORDER BY c.seen_at DESC, c.part, c.item, c.field",
        {"report": report_id, "seen_at": seen_at},
    )
    return tuple(
        replace(change, clock=clock_at(conn, report_id, change.seen_at))
        for change in group_changes(budget.limit(rows, _length))
    )


def _marked_changes(conn: sqlite3.Connection) -> str:
    """Return the query of changes with the places that the build has marked in them.

    A publication of an older version has no such places.
    """
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'change_marks'").fetchone():
        return (
            "SELECT c.*, m.old_marks, m.new_marks FROM changes c"
            " LEFT JOIN change_marks m USING (report_id, seen_at, part, item, field)"
        )
    return "SELECT c.*, NULL AS old_marks, NULL AS new_marks FROM changes c"


def _length(row: Row) -> int:
    return len(row["old"] or "") + len(row["new"] or "")


def group_changes(rows: Iterable[Row]) -> Iterator[Change]:
    """Yield a change for each report and time. The rows of one must follow each other."""
    for (report_id, seen_at), group in groupby(rows, lambda r: (r["report_id"], r["seen_at"])):
        found = tuple(group)
        cells = (
            ChangedCell(r["part"], r["item"], r["field"], r["old"] or "", r["new"] or "")
            for r in found
            if r["part"] not in PROSE
        )
        yield Change(str(report_id), str(seen_at), tuple(cells), tuple(_passages(found)))


def _passages(rows: tuple[Row, ...]) -> Iterator[ChangedPassage]:
    """Yield changed sentences, and whole sections without such sentences."""
    steps = Steps(PAGE_STEPS)
    by_sentence = {row["item"] for row in rows if row["part"] == "sentences"}
    for row in sorted(rows, key=lambda row: (row["item"], row["part"], row["field"])):
        is_section = row["part"] == "sections" and (
            row["field"] != "text" or row["item"] not in by_sentence
        )
        if is_section or row["part"] == "sentences":
            yield ChangedPassage(str(row["item"]), *_marked(row, steps))


def _marked(row: Row, steps: Steps) -> MarkedPair:
    old, new = row["old"] or "", row["new"] or ""
    if row["old_marks"] is None:
        return mark_changes(old, new, steps)
    return (
        _segments(old, decode_ranges(row["old_marks"], len(old))),
        _segments(new, decode_ranges(row["new_marks"], len(new))),
    )


def mark_changes(
    old: str, new: str, steps: Steps | None = None, longest: int = MAX_LENGTH
) -> MarkedPair:
    """Return both texts with their differences marked. Long or dissimilar ones are marked whole.

    So are those that would take more steps than are left. Pages need this only for texts that the
    build has not marked.
    """
    ranges = differing_ranges(old, new, Steps(PAGE_STEPS) if steps is None else steps, longest)
    return _segments(old, ranges[0]), _segments(new, ranges[1])


def _segments(text: str, ranges: Ranges) -> tuple[Segment, ...]:
    """Return a text cut at the ends of the ranges, with the ranges as hits."""
    found, at = [], 0
    for start, end in ranges:
        found += [Segment(text[at:start], hit=False), Segment(text[start:end], hit=True)]
        at = end
    found.append(Segment(text[at:], hit=False))
    return tuple(segment for segment in found if segment.text)
