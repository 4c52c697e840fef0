"""The reports that have some characters side by side: those in which a phrase can stand at all.

The search index looks for a phrase in every report that has its characters, and nearly every report has
those of 工信局. `gram_index` is a contentless FTS5 table with the rowids of the reports, which notes only
that a report has a gram: each character, each two that are side by side, each three or four with a digit
among them, for numbers are made of few characters, and four digits with what follows, such as 2023年. A phrase
that is a gram itself is found by it; a longer one can stand only where all its grams do.

What is side by side is so in the search index too, whose tokens are read: no gram reaches from one section
into the next. Characters beyond the basic plane of Unicode are in no gram.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.store import search
from gongkai.archive.store.search_question import Phrase, parse
from gongkai.archive.store.tokenizer import stands_alone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TABLE = "gram_index"

VERSION = "1"
"""Changes with what a gram is; the grams of another version are not asked."""

_VERSIONS = f"{TABLE}_version"

_PLAIN, _WITH_DIGIT, _NUMBER = (1, 2), (3, 4), 5
"""Lengths of grams: of any characters, of those with a digit among them, of four digits with what follows."""

_LENGTHS = (*_PLAIN, *_WITH_DIGIT, _NUMBER)
_DIGITS = frozenset("0123456789")
_FIRST_ODD, _LAST_ODD, _LAST = 0xD800, 0xE001, 0xFFFF
"""Characters in no gram: the tokens between sections with what is before them, and those after the last."""

_MOST_CHARACTERS = 40
"""Characters of a phrase by whose grams it is looked for."""

_INSERT = f"INSERT INTO {TABLE} (rowid, grams) VALUES (?, ?)"
_DELETE = f"INSERT INTO {TABLE} ({TABLE}, rowid, grams) VALUES ('delete', ?, ?)"


@dataclass(frozen=True, slots=True)
class GramQuery:
    """An FTS5 expression for the reports in which a question can be answered.

    `is_exact` means that all of them match the question, otherwise some may not.
    """

    expression: str
    is_exact: bool


def create_text_indexes(conn: sqlite3.Connection) -> None:
    """Create the search index and that of grams from each text, which is read once."""
    conn.execute(
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5"
        "(grams, content='', columnsize=0, detail='none', tokenize='ascii')"
    )
    search.set_fill_memory(conn, TABLE, search.FILLED_AT_ONCE)
    search.rebuild_index(conn, lambda entries: conn.executemany(_INSERT, map(_row, entries)))
    search.set_fill_memory(conn, TABLE, search.FILLED_BY_DEFAULT)
    conn.execute(f"CREATE TABLE IF NOT EXISTS {_VERSIONS} (version TEXT PRIMARY KEY)")
    conn.execute(f"DELETE FROM {_VERSIONS}")
    conn.execute(f"INSERT INTO {_VERSIONS} VALUES (?)", [VERSION])


def has_grams(conn: sqlite3.Connection) -> bool:
    """Return whether there is an index of grams of this version, about what the connection sees."""
    if not has_rollup(conn, _VERSIONS):
        return False
    return [tuple(row) for row in conn.execute(f"SELECT version FROM {_VERSIONS}")] == [(VERSION,)]


def add_grams(conn: sqlite3.Connection, rows: Sequence[int]) -> None:
    """Put reports into the index as the tables have them now."""
    conn.executemany(_INSERT, map(_row, search.entries(conn, rows)))


def remove_grams(conn: sqlite3.Connection, rows: Sequence[int]) -> None:
    """Remove reports from the index, before their rows change."""
    conn.executemany(_DELETE, map(_row, search.entries(conn, rows)))


def latest_with_grams(
    conn: sqlite3.Connection, query: GramQuery, first: int = 0, last: int = 1 << 62
) -> Iterator[int]:
    """Yield the rowids of the reports with the grams between two rowids, the highest first, one by one."""
    found = conn.execute(
        f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH ? AND rowid BETWEEN ? AND ?"
        " ORDER BY rowid DESC",
        [query.expression, first, last],
    )
    return (row for (row,) in found)


@lru_cache(maxsize=64)
def gram_query(question: str) -> GramQuery | None:
    """Return what a question asks of the index, None where its grams exclude no report.

    A phrase that must not be there is asked for only where a gram is all of it: where a report has the
    grams of another, the phrase may still be missing.
    """
    asked = parse(question)
    groups = [[_expression(phrase) for phrase in group] for group in asked.groups]
    wanted = [f"({' OR '.join(each)})" for each in groups if all(each)]
    if not wanted:
        return None
    unwanted = [_expression(phrase) for phrase in asked.excluded if _is_gram(phrase)]
    expression = " AND ".join(wanted)
    if unwanted:
        expression = f"({expression}) NOT ({' OR '.join(unwanted)})"
    return GramQuery(expression, all(map(_is_gram, (*asked.phrases, *asked.excluded))))


def _is_gram(phrase: Phrase) -> bool:
    """Return whether a phrase is one gram, and the gram nothing else: no part of a Latin word."""
    written = "".join(phrase)
    return all(map(stands_alone, written)) and _has_gram(written)


def _has_gram(characters: str) -> bool:
    """Return whether some characters, side by side, make a gram."""
    if any(_FIRST_ODD <= ord(each) <= _LAST_ODD or ord(each) > _LAST for each in characters):
        return False
    length = len(characters)
    if length == _NUMBER:
        return _DIGITS.issuperset(characters[:-1])
    return length in _PLAIN or (length in _WITH_DIGIT and not _DIGITS.isdisjoint(characters))


def _expression(phrase: Phrase) -> str:
    """Return an expression for the reports with the grams of a phrase, "" where it has none.

    Grams that are parts of longer ones are left out.
    """
    written = "".join(phrase)[:_MOST_CHARACTERS]
    taken: list[tuple[int, int]] = []
    for length in reversed(_LENGTHS):
        for start in range(len(written) - length + 1):
            end = start + length
            is_part = any(first <= start and end <= last for first, last in taken)
            if not is_part and _has_gram(written[start:end]):
                taken.append((start, end))
    grams = dict.fromkeys(written[start:end] for start, end in taken)
    joined = " AND ".join(f'"{gram}"' for gram in grams)
    return f"({joined})" if joined else ""


def _row(entry: search.Entry) -> tuple[int, str]:
    return entry[0], " ".join(_grams(search.running_text(entry).replace(" ", "")))


def _grams(text: str) -> Iterator[str]:
    """Yield the distinct grams of a text of tokens, those of a length joined by spaces."""
    import numpy as np  # late: slow to import, and few commands need it

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    fits = ((codes < _FIRST_ODD) | (codes > _LAST_ODD)) & (codes <= _LAST)
    is_digit = (codes >= ord("0")) & (codes <= ord("9"))
    for length in _LENGTHS:
        places = max(0, len(codes) - length + 1)
        starts = _all_of(fits, length, places)
        if length in _WITH_DIGIT:
            starts &= ~_all_of(~is_digit, length, places)
        elif length == _NUMBER:
            starts &= _all_of(is_digit, length - 1, places)
        found = np.flatnonzero(starts)
        if length in _PLAIN:
            yield _spaced(codes, found, length)
        else:
            yield " ".join(sorted({text[start : start + length] for start in found.tolist()}))


def _all_of(marks: NDArray[np.bool_], length: int, places: int) -> NDArray[np.bool_]:
    """Return for each place whether so many marks from there on are all set."""
    found = marks[:places].copy()
    for step in range(1, length):
        found &= marks[step : step + places]
    return found


def _spaced(codes: NDArray[np.uint32], starts: NDArray[np.intp], length: int) -> str:
    """Return the distinct grams of one or two characters that start at some places, with spaces between.

    A gram is one number, of sixteen bits a character: a set of strings would take ten times as long.
    """
    import numpy as np

    grams = np.zeros(len(starts), np.uint32)
    for step in range(length):
        grams = grams << np.uint32(16) | codes[starts + step]
    grams.sort()
    is_new = np.ones(len(grams), np.bool_)
    is_new[1:] = grams[1:] != grams[:-1]
    grams = grams[is_new]
    spaced = np.full((len(grams), length + 1), ord(" "), np.uint16)
    for step in range(length):
        spaced[:, step] = grams >> 16 * (length - 1 - step) & _LAST
    return spaced.tobytes().decode("utf-16-le")
