"""Passages that a report shares with an earlier one, side by side, with differences marked."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from gongkai.archive.checks.differences import Steps
from gongkai.publish.pages.report.differences import PAGE_STEPS, MarkedPair, mark_changes

MAX_SHOWN = 500
"""Characters of a passage that the page shows. The table `twin_passages` has all of it."""


@dataclass(frozen=True, slots=True)
class SimilarReport:
    """An earlier report, and the shared passages as (in this report, in the earlier one)."""

    id: str
    title: str
    passages: tuple[MarkedPair, ...]


def load_similar_reports(conn: sqlite3.Connection, report_id: str) -> dict[str, SimilarReport]:
    """Return similar earlier reports by id, or {} if the archive is older than such passages."""
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'twin_passages'").fetchone():
        return {}
    found: dict[str, SimilarReport] = {}
    steps = Steps(PAGE_STEPS)
    for row in conn.execute(
        "SELECT p.*, r.title FROM twin_passages p JOIN reports r ON r.id = p.twin_id"
        " WHERE p.report_id = ? ORDER BY p.twin_id, p.number",
        (report_id,),
    ):
        id = row["twin_id"]
        earlier = found[id].passages if id in found else ()
        pair = mark_changes(
            _shorten(row["passage"]), _shorten(row["twin_passage"]), steps, MAX_SHOWN + 1
        )
        found[id] = SimilarReport(id, row["title"], (*earlier, pair))
    return found


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
