"""The reports that have a phrase of Chinese characters and digits, found by what stands side by side in it.

The search index has a token for each character. It looks for a phrase in every report that has its
characters, and nearly every report has those of 工信局. The tokens of `gram_index` are the grams of a text: each
two characters that are side by side; each three or four with a digit among them, for numbers are made of few
characters; and four digits with what follows, such as 2023年. Those of a length stand in the order of the text,
so that a phrase is found where its grams follow each other, and only reports with the rarest of them are
looked into. Single characters are noted once for a report, and so are its division and those above, for a phrase
that stands everywhere is often looked for in one of them.

What is side by side is so in the search index too, whose tokens are read: no gram reaches from one section
into the next. Characters beyond the basic plane of Unicode are in no gram. The index is a contentless FTS5
table with the rowids of the reports.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from gongkai.archive.rollups.chains import has_rollup, load_chains
from gongkai.archive.store import search
from gongkai.archive.store.search import IndexQuery, index_query
from gongkai.archive.store.search_question import Phrase, parse
from gongkai.archive.store.tokenizer import stands_alone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TABLE = "gram_index"

VERSION = "2"
"""Changes with what a gram is; the grams of another version are not asked."""

_VERSIONS = f"{TABLE}_version"

_SINGLE, _PAIR, _WITH_DIGIT, _NUMBER = 1, 2, (3, 4), 5
"""Lengths of grams: of any characters, of those with a digit among them, of four digits with what follows."""

_LENGTHS = (_SINGLE, _PAIR, *_WITH_DIGIT, _NUMBER)
_DIGITS = frozenset("0123456789")
_FIRST_ODD, _LAST_ODD, _LAST = 0xD800, 0xE001, 0xFFFF
"""Characters in no gram: the tokens between sections with what is before them, and those after the last."""

_GAP = 0xE000
"""Stands between grams that do not follow each other, as many times as they have characters."""

_PLACE = "\ue010"
"""Begins the token of a division (private use). In a text it is no token."""

_INSERT = f"INSERT INTO {TABLE} (rowid, grams) VALUES (?, ?)"
_DELETE = f"INSERT INTO {TABLE} ({TABLE}, rowid, grams) VALUES ('delete', ?, ?)"


def create_text_indexes(conn: sqlite3.Connection) -> None:
    """Create the search index and that of grams from each text, which is read once."""
    conn.execute(
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5"
        "(grams, content='', columnsize=0, tokenize='ascii')"
    )
    search.set_fill_memory(conn, TABLE, search.FILLED_AT_ONCE)
    chains = load_chains(conn)
    search.rebuild_index(
        conn, lambda entries: conn.executemany(_INSERT, _rows(conn, entries, chains))
    )
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
    conn.executemany(_INSERT, _rows_now(conn, rows))


def remove_grams(conn: sqlite3.Connection, rows: Sequence[int]) -> None:
    """Remove reports from the index, before their rows change."""
    conn.executemany(_DELETE, _rows_now(conn, rows))


def fastest_query(conn: sqlite3.Connection, question: str, region: str = "") -> IndexQuery:
    """Return what is asked for a question: the index of grams if it can tell, else the search index.

    Reports that do not lie in `region` are passed over where the index can tell that.
    """
    grams = gram_query(question, region) if has_grams(conn) else None
    return grams or index_query(question)


@lru_cache(maxsize=64)
def gram_query(question: str, region: str = "") -> IndexQuery | None:
    """Return what the index of grams is asked for a question, of a region or, with "", of all.

    None means that it cannot tell: the question has Latin words, characters beyond the basic plane, or
    nothing that must be there.
    """
    asked = parse(question)
    groups = [[_expression(phrase) for phrase in group] for group in asked.groups]
    unwanted = [_expression(phrase) for phrase in asked.excluded]
    if not groups or not all((*chain(*groups), *unwanted)):
        return None
    wanted = [f"({' OR '.join(group)})" for group in groups]
    if region:
        wanted.insert(0, f'"{_PLACE}{region}"')
    expression = " AND ".join(wanted)
    if unwanted:
        expression = f"({expression}) NOT ({' OR '.join(unwanted)})"
    return IndexQuery(TABLE, expression, is_in_region=bool(region))


def _expression(phrase: Phrase) -> str:
    """Return a phrase as grams of one length, the longest possible, for FTS5; "" where it has others in it."""
    written = "".join(phrase)
    if not all(map(stands_alone, written)):
        return ""  # a part of a Latin word would be found too
    for length in reversed(_LENGTHS if len(written) == _SINGLE else _LENGTHS[1:]):
        starts = range(len(written) - length + 1)
        grams = [written[start : start + length] for start in starts]
        if grams and all(map(_is_gram, grams)):
            return f'"{" ".join(grams)}"'
    return ""


def _is_gram(characters: str) -> bool:
    """Return whether some characters, side by side, are a gram."""
    if any(_FIRST_ODD <= ord(each) <= _LAST_ODD or ord(each) > _LAST for each in characters):
        return False
    length = len(characters)
    if length == _NUMBER:
        return _DIGITS.issuperset(characters[:-1])
    return length in (_SINGLE, _PAIR) or not _DIGITS.isdisjoint(characters)


def _rows_now(conn: sqlite3.Connection, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    return _rows(conn, list(search.entries(conn, rows)), load_chains(conn))


def _rows(
    conn: sqlite3.Connection, entries: Sequence[search.Entry], chains: Mapping[str, Sequence[str]]
) -> Iterator[tuple[int, str]]:
    """Yield the rows of some reports; `chains` has each division with those above it."""
    found = conn.execute(
        "SELECT r.rowid, coalesce(a.region_code, '') FROM json_each(?) j"
        " CROSS JOIN reports r CROSS JOIN agencies a WHERE r.rowid = j.value AND a.id = r.agency_id",
        [json.dumps([entry[0] for entry in entries])],
    )
    regions = dict(map(tuple, found))
    for entry in entries:
        text = search.running_text(entry).replace(" ", "")
        region = regions[entry[0]]
        places = (f"{_PLACE}{code}" for code in chains.get(region, (region,) if region else ()))
        yield entry[0], " ".join((*places, *_grams(text)))


def _grams(text: str) -> Iterator[str]:
    """Yield the grams of a text of tokens, those of a length joined by spaces."""
    import numpy as np  # late: slow to import, and few commands need it

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    fits = ((codes < _FIRST_ODD) | (codes > _LAST_ODD)) & (codes <= _LAST)
    is_digit = (codes >= ord("0")) & (codes <= ord("9"))
    yield _spaced(np.unique(codes[fits])[:, None])
    for length in _LENGTHS[1:]:
        places = max(0, len(codes) - length + 1)
        starts = _all_of(fits, length, places)
        if length in _WITH_DIGIT:
            starts &= ~_all_of(~is_digit, length, places)
        elif length == _NUMBER:
            starts &= _all_of(is_digit, length - 1, places)
        yield _spaced(_in_order(codes, np.flatnonzero(starts), length))


def _all_of(marks: NDArray[np.bool_], length: int, places: int) -> NDArray[np.bool_]:
    """Return for each place whether so many marks from there on are all set."""
    found = marks[:places].copy()
    for step in range(1, length):
        found &= marks[step : step + places]
    return found


def _in_order(
    codes: NDArray[np.uint32], starts: NDArray[np.intp], length: int
) -> NDArray[np.uint32]:
    """Return the grams that start at some places as rows, with gaps where one does not follow another."""
    import numpy as np

    grams = codes[starts[:, None] + np.arange(length)]
    return np.insert(grams, np.flatnonzero(np.diff(starts) > 1) + 1, _GAP, axis=0)


def _spaced(grams: NDArray[np.uint32]) -> str:
    """Return rows of characters as a text, with spaces between."""
    import numpy as np

    spaced = np.full((grams.shape[0], grams.shape[1] + 1), ord(" "), np.uint16)
    spaced[:, :-1] = grams
    return spaced.tobytes().decode("utf-16-le")
