"""A kept document of a report as it looked, between its earlier and later versions."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongkai.clock import CHINA, utc_stamp
from gongkai.extract.model.report import Source
from gongkai.publish.datasette_types import Row
from gongkai.publish.pages.proof.sightings import Sightings, load_sightings
from gongkai.publish.pages.report.originals import (
    PREFIX,
    Original,
    find_original,
    find_report,
)
from gongkai.publish.rendering.rendering_box import RenderingBox
from gongkai.publish.rendering.shown_document import ShownDocument

MOST_PAGES = 60
"""Pages of a PDF that are drawn."""


@dataclass(frozen=True, slots=True)
class Viewed:
    """A document with what the bar over it says.

    `versions` are the revisions of the report in their order, `at` is the number of this one among
    them, -1 for a copy that never stood for the report.
    """

    report: Row
    agency: Row
    original: Original
    sightings: Sightings
    versions: tuple[Row, ...]
    at: int

    @property
    def earlier(self) -> Row | None:
        """The version before this one."""
        return self.versions[self.at - 1] if self.at > 0 else None

    @property
    def later(self) -> Row | None:
        """The version behind this one."""
        return self.versions[self.at + 1] if 0 <= self.at < len(self.versions) - 1 else None


def load_viewed(conn: sqlite3.Connection, digest: str) -> Viewed | None:
    """Return a document by the hex of its digest, None if no report has it."""
    digest = PREFIX + digest
    report_id, original = find_report(conn, digest), find_original(conn, digest)
    if report_id is None or original is None:
        return None
    report = conn.execute("SELECT * FROM reports WHERE id = ?", (report_id,)).fetchone()
    versions = _versions(conn, report_id)
    at = [n for n, row in enumerate(versions) if row["digest"] == digest]
    return Viewed(
        report,
        conn.execute("SELECT * FROM agencies WHERE id = ?", (report["agency_id"],)).fetchone(),
        original,
        load_sightings(conn, digest),
        versions,
        at[-1] if at else -1,
    )


def find_version(conn: sqlite3.Connection, report_id: str, day: date) -> str | None:
    """Return the hex of the version that stood for a report at the end of a day in China.

    It is None where the report was not known yet.
    """
    end = utc_stamp(datetime.combine(day + timedelta(days=1), time(), CHINA))
    known = [row for row in _versions(conn, report_id) if row["first_seen"] < end]
    return str(known[-1]["digest"]).removeprefix(PREFIX) if known else None


def _versions(conn: sqlite3.Connection, report_id: str) -> tuple[Row, ...]:
    return tuple(
        conn.execute(
            "SELECT * FROM revisions WHERE report_id = ? ORDER BY first_seen, digest LIMIT 500",
            (report_id,),
        )
    )


def show_viewed(box: RenderingBox, viewed: Viewed, body: bytes) -> ShownDocument:
    """Return how a document is shown.

    Raises:
        CannotRender: the sandbox gave no result
    """
    source = Source(media_type=viewed.original.media_type, second_reading="off")
    return box.show(body, source)
