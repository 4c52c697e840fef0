"""The passages a report shares with an earlier one, side by side, with what differs marked."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.archive.store.search import Segment
from gongkai.publish.pages.report.differences import apart

SHOWN = 500
"""Characters of a passage that are shown; the table has all of it."""


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier report, and the passages as (here, there)."""

    id: str
    title: str
    passages: tuple[tuple[tuple[Segment, ...], tuple[Segment, ...]], ...]


def of_report(conn: sqlite3.Connection, report_id: str) -> Mapping[str, Twin]:
    """Return the twins of a report by their ids; none where the archive has no such table."""
    if not conn.execute("select 1 from sqlite_master where name = 'twin_passages'").fetchone():
        return {}
    found: dict[str, Twin] = {}
    for row in conn.execute(
        "select p.*, r.title from twin_passages p join reports r on r.id = p.twin_id"
        " where p.report_id = ? order by p.twin_id, p.number",
        (report_id,),
    ):
        twin = found.get(row["twin_id"]) or Twin(row["twin_id"], row["title"], ())
        pair = apart(_cut(row["passage"]), _cut(row["twin_passage"]))
        found[twin.id] = Twin(twin.id, twin.title, (*twin.passages, pair))
    return found


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
