"""Originals of reports: which snapshot has the bytes of a document, and how they are sent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from urllib.parse import quote

from gongkai.publish.datasette_types import Row

WRONG = ("wrong", "marked")
"""What is thought of a clock whose dates are not believed."""

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

# Only documents of reports are sent. The archive also has block pages, lists and other pages of
# portals, and this site is not a mirror of them.
OF_REPORT = """
SELECT report_id FROM (
    SELECT id AS report_id, digest FROM reports
    UNION ALL SELECT report_id, digest FROM revisions
    UNION ALL SELECT report_id, digest FROM copies
) WHERE digest = ? LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class WrongClock:
    """A fetch under a wrong clock: what our clock said, and whether an operator marked it.

    The date that is shown is that of the server where `by_server` is set, else one between the runs
    before and after.
    """

    ours: str
    is_marked: bool
    by_server: bool


@dataclass(frozen=True, slots=True)
class Original:
    """An archived document. `snapshot` is the id of the first fetch that has it.

    `is_rendered` tells that a browser made it of an answer, which is kept too.
    """

    digest: str
    snapshot: str
    url: str
    media_type: str
    bytes: int
    first_fetched: str
    last_fetched: str
    warc: str
    offset: int
    is_rendered: bool = False
    clock: WrongClock | None = None

    @property
    def inline(self) -> bool:
        """Whether a browser may open it; anything else is a download."""
        return self.media_type == INLINE

    @property
    def hex(self) -> str:
        """The digest without its prefix, as in addresses."""
        return self.digest.removeprefix(PREFIX)


def wrong_clock(snapshot: Row) -> WrongClock | None:
    """Return what was wrong with our clock at a fetch, None where nothing was."""
    if snapshot["clock"] not in WRONG:
        return None
    return WrongClock(
        snapshot["fetched_at"], snapshot["clock"] == "marked", bool(snapshot["server_date"])
    )


def clock_at(conn: sqlite3.Connection, report_id: str, seen_at: str) -> WrongClock | None:
    """Return what was wrong with our clock when a report was fetched, None where nothing was."""
    row = conn.execute(
        "SELECT s.fetched_at, s.server_date, s.clock FROM snapshots s"
        " JOIN (SELECT url FROM revisions WHERE report_id = :report"
        " UNION SELECT url FROM copies WHERE report_id = :report) u ON u.url = s.url"
        " WHERE s.seen_at = :at AND s.clock IN ('wrong', 'marked') LIMIT 1",
        {"report": report_id, "at": seen_at},
    ).fetchone()
    return wrong_clock(row) if row else None


def visit_columns(conn: sqlite3.Connection) -> tuple[str, str]:
    """Return SQL for the number of visits that a row of `snapshots` stands for, and when the last was.

    In a publication of an earlier version each visit has a row.
    """
    names = {row[1] for row in conn.execute("PRAGMA table_info(snapshots)")}
    return ("visits", "last_seen") if "visits" in names else ("1", "seen_at")


def find_original(conn: sqlite3.Connection, digest: str | None) -> Original | None:
    """Return the archived document with a digest, or None."""
    _, last_seen = visit_columns(conn)
    rows = conn.execute(
        "SELECT * FROM snapshots WHERE digest = ? ORDER BY seen_at, warc, offset", (digest,)
    ).fetchall()
    if not rows:
        return None
    first = rows[0]
    return Original(
        digest=first["digest"],
        snapshot=first["id"],
        url=first["url"],
        media_type=first["media_type"] or "",
        bytes=first["bytes"],
        first_fetched=first["seen_at"],
        last_fetched=max(row[last_seen] for row in rows),
        warc=first["warc"],
        offset=first["offset"],
        is_rendered=first["rendered_from"] is not None,
        clock=wrong_clock(first),
    )


def find_report(conn: sqlite3.Connection, digest: str) -> str | None:
    """Return the id of a report that has a document with a digest, or None."""
    row = conn.execute(OF_REPORT, (digest,)).fetchone()
    return row["report_id"] if row else None


def original_headers(original: Original, report_id: str, body: bytes) -> dict[str, str]:
    """Return the headers that an original is sent with.

    A PDF opens in the browser, in a sandbox. Anything else is a download, and its type is never one
    that a browser would run on this origin. A body that does not begin like a PDF is not sent as
    one.
    """
    inline = original.inline and body.startswith(b"%PDF-")
    name = f"{report_id}-{original.hex[:8]}{SUFFIXES.get(original.media_type, '.bin')}"
    return {
        "content-type": INLINE if inline else "application/octet-stream",
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}",
        "content-security-policy": POLICY,
        "cache-control": "public, max-age=86400, immutable",
        "content-length": str(len(body)),
    }
