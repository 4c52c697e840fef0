"""The reports that a search finds, as rows for CSV."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from gongkai.catalogue import Language
from gongkai.publish.facets.bitmaps import Facets
from gongkai.publish.http.csv_response import MAX_ROWS
from gongkai.publish.pages.lists.search_page import SearchQuery, check_values, find_reports
from gongkai.publish.wording.codes import code_label
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.formatting import web_url

COLUMNS = (
    *("report_id", "title", "agency", "region", "year", "published_on", "status", "checks_failed"),
    *("requests_new", "requests_handled", "granted", "granted_partly", "refused", "unavailable"),
    *("rejected", "reviews", "suits", "url"),
)
BATCH_SIZE = 500


def search_rows(
    conn: sqlite3.Connection, facets: Facets, query: SearchQuery, lang: Language
) -> Iterator[list[object]]:
    """Yield a header in words and a row for each report, in the order that was asked for.

    Raises:
        BadValue: A chosen value is invalid.
    """
    check_values(facets, query)
    labels = tables()["report_summary"].fields
    yield [labels[name].title(lang) for name in COLUMNS]
    _, found = find_reports(conn, facets, query, MAX_ROWS)
    for start in range(0, len(found), BATCH_SIZE):
        yield from _load_batch(conn, found[start : start + BATCH_SIZE], lang)


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
