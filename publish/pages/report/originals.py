"""Kept copies: which snapshot holds a document's bytes, and how it may be handed out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from urllib.parse import quote

PREFIX = "sha256:"
INLINE = "application/pdf"
SUFFIXES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ofd": ".ofd",
    "application/rtf": ".rtf",
    "application/zip": ".zip",
}
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

# Only documents that stand for a report are handed out: the archive also keeps block pages, lists
# and whatever else a portal sent, and this site is not a mirror of them.
OF_REPORT = """
select report_id from (
    select id as report_id, digest from reports
    union all select report_id, digest from revisions
    union all select report_id, digest from copies
) where digest = ? limit 1
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """A kept document. `snapshot` is the id of the first fetch that holds it."""

    digest: str
    snapshot: str
    url: str
    media_type: str
    bytes: int
    first_fetched: str
    last_fetched: str
    warc: str
    offset: int

    @property
    def inline(self) -> bool:
        """Return whether a browser may open it here; anything else is a download."""
        return self.media_type == INLINE

    @property
    def hex(self) -> str:
        """Return the digest without its prefix, as it stands in addresses."""
        return self.digest.removeprefix(PREFIX)


def copy_of(conn: sqlite3.Connection, digest: str | None) -> Copy | None:
    """Return the kept copy with this digest, or None."""
    rows = conn.execute(
        "select * from snapshots where digest = ? order by fetched_at, warc, offset", (digest,)
    ).fetchall()
    if not rows:
        return None
    first = rows[0]
    return Copy(
        digest=first["digest"],
        snapshot=first["id"],
        url=first["url"],
        media_type=first["media_type"] or "",
        bytes=first["bytes"],
        first_fetched=first["fetched_at"],
        last_fetched=rows[-1]["fetched_at"],
        warc=first["warc"],
        offset=first["offset"],
    )


def report_of(conn: sqlite3.Connection, digest: str) -> str | None:
    """Return the id of a report this document stands for, or None."""
    row = conn.execute(OF_REPORT, (digest,)).fetchone()
    return row["report_id"] if row else None


def headers(copy: Copy, report_id: str, body: bytes) -> dict[str, str]:
    """Return the headers a copy is sent with.

    A PDF opens in the browser, in a sandbox; anything else is a download, and never as a type a
    browser would run on this origin. A body that does not begin as a PDF is not called one.
    """
    inline = copy.inline and body.startswith(b"%PDF-")
    name = f"{report_id}-{copy.hex[:8]}{SUFFIXES.get(copy.media_type, '.bin')}"
    return {
        "content-type": INLINE if inline else "application/octet-stream",
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}",
        "content-security-policy": POLICY,
        "cache-control": "public, max-age=86400, immutable",
        "content-length": str(len(body)),
    }
