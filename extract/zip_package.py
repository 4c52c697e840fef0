"""ZIP attachments: their members within bounds, and the one reading that stands for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gongkai.extract.checks.copies import disagreements
from gongkai.extract.formats.zip_archive import member_name, open_zip, read_member
from gongkai.extract.model.document import Encrypted, ExtractError, TooLarge
from gongkai.extract.model.report import Outcome, Reading, Report

MAX_MEMBER = 64 * 1024 * 1024
MAX_READ = 12
"""Members that are read; an annual report comes with an annex or two."""

_SUFFIXES = (
    ".docx", ".doc", ".wps", ".ofd", ".rtf", ".odt", ".pdf", ".xlsx", ".xls", ".et", ".html", ".htm",
    ".mht", ".mhtml", ".txt", ".md", ".docm", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff",
)  # fmt: skip
_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_STATUS = {"complete": 0, "partial": 1, "text_only": 2, "unreadable": 3}
# What a package is where none of its members is a report: the first of these that one of them is.
_INSTEAD: tuple[Outcome, ...] = (
    "image_tables", "scan", "attachments_only", "unreadable", "blocked", "list", "not_report",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a package: its name as people see it, its bytes, or why it has none."""

    name: str
    body: bytes
    why: str = ""


def unpack(body: bytes) -> tuple[Member, ...]:
    """The members that can be documents. Raises Encrypted, TooLarge or ExtractError."""
    with open_zip(body) as package:
        wanted = [
            (member_name(member), member)
            for member in package.infolist()
            if not member.is_dir() and not any(word in member.filename for word in _CLUTTER)
        ]
        documents = [(n, m) for n, m in wanted if n.lower().endswith(_SUFFIXES)]
        if not documents:
            held = "、".join(name.rsplit("/", 1)[-1][:40] for name, _ in wanted[:5]) or "空 nothing"
            raise ExtractError(f"压缩包内没有文档 no document in the ZIP, but: {held}")
        if len(documents) > MAX_READ:
            raise TooLarge(f"压缩包内有{len(documents)}份文档 a ZIP of {len(documents)} documents")
        found = []
        for name, member in documents:
            try:
                found.append(Member(name, read_member(package, member, MAX_MEMBER)))
            except Encrypted:
                raise
            except ExtractError as problem:
                found.append(Member(name, b"", str(problem)))
        return tuple(found)


def choose(readings: Sequence[tuple[str, Reading]], media_type: str) -> Reading:
    """The reading of a whole package from those of its members, by name.

    One report, in one copy or several, stands for the package; of copies the most complete, and
    it is said where they differ. Reports of several agencies or years are nobody's: each must be
    added by itself.
    """
    reports = [(name, r.report) for name, r in readings if r.outcome == "report" and r.report]
    if not reports:
        return _instead(readings, media_type)
    whose = {(r.agency.name, r.year) for _, r in reports if r.agency and r.year}
    if len(whose) > 1:
        listed = "、".join(f"{agency} {year}" for agency, year in sorted(whose))
        return Reading(
            "unreadable", media_type, "",
            why=f"压缩包内有多份报告，请分别添加 several reports, add each by itself: {listed}"[:300],
        )  # fmt: skip
    _, best = min(reports, key=lambda pair: _worse(pair[1]))
    others = [
        finding
        for other, report in reports
        if report is not best
        for finding in disagreements(best, report, other.rsplit("/", 1)[-1][:80])
    ]
    report = replace(best, findings=(*best.findings, *others))
    return Reading("report", media_type, report.title, report)


def _worse(report: Report) -> tuple[int, int, int, int]:
    """Sorts the better reading first: complete, owned, with few findings, with much text."""
    owned = report.agency is not None and report.year is not None
    text = sum(len(section.text) for section in report.sections)
    return _STATUS[report.status], 0 if owned else 1, len(report.findings), -text


def _instead(readings: Sequence[tuple[str, Reading]], media_type: str) -> Reading:
    for outcome in _INSTEAD:
        for name, reading in readings:
            if reading.outcome == outcome:
                shown = name.rsplit("/", 1)[-1][:80]
                return replace(
                    reading, media_type=media_type, attachments=(), why=f"{shown}: {reading.why}"
                )
    return Reading("not_report", media_type, "", why="压缩包内没有报告 no report in the ZIP")
