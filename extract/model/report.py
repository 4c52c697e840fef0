"""The results of extraction: a Reading of one document, with a Report if it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gongkai.extract.model.annual_report import (
    Agency,
    Cell,
    Covers,
    Finding,
    FormId,
    Note,
    Number,
    Report,
    Section,
    Status,
    Table,
    Verdict,
)
from gongkai.extract.model.tidy_rows import Row, cell_rows, finding_rows
from gongkai.messages import Message

__all__ = [
    "EXTRACTOR", "Agency", "Cell", "Covers", "Doubt", "Finding", "FormId", "Note", "Number", "Outcome",
    "Reading", "Report", "SecondReading", "Section", "Source", "Status", "Table", "Verdict",
]  # fmt: skip

EXTRACTOR = "6"
"""Version of the extractor; documents read by an older version are read again.

Version 6 places branches in their districts, reads who publishes a report under another name, and keeps
where recognised cells stand.
"""

Outcome = Literal[
    "report",
    "list",
    "attachments_only",
    "image_tables",
    "scan",
    "blocked",
    "not_report",
    "unreadable",
    "error",
]
SecondReading = Literal["off", "doubted", "all"]
"""When a PDF or a page is read by a second, independent reader too; its numbers are compared."""
Doubt = Literal["repaired", "codes", "unreadable", "picture_over_text", "watermarks", "layers"]
"""Why the first reading of a PDF asks for a second one. `repaired`: objects were missing or sought."""


@dataclass(frozen=True, slots=True)
class Source:
    """Facts about a document besides its bytes.

    All of them are optional; a file from disk has none. `site_region` is the GB/T 2260 code of the
    portal. `agency` and `year` are stated by an operator and take precedence over the document.
    `second_reading` says which PDF files and pages are read twice: none, those with a doubt and a
    sample, or all.
    """

    url: str = ""
    media_type: str = ""
    filename: str = ""
    site_region: str = ""
    agency: str = ""
    year: int | None = None
    second_reading: SecondReading = "doubted"


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading one document. `reason` says why it is not a report, None if it is one.

    `attachments` are the addresses of attached documents as the page writes them, which may be
    relative. `column` is the place of the page on its site: the name of its column, or its
    breadcrumb. `doubts` say why a PDF is to be read a second time. `is_agency_stated` is False where
    neither title nor text names the agency of the report, and only the place of the page tells it.
    """

    outcome: Outcome
    media_type: str
    title: str
    report: Report | None = None
    attachments: tuple[str, ...] = ()
    reason: Message | None = None
    column: str = ""
    doubts: tuple[Doubt, ...] = ()
    is_agency_stated: bool = True

    @property
    def why(self) -> str:
        """The stored form of the reason, "" where there is none."""
        return "" if self.reason is None else str(self.reason)

    def to_rows(self, file: str = "", sha256: str = "") -> list[Row]:
        """Return one row for each cell of the report, as `tidy_rows.cell_rows` does; [] without one.

        `file` and `sha256` are put into each row as they are.
        """
        return cell_rows(self.report, file, sha256) if self.report else []

    def to_finding_rows(self, file: str = "", sha256: str = "") -> list[Row]:
        """Return one row for each finding, as `tidy_rows.finding_rows` does; [] without a report."""
        return finding_rows(self.report, file, sha256) if self.report else []
