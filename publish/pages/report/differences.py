"""Changes of a report after it was first seen: figures, headings and sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from gongkai.archive.store.search import Segment
from gongkai.publish.datasette_types import Row

PROSE = ("sections", "sentences")
REPEATED = """(c.part = 'sections' AND c.field = 'text' AND EXISTS (
  SELECT 1 FROM changes s WHERE s.report_id = c.report_id AND s.seen_at = c.seen_at
   AND s.part = 'sentences' AND s.item = c.item))"""
"""SQL: a row c of `changes` is a section whose changed sentences are rows of their own."""

MIN_SIMILARITY = 0.5
"""Less similar passages are marked as a whole."""

MAX_LENGTH = 400
"""Longer passages, in characters, are marked as a whole."""

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
    """All changes of a report from one version to the next."""

    report_id: str
    seen_at: str
    cells: tuple[ChangedCell, ...]
    passages: tuple[ChangedPassage, ...]


def load_changes(conn: sqlite3.Connection, report_id: str) -> tuple[Change, ...]:
    """Return the changes of a report, the latest first."""
    rows = conn.execute(
        "SELECT * FROM changes WHERE report_id = ? ORDER BY seen_at DESC, part, item, field",
        (report_id,),
    )
    return tuple(group_changes(rows))


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
    by_sentence = {row["item"] for row in rows if row["part"] == "sentences"}
    for row in sorted(rows, key=lambda row: (row["item"], row["part"], row["field"])):
        is_section = row["part"] == "sections" and (
            row["field"] != "text" or row["item"] not in by_sentence
        )
        if is_section or row["part"] == "sentences":
            old, new = mark_changes(row["old"] or "", row["new"] or "")
            yield ChangedPassage(str(row["item"]), old, new)


def mark_changes(old: str, new: str) -> MarkedPair:
    """Return both texts with their differences marked. Long or dissimilar ones are marked whole."""
    if (
        not (old and new)
        or max(len(old), len(new)) > MAX_LENGTH
        or SequenceMatcher(None, old, new, autojunk=False).ratio() < MIN_SIMILARITY
    ):
        return tuple(_segments(old, True)), tuple(_segments(new, True))
    return mark_differences(old, new)


def mark_differences(old: str, new: str) -> MarkedPair:
    """Return both texts with their differences marked, however many there are."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    before: list[Segment] = []
    after: list[Segment] = []
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before += _segments(old[old_start:old_end], kind != "equal")
        after += _segments(new[new_start:new_end], kind != "equal")
    return tuple(before), tuple(after)


def _segments(text: str, differs: bool) -> list[Segment]:
    return [Segment(text, hit=differs)] if text else []
