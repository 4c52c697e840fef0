"""The reports that a search finds, in the order that was asked for.

Of a frequent word no more than `MOST_HITS` reports are read, the latest: their number is then a least
number. What is found below this bound is all there is.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.rollups.facet_bits import TABLE as FACET_BITS
from gongkai.archive.rollups.gram_index import fastest_query
from gongkai.archive.rollups.materialised_views import BY_NUMBER
from gongkai.archive.store.search import (
    IndexQuery,
    latest_matching,
    matching_among,
    scores,
)
from gongkai.publish.facets.bitmaps import Facets, rows_in, to_bits
from gongkai.publish.pages.lists.fetched_reports import fetched_between
from gongkai.publish.pages.lists.passed_reports import MOST_RANKED, share_looked_into
from gongkai.publish.pages.lists.search_query import NUMBER_SORTS, SearchQuery

MOST_HITS = 10_000
"""Reports of a search that are counted and can be paged through."""

LOOKED_UP = 150
"""Reports that an index passes in the time in which it looks one up: 100 to 200 for a phrase that stands in
all of them, 300 for a pair of characters."""

MOST_LOOKED_UP = 5_000
"""Reports that are looked up one by one."""

_SUMMARY = "reports r JOIN report_summary s ON s.report_id = r.id"
_BY_NUMBER = """
SELECT r.rowid FROM {0}
ORDER BY s.{1} DESC NULLS LAST, r.published_on DESC, r.year DESC, r.id
"""


@dataclass(frozen=True, slots=True)
class FoundReports:
    """What a search found.

    `matched` are the bits of the reports with the words and dates, `rows` the first rowids that have the
    chosen values too. `is_cut` means that there are more reports than those of `matched`, which are then
    the latest. `is_frequent` means that several were found that are not ordered by relevance, because the words,
    or their characters, stand in too many reports; `matched` may have only reports with the chosen values then.
    """

    matched: int
    rows: list[int]
    is_cut: bool = False
    is_frequent: bool = False


def most_hits(conn: sqlite3.Connection) -> int | None:
    """Return how many hits are read. An archive that is no publication does not number reports by date."""
    return MOST_HITS if has_rollup(conn, FACET_BITS) else None


def find_reports(
    conn: sqlite3.Connection,
    facets: Facets,
    query: SearchQuery,
    question: str,
    limit: int,
    most: int | None = None,
) -> FoundReports:
    """Return the reports with the words, dates and chosen values, in the order that was asked for.

    `question` has the words that are searched for, `limit` is the number of rowids that are wanted,
    `most` the number of hits that are read, None for all.
    """
    size = facets.every.bit_length()
    mask = facets.mask(query.chosen)
    dated = dated_bits(conn, facets, query)
    is_cut = is_frequent = False
    matched = dated
    if query.text:
        found = find_latest(conn, facets, question, most)
        if most is not None:
            is_frequent = len(found) > most
            if is_frequent and mask & dated != facets.every:
                asked = fastest_query(conn, question, query.region)
                found = _find_within(conn, facets, asked, mask & dated, most)
            is_cut = len(found) > most
            found = found[:most]
        matched &= to_bits(found, size)
    narrowed = matched & mask
    has_several = narrowed.bit_count() > 1
    if has_several and query.text and most is not None:
        is_frequent = is_frequent or not _may_be_ranked(conn, question, size)
    if limit == 0:
        rows = []
    elif has_several and query.has_order and query.sort == "relevance" and not is_frequent:
        rows = _most_relevant(conn, facets, question, narrowed, limit)
    elif query.sort in NUMBER_SORTS:
        rows = _by_number(conn, facets, query.sort, narrowed, limit)
    else:
        rows = list(islice(rows_in(facets.latest, narrowed, size), limit))
    return FoundReports(matched, rows, is_cut, is_frequent and has_several)


def _may_be_ranked(conn: sqlite3.Connection, question: str, size: int) -> bool:
    """Return whether few enough reports have the characters of a question."""
    return size <= MOST_RANKED or size * share_looked_into(conn, question, size - 1) <= MOST_RANKED


def find_latest(
    conn: sqlite3.Connection, facets: Facets, question: str, most: int | None
) -> list[int]:
    """Return the latest rowids that match: one more than `most` where there are more."""
    falling = latest_matching(conn, fastest_query(conn, question))
    return list(falling) if most is None else _latest(facets, falling, most + 1)


def _find_within(
    conn: sqlite3.Connection, facets: Facets, asked: IndexQuery, wanted: int, most: int
) -> list[int]:
    """Return the latest rowids among some that match: looked up if they are few and far between, or passed."""
    size = facets.every.bit_length()
    first, last = (wanted & -wanted).bit_length() - 1, wanted.bit_length() - 1
    few = wanted.bit_count()
    is_sparse = few <= min(MOST_LOOKED_UP, most) and last - first > LOOKED_UP * few
    if is_sparse and not asked.is_in_region:
        return matching_among(conn, asked, list(rows_in(facets.latest, wanted, size)))
    passed = rows_in(latest_matching(conn, asked, first, last), wanted, size)
    return _latest(facets, passed, most + 1)


def _latest(facets: Facets, falling: Iterator[int], most: int) -> list[int]:
    """Return the latest of some rowids that come by their numbers, which are nearly in the order of dates.

    Of those that are in order, the first are the latest. A stray with a lower number than all of them is
    not among the latest either: it comes after a report that is in order and has a still lower number.
    """
    spare = min(len(facets.strays), most)
    rows = list(islice(falling, most + spare))
    return sorted(rows, key=facets.rank.__getitem__)[:most] if spare else rows


def _most_relevant(
    conn: sqlite3.Connection, facets: Facets, question: str, narrowed: int, limit: int
) -> list[int]:
    weights = dict(scores(conn, question))
    rank = facets.rank
    fitting = rows_in(weights, narrowed, facets.every.bit_length())
    best = nsmallest(limit, ((weights[row], rank[row], row) for row in fitting))
    return [row for _, _, row in best]


def _by_number(
    conn: sqlite3.Connection, facets: Facets, measure: str, narrowed: int, limit: int
) -> list[int]:
    """Return the first rowids by a number, the largest first."""
    size = facets.every.bit_length()
    ordered: Iterable[tuple[int]]
    if narrowed.bit_count() <= MOST_HITS:
        few = json.dumps(list(rows_in(facets.latest, narrowed, size)))
        ordered = conn.execute(
            _BY_NUMBER.format(
                f"json_each(?) j CROSS JOIN {_SUMMARY} WHERE r.rowid = j.value", measure
            ),
            [few],
        )
    elif has_rollup(conn, FACET_BITS):
        # its rows have the rowids of their reports, and the index has the order
        ordered = conn.execute(
            f"SELECT rowid FROM report_summary ORDER BY {BY_NUMBER.format(measure)}"
        )
    else:
        ordered = conn.execute(_BY_NUMBER.format(_SUMMARY, measure))
    return list(islice(rows_in((row for (row,) in ordered), narrowed, size), limit))


def dated_bits(conn: sqlite3.Connection, facets: Facets, query: SearchQuery) -> int:
    """Return the bits of the reports that were published and first fetched between the dates."""
    if not query.dates:
        return facets.every
    bits = _published_between(conn, facets, query.published_from, query.published_to)
    if query.fetched_from or query.fetched_to:
        bits &= fetched_between(conn, facets.every, query.fetched_from, query.fetched_to)
    return bits


def _published_between(conn: sqlite3.Connection, facets: Facets, first: str, last: str) -> int:
    """Return the bits of the reports published between two days, "" for no bound.

    The days are looked up in the order of all reports; with a bound, a report without a day is not among
    them.
    """
    if not (first or last):
        return facets.every

    def day(row: int) -> str:
        found = conn.execute("SELECT published_on FROM reports WHERE rowid = ?", [row]).fetchone()
        return str(found[0] or "")

    latest = facets.latest
    start = bisect_left(latest, True, key=lambda row: day(row) <= last) if last else 0
    end = bisect_left(latest, True, key=lambda row: day(row) < (first or "0"))
    return facets.between(start, end)
