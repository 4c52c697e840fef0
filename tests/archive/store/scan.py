"""The search by reading every text, which the index is compared with."""

from __future__ import annotations

import sqlite3

from gongkai.archive.store.tokenizer import phrases, tokens


def scan(conn: sqlite3.Connection, question: str) -> list[str]:
    """Find by reading every text: each phrase within a title, a name or one section."""
    hits = []
    rows = conn.execute(
        "SELECT r.id, a.name || ' ' || r.year, r.title, a.name || ' ' || g.full_name FROM reports r"
        " JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code"
    ).fetchall()
    for key, name, *texts in rows:
        sections = conn.execute(
            "SELECT heading || char(10) || text FROM sections WHERE report_id = ?", [key]
        )
        spaced = [f" {' '.join(tokens(text))} " for text in [*texts, *(s for (s,) in sections)]]
        asked = [f" {' '.join(phrase)} " for phrase in phrases(question)]
        if asked and all(any(phrase in text for text in spaced) for phrase in asked):
            hits.append(name)
    return sorted(hits)
