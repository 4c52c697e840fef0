"""The version of a publication: no two that differ share one."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from importlib.metadata import version as version_of

from gongkai.archive.publication import stata
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.renewal.content_digests import has_digests, load_digests, overall_digest
from gongkai.archive.store.work_queue import distinct_values
from gongkai.clock import china_day

_DIGEST_CHARS = 8
_HAS_REPORTS = """
SELECT 1 FROM documents d JOIN reports r ON r.digest = d.digest WHERE d.extractor = ? LIMIT 1
"""


def last_fetch(conn: sqlite3.Connection) -> str:
    """Return the time of the last fetch, UTC, "" where nothing was fetched."""
    return str(conn.execute("SELECT coalesce(max(last_seen), '') FROM snapshots").fetchone()[0])


def extractor_version(conn: sqlite3.Connection) -> str:
    """Return the version of the extractor that read the reports; several are joined by a hyphen."""
    versions = distinct_values(conn, "documents", "extractor", "extractor > ''")
    return "-".join(
        version for version in versions if conn.execute(_HAS_REPORTS, [version]).fetchone()
    )


def publication_version(conn: sqlite3.Connection, digest: str = "") -> str:
    """Return the version of a public file: day of the last fetch, extractor, beginning of its digest.

    The digest is that of its content. `digest` is the SHA-256 of the file in hexadecimal, for one of an
    earlier version that has no digests of its content. An example is 2026.06.02+x5.1a2b3c4d.
    """
    if has_digests(conn):
        digest = overall_digest(load_digests(conn).listed())
    day = china_day(last_fetch(conn)).replace("-", ".") or "0"
    return f"{day}+x{extractor_version(conn) or '0'}.{digest[:_DIGEST_CHARS]}"


def library_versions() -> Mapping[str, str]:
    """Return the versions on which the bytes of compressed and binary files depend."""
    found = {"sqlite": sqlite3.sqlite_version, "zlib": zlib.ZLIB_RUNTIME_VERSION}
    optional = {"pyarrow": parquet_part.is_installed(), "pandas": stata.is_installed()}
    for name in ("XlsxWriter", *(name for name, is_installed in optional.items() if is_installed)):
        found[name.lower()] = version_of(name)
    return found
