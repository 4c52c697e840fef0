"""Documents from disk: looked at first, then kept as originals with what the operator states."""

from __future__ import annotations

import mimetypes
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.reading_cache import decode
from gongkai.archive.workers.process_pool import Task, read_all
from gongkai.catalogue import stored_text
from gongkai.extract.model.report import Reading, Source

LARGEST = 64 << 20
"""Bytes; the limit of the crawl."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What an operator states of a document; it wins over what the document says."""

    url: str = ""
    agency: str = ""
    year: int | None = None


def keep_file(originals: Any, file: Path, stated: Overrides, sites: Sequence[Any]) -> Any:
    """Keep a file as an original and return its snapshot; a file that is no report is not kept.

    :raises ArchiveError: when there is no such file, or it is no report, or nobody's
    """
    body = _bytes(file)
    if stated.url and urlsplit(stated.url).scheme not in ("http", "https"):
        raise ArchiveError(
            f"{stated.url}: 不是网址 not an address; it begins with http:// or https://"
        )
    url = stated.url or f"file:///{sha256(body).hexdigest()[:16]}/{quote(file.name)}"
    facts = _facts(file, stated, sites)
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    source = Source(url, media_type, file.name, facts.get("region", ""), stated.agency, stated.year)
    _check(file, _read(body, source))
    return originals.write_resource(url, body, media_type, facts=facts)


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise ArchiveError(f"{file}: 文件过大 too large, over {LARGEST >> 20} MB")
        return file.read_bytes()
    except FileNotFoundError as problem:
        raise ArchiveError(f"{file}: 文件不存在 no such file") from problem
    except OSError as problem:
        raise ArchiveError(f"{file}: 无法读取 cannot be read: {problem.strerror}") from problem


def _facts(file: Path, stated: Overrides, sites: Sequence[Any]) -> dict[str, str]:
    """Return what is kept beside the file: only what is known."""
    host = (urlsplit(stated.url).hostname or "").lower()
    region = next((site.region_code for site in sites if host in site.all_hosts), "")
    facts = {
        "filename": file.name,
        "agency": stated.agency,
        "year": str(stated.year or ""),
        "region": region,
    }
    return {name: value for name, value in facts.items() if value}


def _read(body: bytes, source: Source) -> Reading:
    ((_, kept),) = read_all([Task("", source.url, body, source)], workers=1)
    return decode(kept.reading)


def _check(file: Path, reading: Reading) -> None:
    report = reading.report
    if report is None:
        raise ArchiveError(
            f"{file}: 不是年度报告 not an annual report ({reading.outcome}):"
            f" {stored_text('zh', reading.why)}"
        )
    if report.agency is None:
        raise ArchiveError(f"{file}: 机关不明 agency unknown; name it with --agency")
    if report.year is None:
        raise ArchiveError(f"{file}: 年度不明 year unknown; name it with --year")


def outcome(conn: sqlite3.Connection, snapshot: Any) -> str:
    """Say in a line which report a kept file is."""
    row = conn.execute(
        "SELECT r.id, r.status, r.checks_failed FROM readings d JOIN reports r ON r.id = d.report_id"
        " WHERE d.digest = ? AND d.url = ?",
        [snapshot.digest, snapshot.url],
    ).fetchone()
    return (
        f"{row[0]} · {row[1]} · {row[2]} 项核对未通过 checks failed" if row else "未载入 not loaded"
    )
