"""The search by reading every text, which the index is compared with."""

from __future__ import annotations

import sqlite3

from gongkai.archive.store.search_question import Phrase, parse
from gongkai.archive.store.tokenizer import tokens


def scan(conn: sqlite3.Connection, question: str) -> list[str]:
    """Find by reading every text: each phrase within a title, a name or one section.

    One phrase of each group must be there, and none that is excluded.
    """
    hits, asked = [], parse(question)
    rows = conn.execute(
        "SELECT r.id, a.name || ' ' || r.year, r.title, a.name || ' ' || g.full_name FROM reports r"
        " JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code"
    ).fetchall()
    for key, name, *texts in rows:
        sections = conn.execute(
            "SELECT heading || char(10) || text FROM sections WHERE report_id = ?", [key]
        )
        spaced = [f" {' '.join(tokens(text))} " for text in [*texts, *(s for (s,) in sections)]]
        wanted = all(any(_is_in(each, spaced) for each in group) for group in asked.groups)
        refused = any(_is_in(each, spaced) for each in asked.excluded)
        if (asked.groups or asked.excluded) and wanted and not refused:
            hits.append(name)
    return sorted(hits)


def _is_in(phrase: Phrase, texts: list[str]) -> bool:
    return any(f" {' '.join(phrase)} " in text for text in texts)
