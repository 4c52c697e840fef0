"""The reports that a search finds, as rows for CSV, each with the sentence that has the hit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence

from gongkai.archive.store.search import Hit, Segment, hits, mark
from gongkai.catalogue import Language, text
from gongkai.publish.facets.bitmaps import Facets
from gongkai.publish.http.csv_stream import LIST_LINES
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.lists.search_hits import find_reports
from gongkai.publish.pages.lists.search_page import check_values, question_of
from gongkai.publish.pages.lists.search_query import SearchQuery
from gongkai.publish.wording.codes import code_label
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.formatting import web_url

COLUMNS = (
    *("report_id", "title", "agency", "region", "year", "published_on", "status", "checks_failed"),
    *("requests_new", "requests_handled", "granted", "granted_partly", "refused", "unavailable"),
    *("rejected", "reviews", "suits", "url"),
)
BATCH_SIZE = 50
OPEN, CLOSE = "【", "】"
"""Around the words that were found: a file has no other way to mark them."""


def search_rows(
    conn: sqlite3.Connection,
    facets: Facets,
    query: SearchQuery,
    lang: Language,
    address: Callable[[str], str],
) -> Iterator[list[object]]:
    """Yield a header in words and a row for each report, in the order that was asked for.

    Where words were searched for, a row has a passage with them. `address` gives the address of a
    path of the site.

    Raises:
        BadValue: A chosen value is invalid.
    """
    check_values(facets, query)
    labels = tables()["report_summary"].fields
    passage = [text(lang, "csv_passage")] if query.text else []
    yield [*(labels[name].title(lang) for name in COLUMNS), *passage, text(lang, "csv_link")]
    question = question_of(conn, query).text
    most = LIST_LINES + 1
    found = find_reports(conn, facets, query, question, most, most).rows
    for start in range(0, len(found), BATCH_SIZE):
        batch = found[start : start + BATCH_SIZE]
        passages = (
            {hit.report_id: passage_of(hit, question) for hit in hits(conn, batch, question)}
            if query.text
            else {}
        )
        for row in _load_batch(conn, batch, lang):
            report = str(row[0])
            link = address(f"/report/{path_segment(report)}")
            yield [*row, *([passages.get(report, "")] if query.text else ()), link]


def passage_of(hit: Hit, question: str) -> str:
    """Return the passage of a hit with what was searched for in brackets.

    Where that is in the heading of a section alone, the heading stands in front.
    """
    if any(each.hit for each in hit.passage):
        return _bracketed(hit.passage)
    heading = _bracketed(mark(hit.heading, question))
    return " ".join(part for part in (heading, _bracketed(hit.passage)) if part)


def _bracketed(segments: Iterable[Segment]) -> str:
    return "".join(f"{OPEN}{each.text}{CLOSE}" if each.hit else each.text for each in segments)


def _load_batch(
    conn: sqlite3.Connection, rowids: Sequence[int], lang: Language
) -> Iterator[list[object]]:
    marks = ", ".join("?" * len(rowids))
    ids = dict(conn.execute(f"SELECT rowid, id FROM reports WHERE rowid IN ({marks})", rowids))
    summaries = {
        row["report_id"]: dict(row)
        for row in conn.execute(
            f"SELECT {', '.join(COLUMNS)} FROM report_summary WHERE report_id IN ({marks})",
            list(ids.values()),
        )
    }
    for rowid in rowids:
        summary = summaries[ids[rowid]]
        summary |= {
            "status": code_label("status", summary["status"], lang),
            "url": web_url(summary["url"]),
        }
        yield list(summary.values())
