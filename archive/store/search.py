"""The search index and the questions put to it.

`search_index` is a contentless FTS5 table with a row per report (its rowid is that of `reports`)
and the columns title, agency and text. It holds tokens made by `gongkai.archive.store.tokenizer`; the `ascii`
tokenizer leaves those as they are. It must never be made an external-content table: its `rebuild`
would tokenize the raw text and search would find nothing, without a word.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gongkai.archive.store.tokenizer import Segment, mark, phrases, snippet, spans, tokens

INDEX = "search_index"
VERSION = "1"
"""Changes with `gongkai.archive.store.tokenizer`; an index of another version is made again."""

_BOUNDARY = " \ue000 "
"""Stands between sections as a token of its own (private use), so that no phrase crosses them."""

Sort = Literal["relevance", "date"]


def match_query(question: str) -> str:
    """Return an FTS5 expression for what a person typed: all words and "phrases" must be there.

    Never a syntax error, whatever is typed; an empty question matches nothing.
    """
    return " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases(question)) or '""'


def create_index(conn: sqlite3.Connection) -> None:
    """Make the index table, empty, in place of what is there."""
    conn.execute(f"DROP TABLE IF EXISTS {INDEX}")
    conn.execute(
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, agency, text, content='', tokenize='ascii')"
    )
    conn.execute(f"CREATE TABLE IF NOT EXISTS {INDEX}_version (version TEXT PRIMARY KEY)")
    conn.execute(f"DELETE FROM {INDEX}_version")
    conn.execute(f"INSERT INTO {INDEX}_version VALUES (?)", [VERSION])


def is_current(conn: sqlite3.Connection) -> bool:
    """Say whether the index is there and was made by this version of the tokens."""
    names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    if not {INDEX, f"{INDEX}_version"} <= names:
        return False
    return conn.execute(f"SELECT version FROM {INDEX}_version").fetchall() == [(VERSION,)]


def rebuild_index(conn: sqlite3.Connection) -> int:
    """Make the index anew from the reports; return how many it has. The caller commits."""
    create_index(conn)
    rows = [row for (row,) in conn.execute("SELECT rowid FROM reports ORDER BY rowid")]
    for row in rows:
        add(conn, row)
    return len(rows)


def add(conn: sqlite3.Connection, row: int) -> None:
    """Put one report into the index as the tables have it now."""
    conn.execute(
        f"INSERT INTO {INDEX}(rowid, title, agency, text) VALUES (?, ?, ?, ?)", _entry(conn, row)
    )


def remove(conn: sqlite3.Connection, row: int) -> None:
    """Take one report out of the index, before its rows change.

    A contentless table forgets a row only when told exactly what it was given, so this must run
    in the same transaction as the change itself.
    """
    conn.execute(
        f"INSERT INTO {INDEX}({INDEX}, rowid, title, agency, text) VALUES ('delete', ?, ?, ?, ?)",
        _entry(conn, row),
    )


def _entry(conn: sqlite3.Connection, row: int) -> tuple[int, str, str, str]:
    title, agency, report = conn.execute(
        "SELECT r.title, a.name || ' ' || coalesce(g.full_name, ''), r.id FROM reports r"
        " JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code"
        " WHERE r.rowid = ?",
        [row],
    ).fetchone()
    texts = conn.execute(
        "SELECT heading || char(10) || text FROM sections WHERE report_id = ?"
        " ORDER BY number, rowid",
        [report],
    )
    text = _BOUNDARY.join(" ".join(tokens(text)) for (text,) in texts)
    return row, " ".join(tokens(title)), " ".join(tokens(agency)), text


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to. A region includes the divisions below it."""

    region: str = ""
    year: int | None = None
    kind: str = ""
    sector: str = ""
    form: str = ""
    status: str = ""
    failed: bool = False

    def conditions(self) -> Iterator[tuple[str, dict[str, str | int]]]:
        """Yield SQL conditions on reports r and agencies a, with their parameters."""
        for column in ("a.kind", "a.sector", "r.form", "r.status", "r.year"):
            name = column[2:]
            if value := getattr(self, name):
                yield f"{column} = :{name}", {name: value}
        if self.region:
            yield (
                "a.region_code IN (WITH RECURSIVE below(code) AS (SELECT :region"
                " UNION SELECT g.code FROM regions g JOIN below b ON g.parent_code = b.code)"
                " SELECT code FROM below)",
                {"region": self.region},
            )
        if self.failed:
            yield "r.checks_failed > 0", {}


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """One report found, with the passage that shows why."""

    report_id: str
    title: str
    agency: str
    region: str
    year: int
    published_on: str | None
    checks_failed: int
    heading: str
    passage: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, and how many there are in all."""

    total: int
    hits: tuple[Hit, ...] = field(default=())


_FROM = f"""
FROM {INDEX} JOIN reports r ON r.rowid = {INDEX}.rowid JOIN agencies a ON a.id = r.agency_id
LEFT JOIN regions g ON g.code = a.region_code WHERE {INDEX} MATCH :match"""
_COUNT = f"SELECT count(*) FROM {INDEX} WHERE {INDEX} MATCH :match"
_ORDER = {
    "relevance": f"bm25({INDEX}, 10, 5, 1), r.published_on DESC, r.year DESC, r.id",
    "date": "r.published_on DESC, r.year DESC, r.id",
}


def search(
    conn: sqlite3.Connection,
    question: str,
    filters: Filters = EVERYTHING,
    *,
    sort: Sort = "relevance",
    limit: int = 20,
    offset: int = 0,
) -> Results:
    """Return the reports that hold every word and phrase of the question.

    :param conn: an archive, opened for reading
    :param sort: best match first, or latest published first
    """
    where = _FROM
    parameters: dict[str, str | int] = {"match": match_query(question)}
    for condition, values in filters.conditions():
        where, parameters = f"{where} AND {condition}", parameters | values
    counted = _COUNT if filters == EVERYTHING else f"SELECT count(*) {where}"
    (total,) = conn.execute(counted, parameters).fetchone()
    rows = conn.execute(
        "SELECT r.id, r.title, a.name, coalesce(g.full_name, ''), r.year, r.published_on,"
        f" r.checks_failed {where} ORDER BY {_ORDER[sort]} LIMIT :limit OFFSET :offset",
        parameters | {"limit": limit, "offset": offset},
    ).fetchall()
    found = (Hit(*row, **_passage(conn, row[0], question)) for row in rows)
    return Results(total, tuple(found))


def scores(conn: sqlite3.Connection, question: str) -> list[tuple[int, float]]:
    """Return (rowid of the report, score) of all that match; the lower, the better."""
    return conn.execute(
        f"SELECT rowid, bm25({INDEX}, 10, 5, 1) FROM {INDEX} WHERE {INDEX} MATCH ?",
        [match_query(question)],
    ).fetchall()


def matching(conn: sqlite3.Connection, question: str) -> list[int]:
    """Return the rowids of the reports that match, without weighing them."""
    found = conn.execute(
        f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH ?", [match_query(question)]
    )
    return [row for (row,) in found]


def hits(conn: sqlite3.Connection, rows: Sequence[int], question: str) -> tuple[Hit, ...]:
    """Return the reports with these rowids, in their order, each with the passage that shows why.

    Without a question the passage is the beginning of the report.
    """
    marks = ", ".join("?" * len(rows))
    found = conn.execute(
        "SELECT r.rowid, r.id, r.title, a.name, coalesce(g.full_name, ''), r.year, r.published_on,"
        " r.checks_failed FROM reports r JOIN agencies a ON a.id = r.agency_id"
        f" LEFT JOIN regions g ON g.code = a.region_code WHERE r.rowid IN ({marks})",
        list(rows),
    )
    told = {row[0]: Hit(*tuple(row)[1:], **_passage(conn, row[1], question)) for row in found}
    return tuple(told[row] for row in rows if row in told)


def _passage(conn: sqlite3.Connection, report: str, question: str) -> dict[str, Any]:
    """Return heading and marked snippet of the section that shows the hit best.

    That is the first with a hit in its text, else the first with one in its heading (or across
    both, as the index has them side by side), else the first of all.
    """
    sections = conn.execute(
        "SELECT heading, text FROM sections WHERE report_id = ? ORDER BY number, rowid", [report]
    ).fetchall()
    in_text = (section for section in sections if spans(section[1], question))
    in_both = (section for section in sections if spans("\n".join(section), question))
    heading, text = next(in_text, None) or next(in_both, sections[0] if sections else ("", ""))
    return {"heading": heading, "passage": tuple(snippet(" ".join(text.split()), question))}


__all__ = [
    "INDEX",
    "Filters",
    "Hit",
    "Results",
    "Segment",
    "add",
    "create_index",
    "hits",
    "is_current",
    "mark",
    "match_query",
    "matching",
    "rebuild_index",
    "remove",
    "scores",
    "search",
    "snippet",
    "spans",
    "tokens",
]
