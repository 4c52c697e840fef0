"""The agency and year of a document: by its own text first, then by the article it is attached to."""

from __future__ import annotations

import sqlite3
import string
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from gongkai.archive.store import work_queue
from gongkai.archive.store.database import transaction
from gongkai.archive.store.ids import agency_id, report_id
from gongkai.archive.store.reading_cache import decode
from gongkai.archive.workers.process_pool import EncodedReading, Task
from gongkai.crawler.warc.trust import IMPORTS
from gongkai.extract.chinese.agencies import names_only_a_place
from gongkai.extract.chinese.divisions import is_nested
from gongkai.extract.model.report import EXTRACTOR, Report


def link_address(url: str) -> str:
    """Return an address without scheme and fragment, as the key that links and fetches share.

    A link may have Chinese characters and spaces where the request had them percent-encoded.

    >>> link_address("https://www.nxyn.gov.cn/a/P01.pdf#page=2")
    'www.nxyn.gov.cn/a/P01.pdf'
    >>> link_address("https://www.nxyn.gov.cn/a/附件 1.pdf")
    'www.nxyn.gov.cn/a/%E9%99%84%E4%BB%B6%201.pdf'
    """
    return quote(urldefrag(url).url.partition("://")[2], safe=string.punctuation)


def store_reading(conn: sqlite3.Connection, task: Task, kept: EncodedReading) -> None:
    """Store one reading and enqueue what has to be computed again because of it."""
    with transaction(conn):
        conn.execute(
            "INSERT OR REPLACE INTO readings(digest, url, address, extractor, region_code, facts,"
            " media_type, title, outcome, why, rank, fingerprint, reading, report_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " (SELECT report_id FROM readings WHERE digest = ? AND url = ?))",
            [
                task.digest,
                task.url,
                link_address(task.url),
                EXTRACTOR,
                task.source.site_region,
                task.facts,
                kept.media_type,
                kept.title,
                kept.outcome,
                kept.why,
                kept.rank,
                kept.fingerprint,
                kept.reading,
                task.digest,
                task.url,
            ],
        )
        for (old,) in conn.execute(
            "DELETE FROM attachments WHERE article = ? AND digest = ? RETURNING address",
            [task.url, task.digest],
        ).fetchall():
            work_queue.enqueue(conn, "address", old)
        for link in _addresses(task.url, kept.attachments):
            conn.execute("INSERT INTO attachments VALUES (?, ?, ?)", [link, task.url, task.digest])
        work_queue.enqueue(conn, "url", task.url)
        work_queue.enqueue(conn, "digest", task.digest)


def _addresses(article: str, links: Iterable[str]) -> Iterator[str]:
    found: dict[str, None] = {}
    for link in links:
        try:
            found[link_address(urljoin(article, link.strip()))] = None
        except ValueError:
            continue  # not a valid address (http://[…): nothing was fetched from it
    return filter(None, found)  # a javascript: link becomes ""


def attribute_readings(conn: sqlite3.Connection) -> None:
    """Attribute every reading that may have changed, and enqueue the reports concerned."""
    with transaction(conn):
        conn.execute(
            "INSERT OR IGNORE INTO pending SELECT 'address', a.address FROM attachments a"
            " JOIN pending p ON p.kind = 'url' AND p.key = a.article"
        )
        conn.execute(
            "INSERT OR IGNORE INTO pending SELECT 'url', r.url FROM readings r"
            " JOIN pending p ON p.kind = 'address' AND p.key = r.address"
        )
        conn.execute(
            "INSERT OR IGNORE INTO pending SELECT 'url', r.url FROM readings r"
            " JOIN pending p ON p.kind = 'url' AND p.key = json_extract(r.facts, '$.article')"
            " WHERE r.facts <> ''"
        )
        for url in work_queue.queued(conn, "url"):
            for (digest,) in conn.execute(
                "SELECT digest FROM readings WHERE url = ? ORDER BY digest", [url]
            ).fetchall():
                _attribute(conn, digest, url)
        conn.execute("DELETE FROM pending WHERE kind IN ('url', 'address')")


def is_unattributed(conn: sqlite3.Connection, digest: str, url: str) -> bool:
    """Return whether a reading is a report whose agency or year is unknown."""
    return bool(
        conn.execute(
            "SELECT 1 FROM readings WHERE digest = ? AND url = ? AND rank IS NOT NULL"
            " AND report_id IS NULL",
            [digest, url],
        ).fetchone()
    )


def _attribute(conn: sqlite3.Connection, digest: str, url: str) -> None:
    before = conn.execute(
        "SELECT report_id FROM readings WHERE digest = ? AND url = ?", [digest, url]
    ).fetchone()[0]
    article = _article(conn, url)
    report = with_article_metadata(conn, digest, url, article)
    after = None
    if report and report.agency and report.year:
        site = _site_of(conn, article[0] if article else url)
        agency = agency_id(report.agency.name, report.agency.region_code, site)
        after = report_id(agency, report.year)
    conn.execute(
        "UPDATE readings SET report_id = ?, article = ?, article_digest = ?, published_on = ?"
        " WHERE digest = ? AND url = ?",
        [after, *(article or (None, None)), report.published_on if report else None, digest, url],
    )
    work_queue.enqueue(conn, "digest", digest)
    for name in (before, after):
        if name:
            work_queue.enqueue(conn, "report", name)


def _site_of(conn: sqlite3.Connection, url: str) -> str:
    """Return the portal of an address: that of the first fetch of ours, else of the first of others.

    What an operator added belongs to the host that it was on.
    """
    (site,) = conn.execute(
        f"""SELECT site FROM snapshots WHERE url = ? AND digest IS NOT NULL
            ORDER BY site = ?, warc GLOB '{IMPORTS}/*', seen_at, warc, offset LIMIT 1""",
        [url, work_queue.ADDED],
    ).fetchone()
    host = urlsplit(url).hostname if site == work_queue.ADDED else ""
    return host or str(site)


def _article(conn: sqlite3.Connection, url: str) -> tuple[str, str] | None:
    """Return address and digest of the last fetch of the article that a document is attached to."""
    row: tuple[str, str] | None = conn.execute(
        "SELECT a.article, a.digest FROM attachments a"
        " JOIN readings r ON r.url = a.article AND r.digest = a.digest AND r.rank IS NOT NULL"
        " JOIN snapshots s ON s.url = a.article AND s.digest = a.digest"
        " WHERE a.address = ? AND a.article <> ?"
        " ORDER BY s.seen_at DESC, s.warc DESC, s.offset DESC LIMIT 1",
        [link_address(url), url],
    ).fetchone()
    return row or _stated_article(conn, url)


def _stated_article(conn: sqlite3.Connection, url: str) -> tuple[str, str] | None:
    """Return the last version of the page with which an operator added a document, if it is known."""
    row: tuple[str, str] | None = conn.execute(
        "SELECT p.url, p.digest FROM readings r"
        " JOIN readings p ON p.url = json_extract(r.facts, '$.article') AND p.rank IS NOT NULL"
        " JOIN snapshots s ON s.url = p.url AND s.digest = p.digest"
        " WHERE r.url = ? AND r.facts LIKE '%\"article\"%' AND p.url <> r.url"
        " ORDER BY s.seen_at DESC, s.warc DESC, s.offset DESC LIMIT 1",
        [url],
    ).fetchone()
    return row


def with_article_metadata(
    conn: sqlite3.Connection, digest: str, url: str, article: tuple[str, str] | None
) -> Report | None:
    """Return the report in a document, its missing metadata taken from its article."""
    report = _report(conn, digest, url)
    of_article = _report(conn, article[1], article[0]) if article else None
    if report is None or of_article is None:
        return report
    agency = report.agency
    if of_article.agency and (agency is None or _is_place_of(report, of_article)):
        agency = of_article.agency
    return replace(
        report,
        agency=agency,
        year=report.year or of_article.year,
        published_on=report.published_on or of_article.published_on,
        title=report.title or of_article.title,
    )


def _is_place_of(report: Report, of_article: Report) -> bool:
    """Return whether an attachment names only the place of the agency whose article has it."""
    if report.agency is None or of_article.agency is None or not names_only_a_place(report.title):
        return False
    return is_nested(report.agency.region_code, of_article.agency.region_code)


def _report(conn: sqlite3.Connection, digest: str, url: str) -> Report | None:
    row = conn.execute(
        "SELECT reading FROM readings WHERE digest = ? AND url = ?", [digest, url]
    ).fetchone()
    return decode(row[0]).report
