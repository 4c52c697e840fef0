"""The rows of a made-up country, written in bulk: what the loader would write, without its questions.

Of a report that was found at one address, in one version, every answer is known before. Reading, attribution
and loading are replaced; whatever else a build does (snapshots, runs, duties, names, checks across reports) is
done by the build itself. `test_made_country` compares the archive with one that the loader made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

from gongkai.archive.checks.concerned import EVERYTHING
from gongkai.archive.pipeline import builder
from gongkai.archive.pipeline.attribution import link_address
from gongkai.archive.pipeline.report_rows import content_rows
from gongkai.archive.store import search, work_queue
from gongkai.archive.store.database import transaction
from gongkai.archive.store.ids import agency_id, report_id
from gongkai.archive.store.reading_cache import encode, fingerprint, rank
from gongkai.archive.store.tokenizer import tokens
from gongkai.extract.model.report import EXTRACTOR, Reading, Report
from tests.benchmarks.made_reports import (
    MadeReport,
    handled_of,
    made_report,
    reading_of,
    tables_of,
)

Row = tuple[object, ...]
AT_ONCE = 2_000
"""Reports in one transaction."""

CACHE_KILOBYTES = 250_000
"""For indexes by digests, whose rows lie all over the file."""

_REPORT = (
    "INSERT INTO reports(id, agency_id, year, form, title, published_on, url, digest, status, first_seen,"
    " last_seen, checks_failed, covers, covers_sentence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)"
)
_READING = (
    "INSERT INTO readings(digest, url, address, extractor, region_code, facts, media_type, title,"
    " outcome, why, rank, fingerprint, reading, report_id, published_on)"
    " VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, '', ?, ?, ?, ?, ?)"
)
_AGENCY = (
    "INSERT OR IGNORE INTO agencies(id, name, region_code, level, kind, sector, lineage_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


@contextmanager
def writing_in_bulk() -> Iterator[None]:
    """Let builds write made-up reports in bulk inside the block."""
    with (
        patch.multiple(
            builder,
            _read=_write_all,
            attribute_readings=_leave,
            describe_documents=_leave,
            _load=_leave,
        ),
        patch.object(search, "tokens", _tokens),
    ):
        yield


def _leave(*_: object) -> None:
    """Do nothing: it is done."""


def _write_all(
    conn: sqlite3.Connection, job: builder.BuildJob, built: builder.BuildResult
) -> list[tuple[str, str]]:
    """Write the reports of all documents that are unread, in the order in which they are loaded."""
    unread = {
        _number(url): (digest, url)
        for digest, url in conn.execute("SELECT digest, url FROM unread")
    }
    order = sorted((_id(made_report(number)), number) for number in unread)
    conn.execute(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")
    for start in range(0, len(order), AT_ONCE):
        with transaction(conn):
            for key, number in order[start : start + AT_ONCE]:
                _write(conn, key, made_report(number), *unread[number])
    with transaction(conn):
        conn.execute("UPDATE snapshots SET outcome = 'report'")
        conn.execute("DELETE FROM unread")
        conn.execute("DELETE FROM pending WHERE kind IN ('url', 'digest', 'address', 'report')")
        work_queue.enqueue(conn, work_queue.DUTIES, "")
        work_queue.enqueue(conn, "across", EVERYTHING)
    built.reports["new"] += len(order)
    return list(unread.values())


def _number(url: str) -> int:
    return int(url.rpartition("/")[2].removesuffix(".html"))


def _id(made: MadeReport) -> str:
    agency = made.agency
    return report_id(agency_id(agency.name, agency.region_code), made.year)


def _write(conn: sqlite3.Connection, key: str, made: MadeReport, digest: str, url: str) -> None:
    """Write all rows of one report but those of checks across reports."""
    reading = reading_of(made)
    report, agency = reading.report, made.agency
    if report is None:
        raise LookupError(url)
    owner = agency_id(agency.name, agency.region_code)
    seen = conn.execute(
        "SELECT min(seen_at), max(max(seen_at, last_seen)) FROM snapshots WHERE url = ?", [url]
    ).fetchone()
    conn.execute(
        "UPDATE documents SET title = ?, outcome = 'report', extractor = ? WHERE digest = ?",
        [reading.title, EXTRACTOR, digest],
    )
    conn.execute(_READING, _reading_row(key, made, reading, digest, url))
    conn.execute(
        _AGENCY,
        [owner, agency.name, agency.region_code, agency.level, agency.kind, agency.sector, owner],
    )
    told = (report.form, report.title, report.published_on, url, digest, report.status, *seen)
    conn.execute(_REPORT, [key, owner, report.year, *told, report.covers, report.covers_sentence])
    conn.execute("INSERT INTO revisions VALUES (?, ?, ?, ?, ?, 1)", [key, digest, url, *seen])
    for table, rows in {**_rows_of(handled_of(made)), "sections": _sections(report)}.items():
        marks = ", ".join("?" * (1 + len(rows[0])))
        conn.executemany(f"INSERT INTO {table} VALUES ({marks})", [(key, *row) for row in rows])
    row = conn.execute("SELECT rowid FROM reports WHERE id = ?", [key]).fetchone()
    search.add(conn, row[0])


@lru_cache(maxsize=100)
def _rows_of(handled: int) -> dict[str, list[Row]]:
    """Return the rows of the tables of reports with so many requests, without the id of a report."""
    report = Report("", 2024, "2021", "", None, "complete", (), tables_of(handled))
    found = {table: rows for table, rows in content_rows("", report).items() if rows}
    return {table: [row[1:] for row in rows] for table, rows in found.items()}


def _reading_row(key: str, made: MadeReport, reading: Reading, digest: str, url: str) -> Row:
    report = reading.report
    if report is None:
        raise LookupError(url)
    return (
        *(digest, url, link_address(url), EXTRACTOR, made.region.code),
        *(reading.media_type, reading.title, reading.outcome),
        *(rank(report), fingerprint(report), encode(reading), key, report.published_on),
    )


def _sections(report: Report) -> list[Row]:
    return [(s.number, s.heading, s.text, place) for place, s in enumerate(report.sections, 1)]


def _tokens(text: str) -> list[str]:
    """Return the tokens of a text; those of a sentence that many reports have are made once."""
    return [token for sentence in text.split("。") for token in _tokens_of(sentence)]


@lru_cache(maxsize=20_000)
def _tokens_of(sentence: str) -> list[str]:
    return tokens(sentence)
