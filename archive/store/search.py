"""The search index and the queries for it.

`search_index` is a contentless FTS5 table with a row per report (its rowid is that of `reports`)
and the columns title, agency and text. It holds tokens made by `gongkai.archive.store.tokenizer`; the
`ascii` tokenizer leaves those as they are. It must never become an external-content table: its
`rebuild` would tokenize the raw text, and search would find nothing without an error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from gongkai.archive.store.hit_marks import Segment, has_hit, mark, snippet, spans
from gongkai.archive.store.search_question import Phrase, parse
from gongkai.archive.store.tokenizer import texts_of_tokens, tokens

INDEX = "search_index"
VERSION = "2"
"""Changes with `gongkai.archive.store.tokenizer`; an index of another version is created again."""

SEARCHED_CHARACTERS = 20_000
SEARCHED_SECTIONS = 50
"""How much of a report is looked through for the passage that a list of hits shows."""

_BOUNDARY = " \ue000 "
"""A token between sections (private use), so that no phrase crosses them."""

_REPORTS_AT_ONCE = 10
FILLED_AT_ONCE, FILLED_BY_DEFAULT = 16 << 20, 1 << 20
"""Bytes of new tokens in memory while a whole index is filled, and the default of SQLite: what is written
seldom has to be merged less often."""

_INSERT = f"INSERT INTO {INDEX}(rowid, title, agency, text) VALUES (?, ?, ?, ?)"

_EVERY = "\ue001"
"""A token that each report has and no question: FTS5 excludes only from something."""

Entry = tuple[int, str, str, str]
"""The rowid of a report and the tokens of its title, its agency and its sections, spaces between them."""


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """A question as an FTS5 table is asked it: the name of the table, and an expression.

    `is_in_region` means that the table itself leaves out what does not lie in the region that was chosen.
    """

    index: str
    expression: str
    is_in_region: bool = False


def index_query(question: str) -> IndexQuery:
    """Return what the search index is asked for a question."""
    return IndexQuery(INDEX, match_query(question))


def match_query(question: str) -> str:
    """Return an FTS5 expression for what a person typed, see `search_question`.

    The expression is valid whatever is typed; that of an empty question matches nothing.
    """
    asked = parse(question)
    groups = [_any_of(group) for group in asked.groups]
    if not asked.excluded:
        return " AND ".join(groups) or '""'
    wanted = " AND ".join(groups) or _quoted((_EVERY,))
    return f"({wanted}) NOT {_any_of(asked.excluded)}"


def _any_of(phrases: Sequence[Phrase]) -> str:
    joined = " OR ".join(map(_quoted, phrases))
    return f"({joined})" if len(phrases) > 1 else joined


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'


def create_index(conn: sqlite3.Connection) -> None:
    """Create an empty index table in place of the old one."""
    conn.execute(f"DROP TABLE IF EXISTS {INDEX}")
    conn.execute(
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, agency, text, content='', tokenize='ascii')"
    )
    conn.execute(f"CREATE TABLE IF NOT EXISTS {INDEX}_version (version TEXT PRIMARY KEY)")
    conn.execute(f"DELETE FROM {INDEX}_version")
    conn.execute(f"INSERT INTO {INDEX}_version VALUES (?)", [VERSION])


def is_current(conn: sqlite3.Connection) -> bool:
    """Return whether there is an index, made by this version of the tokenizer."""
    names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    if not {INDEX, f"{INDEX}_version"} <= names:
        return False
    return conn.execute(f"SELECT version FROM {INDEX}_version").fetchall() == [(VERSION,)]


def rebuild_index(
    conn: sqlite3.Connection, also: Callable[[Sequence[Entry]], object] | None = None
) -> int:
    """Create the index again from all reports; return their number. The caller commits.

    `also` is given the entries, some at a time, so that another index need not read the texts again.
    """
    create_index(conn)
    set_fill_memory(conn, INDEX, FILLED_AT_ONCE)
    found = conn.execute("SELECT rowid FROM reports ORDER BY rowid")
    count = 0
    while rows := [row for (row,) in found.fetchmany(_REPORTS_AT_ONCE)]:
        found_entries = list(_entries(conn, rows))
        conn.executemany(_INSERT, found_entries)
        if also:
            also(found_entries)
        count += len(rows)
    set_fill_memory(conn, INDEX, FILLED_BY_DEFAULT)
    return count


def set_fill_memory(conn: sqlite3.Connection, index: str, hashsize: int) -> None:
    """Set how many bytes of new tokens an FTS5 index holds in memory before it writes them."""
    conn.execute(f"INSERT INTO {index}({index}, rank) VALUES ('hashsize', ?)", [hashsize])


def add(conn: sqlite3.Connection, row: int) -> None:
    """Put one report into the index as the tables have it now."""
    conn.execute(_INSERT, _entry(conn, row))


def remove(conn: sqlite3.Connection, row: int) -> None:
    """Remove one report from the index, before its rows change.

    A contentless table deletes a row only when it is given the same text again, so this must run in
    the same transaction as the change itself.
    """
    conn.execute(
        f"INSERT INTO {INDEX}({INDEX}, rowid, title, agency, text) VALUES ('delete', ?, ?, ?, ?)",
        _entry(conn, row),
    )


def entries(conn: sqlite3.Connection, rows: Sequence[int]) -> Iterator[Entry]:
    """Yield the entries of some reports as the tables have them now, in the given order."""
    for start in range(0, len(rows), _REPORTS_AT_ONCE):
        yield from _entries(conn, rows[start : start + _REPORTS_AT_ONCE])


def running_text(entry: Entry) -> str:
    """Return the tokens of an entry, with one between title, agency and sections that no question has."""
    return _BOUNDARY.join(entry[1:])


def _entry(conn: sqlite3.Connection, row: int) -> Entry:
    title, agency, sections = _texts(conn, row)
    text = _BOUNDARY.join(" ".join(tokens(section)) for section in sections)
    return row, " ".join((*tokens(title), _EVERY)), " ".join(tokens(agency)), text


def _entries(conn: sqlite3.Connection, rows: Sequence[int]) -> Iterator[Entry]:
    """Yield what `_entry` returns of many reports; between tokens more spaces may stand."""
    read = [_texts(conn, row) for row in rows]
    texts = [text for title, agency, sections in read for text in (title, agency, *sections)]
    tokenized = iter(texts_of_tokens(texts))
    for row, (_, _, sections) in zip(rows, read, strict=True):
        title, agency = next(tokenized), next(tokenized)
        text = _BOUNDARY.join(islice(tokenized, len(sections)))
        yield row, f"{title} {_EVERY}", agency, text


def _texts(conn: sqlite3.Connection, row: int) -> tuple[str, str, list[str]]:
    """Return what is searched of a report: its title, its agency with the region, its sections."""
    title, agency, report = conn.execute(
        "SELECT r.title, a.name || ' ' || coalesce(g.full_name, ''), r.id FROM reports r"
        " JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code"
        " WHERE r.rowid = ?",
        [row],
    ).fetchone()
    sections = conn.execute(
        "SELECT heading || char(10) || text FROM sections WHERE report_id = ?"
        " ORDER BY number, rowid",
        [report],
    )
    return title, agency, [text for (text,) in sections]


IN_REGION = """a.region_code IN (
  WITH RECURSIVE below(code) AS (
    SELECT :region UNION SELECT g.code FROM regions g JOIN below b ON g.parent_code = b.code)
  SELECT code FROM below)"""
"""SQL: the agency a belongs to the region :region or to a division below it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A report that was found, with a passage that has the hit."""

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


def scores(conn: sqlite3.Connection, question: str) -> list[tuple[int, float]]:
    """Return (rowid, score) of all reports that match; a lower score is better."""
    return conn.execute(
        f"SELECT rowid, bm25({INDEX}, 10, 5, 1) FROM {INDEX} WHERE {INDEX} MATCH ?",
        [match_query(question)],
    ).fetchall()


def matching(conn: sqlite3.Connection, question: str) -> list[int]:
    """Return the rowids of the reports that match, without scores."""
    found = conn.execute(
        f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH ?", [match_query(question)]
    )
    return [row for (row,) in found]


def latest_matching(
    conn: sqlite3.Connection, query: IndexQuery, first: int = 0, last: int = 1 << 62
) -> Iterator[int]:
    """Yield the rowids of the reports that match between two rowids, the highest first, one by one.

    A publication numbers reports by date: whoever stops early has read the latest.
    """
    found = conn.execute(
        f"SELECT rowid FROM {query.index} WHERE {query.index} MATCH ? AND rowid BETWEEN ? AND ?"
        " ORDER BY rowid DESC",
        [query.expression, first, last],
    )
    return (row for (row,) in found)


def matching_among(conn: sqlite3.Connection, query: IndexQuery, rows: Sequence[int]) -> list[int]:
    """Return those of some rowids whose reports match, in the given order. Each is looked up by itself.

    The index goes on from a report that does not match to the next that does, however far that is: what
    lies between is not looked up again.
    """
    found: set[int] = set()
    next_match = -1
    for row in sorted(rows):
        if row > next_match:
            met = conn.execute(
                f"SELECT rowid FROM {query.index} WHERE {query.index} MATCH ? AND rowid >= ?"
                " ORDER BY rowid LIMIT 1",
                [query.expression, row],
            ).fetchone()
            if met is None:
                break
            next_match = met[0]
        if row == next_match:
            found.add(row)
    return [row for row in rows if row in found]


def hits(conn: sqlite3.Connection, rows: Sequence[int], question: str) -> tuple[Hit, ...]:
    """Return the reports with these rowids, in their order, each with a passage that has the hit.

    Without a question the passage is the beginning of the report.
    """
    marks = ", ".join("?" * len(rows))
    found = conn.execute(
        "SELECT r.rowid, r.id, r.title, a.name, coalesce(g.full_name, ''), r.year, r.published_on,"
        " r.checks_failed FROM reports r JOIN agencies a ON a.id = r.agency_id"
        f" LEFT JOIN regions g ON g.code = a.region_code WHERE r.rowid IN ({marks})",
        list(rows),
    )
    by_rowid = {row[0]: Hit(*tuple(row)[1:], **_passage(conn, row[1], question)) for row in found}
    return tuple(by_rowid[row] for row in rows if row in by_rowid)


def _passage(conn: sqlite3.Connection, report: str, question: str) -> dict[str, Any]:
    """Return heading and marked snippet of the section that shows the hit best.

    That is the first with a hit in its text, else the first with one in its heading (or across
    both, as the index has them side by side), else the first of all.
    """
    found = conn.execute(
        f"SELECT heading, substr(text, 1, {SEARCHED_CHARACTERS}) FROM sections"
        f" WHERE report_id = ? ORDER BY number, rowid LIMIT {SEARCHED_SECTIONS}",
        [report],
    )
    sections: list[tuple[str, str]] = []
    for heading, text in found:
        if has_hit(text, question):
            return _shown_passage(heading, text, question)
        sections.append((heading, text))
    in_both = (section for section in sections if has_hit("\n".join(section), question))
    return _shown_passage(*next(in_both, sections[0] if sections else ("", "")), question)


def _shown_passage(heading: str, text: str, question: str) -> dict[str, Any]:
    return {"heading": heading, "passage": tuple(snippet(" ".join(text.split()), question))}


__all__ = [
    "INDEX",
    "IN_REGION",
    "Entry",
    "Hit",
    "IndexQuery",
    "Results",
    "Segment",
    "add",
    "create_index",
    "entries",
    "hits",
    "index_query",
    "is_current",
    "latest_matching",
    "mark",
    "match_query",
    "matching",
    "matching_among",
    "rebuild_index",
    "remove",
    "running_text",
    "scores",
    "snippet",
    "spans",
    "tokens",
]
