"""What was changed in a report after it was first seen: figures, headings and sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from gongkai.archive.store.search import Segment

PROSE = ("sections", "sentences")
REPEATED = """(c.part = 'sections' and c.field = 'text' and exists (
  select 1 from changes s where s.report_id = c.report_id and s.seen_at = c.seen_at
   and s.part = 'sentences' and s.item = c.item))"""
"""SQL that says of a row c of `changes` that its section is told by sentence too."""

ALIKE = 0.5
"""Passages less alike than this have nothing in common that would be worth showing."""

LONGEST = 400
"""Characters of a passage that is compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure that was changed."""

    part: str
    item: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was changed, as (before, after) with the letters that differ marked."""

    section: str
    old: tuple[Segment, ...]
    new: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """All that was changed in a report from one version to the next."""

    report_id: str
    seen_at: str
    cells: tuple[Cell, ...]
    passages: tuple[Passage, ...]


def of_report(conn: sqlite3.Connection, report_id: str) -> tuple[Change, ...]:
    """Return the changes of a report, the latest first."""
    rows = conn.execute(
        "select * from changes where report_id = ? order by seen_at desc, part, item, field",
        (report_id,),
    )
    return tuple(changes(rows))


def changes(rows: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    """Yield the changes of rows of `changes`, which stand together by report and time."""
    for (report_id, seen_at), group in groupby(rows, lambda r: (r["report_id"], r["seen_at"])):
        found = tuple(group)
        cells = (
            Cell(r["part"], r["item"], r["field"], r["old"] or "", r["new"] or "")
            for r in found
            if r["part"] not in PROSE
        )
        yield Change(str(report_id), str(seen_at), tuple(cells), tuple(_passages(found)))


def _passages(rows: tuple[Mapping[str, Any], ...]) -> Iterator[Passage]:
    """Yield changed sentences; a whole section only where its sentences are not told."""
    told = {row["item"] for row in rows if row["part"] == "sentences"}
    for row in sorted(rows, key=lambda row: (row["item"], row["part"], row["field"])):
        whole = row["part"] == "sections" and (row["field"] != "text" or row["item"] not in told)
        if whole or row["part"] == "sentences":
            old, new = compared(row["old"] or "", row["new"] or "")
            yield Passage(str(row["item"]), old, new)


def compared(old: str, new: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Return both texts cut where they differ; a long one is marked whole."""
    if not (old and new) or max(len(old), len(new)) > LONGEST:
        return tuple(_piece(old, True)), tuple(_piece(new, True))
    if SequenceMatcher(None, old, new, autojunk=False).ratio() < ALIKE:
        return tuple(_piece(old, True)), tuple(_piece(new, True))
    return apart(old, new)


def apart(old: str, new: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Return both texts cut where they differ, however much that is."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    before: list[Segment] = []
    after: list[Segment] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        before += _piece(old[i:j], kind != "equal")
        after += _piece(new[k:m], kind != "equal")
    return tuple(before), tuple(after)


def _piece(text: str, differs: bool) -> list[Segment]:
    return [Segment(text, hit=differs)] if text else []
