"""Documents from disk: read first, then kept as originals with what the operator states."""

from __future__ import annotations

import mimetypes
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.reading_cache import decode
from gongkai.archive.workers.file_readings import read_content, readable_name
from gongkai.archive.workers.process_pool import Task, read_all
from gongkai.catalogue import stored_message
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Snapshot
from gongkai.crawler.warc.store import Snapshots
from gongkai.extract.model.report import Reading, Report, Source
from gongkai.messages import Message, message


@dataclass(frozen=True, slots=True)
class Overrides:
    """What an operator states of a document; it wins over what the document says."""

    url: str = ""
    agency: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A page from disk whose annexes are added with it: its address, its links, its report."""

    url: str
    links: tuple[str, ...]
    report: Report


def store_file(
    originals: Snapshots,
    file: Path,
    stated: Overrides,
    sites: Sequence[Site],
    article: Article | None = None,
) -> tuple[Snapshot, Article]:
    """Keep a file as an original; return its snapshot, and what its own annexes need to know.

    A file that is an annex of an `article` is kept at the address where the article links it. It
    need not name its agency and year.

    Raises:
        ArchiveError: there is no such file, it is not an annual report, or its agency or year is
            unknown; then it is not kept.
    """
    body = read_content(file)
    if stated.url and urlsplit(stated.url).scheme not in ("http", "https"):
        raise ArchiveError("url_invalid", url=stated.url)
    name = readable_name(file.name)
    url = stated.url or f"file:///{sha256(body).hexdigest()[:16]}/{quote(name)}"
    facts = _facts(name, stated, sites)
    if article is not None:
        url = _annex_address(article, name)
        facts["article"] = article.url
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    source = Source(url, media_type, name, facts.get("region", ""), stated.agency, stated.year)
    reading = _read(body, source)
    report = _check(file, reading, article.report if article else None)
    snapshot = originals.write_resource(url, body, media_type, facts=facts)
    return snapshot, Article(url, reading.attachments, report)


def _annex_address(article: Article, name: str) -> str:
    """Return the address at which an article links a file of this name, or may have linked it."""
    for link in article.links:
        address = urljoin(article.url, link.strip())
        if unquote(urlsplit(address).path).rpartition("/")[2].lower() == name.lower():
            return address
    alike = [link for link in article.links if _suffix(link) == _suffix(name)]
    if len(alike) == 1:
        return urljoin(article.url, alike[0].strip())
    return urljoin(article.url, quote(name))


def _suffix(name: str) -> str:
    return Path(urlsplit(name).path).suffix.lower()


def _facts(name: str, stated: Overrides, sites: Sequence[Site]) -> dict[str, str]:
    """Return the known facts that are kept beside the file."""
    host = (urlsplit(stated.url).hostname or "").lower()
    region = next((site.region_code for site in sites if host in site.all_hosts), "")
    facts = {
        "filename": name,
        "agency": stated.agency,
        "year": str(stated.year or ""),
        "region": region,
    }
    return {name: value for name, value in facts.items() if value}


def _read(body: bytes, source: Source) -> Reading:
    found = list(read_all([Task("", source.url, body, source)], workers=1))
    return decode(found[0][1].reading)


def _check(file: Path, reading: Reading, of_article: Report | None) -> Report:
    """Return the report in a file. Agency and year may be those of the article it belongs to."""
    report = reading.report
    if report is None:
        raise ArchiveError(
            "file_not_a_report",
            path=readable_name(file),
            outcome=message(f"code.outcome.{reading.outcome}"),
            why=stored_message(reading.why),
        )
    if report.agency is None and of_article is None:
        raise ArchiveError("file_without_agency", path=readable_name(file))
    if report.year is None and of_article is None:
        raise ArchiveError("file_without_year", path=readable_name(file))
    return report


def describe_result(conn: sqlite3.Connection, snapshot: Snapshot) -> Message:
    """Return which report a kept file is, as the archive has it."""
    row = conn.execute(
        "SELECT r.id, r.status, r.checks_failed FROM readings d JOIN reports r ON r.id = d.report_id"
        " WHERE d.digest = ? AND d.url = ?",
        [snapshot.digest, snapshot.url],
    ).fetchone()
    if row is None:
        return message("file_not_loaded")
    report_id, status, failed = row
    checks = message("failed_checks_counted", n=failed)
    return message("file_loaded", report=report_id, status=status, checks=checks)
