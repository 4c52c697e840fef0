"""The reports a search found, as a table for a spreadsheet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gongkai.publish.facets.bitmaps import Facets
from gongkai.publish.http.csv_response import MOST
from gongkai.publish.pages.lists.search_page import Question, found, known
from gongkai.publish.wording.codes import word
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.template_names import web

COLUMNS = (
    *("report_id", "title", "agency", "region", "year", "published_on", "status", "checks_failed"),
    *("requests_new", "requests_handled", "granted", "granted_partly", "refused", "unavailable"),
    *("rejected", "reviews", "suits", "url"),
)
AT_ONCE = 500


def rows(
    conn: sqlite3.Connection, facets: Facets, question: Question, lang: str
) -> Iterator[list[object]]:
    """Yield the header in words and a row per report found, in the order asked for."""
    known(facets, question)
    labels = tables()["report_summary"].fields
    yield [labels[name].title(lang) for name in COLUMNS]
    _, wanted = found(conn, facets, question, MOST)
    for start in range(0, len(wanted), AT_ONCE):
        yield from _some(conn, wanted[start : start + AT_ONCE], lang)


def _some(conn: sqlite3.Connection, wanted: list[int], lang: str) -> Iterator[list[object]]:
    marks = ", ".join("?" * len(wanted))
    ids = dict(conn.execute(f"select rowid, id from reports where rowid in ({marks})", wanted))
    told = {
        row["report_id"]: row
        for row in conn.execute(
            f"select {', '.join(COLUMNS)} from report_summary where report_id in ({marks})",
            list(ids.values()),
        )
    }
    for rowid in wanted:
        row = dict(told[ids[rowid]])
        yield [
            *(
                row | {"status": word("status", row["status"], lang), "url": web(row["url"])}
            ).values()
        ]
