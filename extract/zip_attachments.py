"""Read ZIP attachments: their members within limits, and one reading for the whole package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gongkai.extract.checks.copies import compare_copies
from gongkai.extract.errors import Encrypted, ExtractError, TooLarge
from gongkai.extract.formats.suffixes import MEMBER_SUFFIXES
from gongkai.extract.formats.zip_archive import member_name, open_zip, read_member
from gongkai.extract.model.findings import verbatim
from gongkai.extract.model.report import Outcome, Reading, Report
from gongkai.messages import Message, message

MAX_MEMBER = 64 * 1024 * 1024
MAX_READ = 12
"""Members that are read; an annual report has one or two annexes."""

_MOST_NAMED = 6

_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_STATUS = {"complete": 0, "partial": 1, "text_only": 2, "unreadable": 3}
# The outcome of a package without a report: the first of these that one of its members has.
_INSTEAD: tuple[Outcome, ...] = (
    "image_tables", "scan", "attachments_only", "unreadable", "blocked", "list", "not_report",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackageMember:
    """A file in a package: its name, its bytes, or the reason why they are missing."""

    name: str
    body: bytes
    reason: Message | None = None


def unpack_documents(body: bytes) -> tuple[PackageMember, ...]:
    """Return the members that can be documents.

    Raises:
        Encrypted: a member is protected by a password
        TooLarge: the package exceeds a limit
        ExtractError: the package is damaged or has no documents
    """
    with open_zip(body) as package:
        wanted = [
            (member_name(member), member)
            for member in package.infolist()
            if not member.is_dir() and not any(word in member.filename for word in _CLUTTER)
        ]
        documents = [(n, m) for n, m in wanted if n.lower().endswith(MEMBER_SUFFIXES)]
        if not documents:
            if not wanted:
                raise ExtractError("zip_empty")
            names = tuple(verbatim(_base_name(name)[:40]) for name, _ in wanted[:5])
            raise ExtractError("zip_without_documents", names=names)
        if len(documents) > MAX_READ:
            raise TooLarge("zip_too_many_documents", documents=len(documents), most=MAX_READ)
        found = []
        for name, member in documents:
            try:
                found.append(PackageMember(name, read_member(package, member, MAX_MEMBER)))
            except Encrypted:
                raise
            except ExtractError as problem:
                found.append(PackageMember(name, b"", problem.message))
        return tuple(found)


def choose_reading(readings: Sequence[tuple[str, Reading]], media_type: str) -> Reading:
    """Return the reading of a whole package from the readings of its members, by name.

    One report, in one or several copies, stands for the package. Of several copies the most
    complete one counts, and findings list the differences. Reports of several agencies or years
    cannot stand for one package: each must be added by itself.
    """
    reports = [(name, r.report) for name, r in readings if r.outcome == "report" and r.report]
    if not reports:
        return _reading_without_report(readings, media_type)
    whose = {(r.agency.name, r.year) for _, r in reports if r.agency and r.year}
    if len(whose) > 1:
        reports_found = tuple(
            message("zip_report", agency=agency[:40], year=year)
            for agency, year in sorted(whose)[:_MOST_NAMED]
        )
        reason = message("zip_several_reports", reports=reports_found)
        return Reading("unreadable", media_type, "", reason=reason)
    _, best = min(reports, key=lambda pair: _badness(pair[1]))
    others = [
        finding
        for other, report in reports
        if report is not best
        for finding in compare_copies(best, report, _base_name(other)[:80])
    ]
    report = replace(best, findings=(*best.findings, *others))
    return Reading("report", media_type, report.title, report)


def _base_name(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _badness(report: Report) -> tuple[int, int, int, int]:
    """Return a sort key that puts the better report first.

    Better is: complete, attributed, few findings, much text.
    """
    owned = report.agency is not None and report.year is not None
    text = sum(len(section.text) for section in report.sections)
    return _STATUS[report.status], 0 if owned else 1, len(report.findings), -text


def _reading_without_report(readings: Sequence[tuple[str, Reading]], media_type: str) -> Reading:
    for outcome in _INSTEAD:
        for name, reading in readings:
            if reading.outcome == outcome:
                reason = message(
                    "zip_member",
                    name=_base_name(name)[:80],
                    reason=reading.reason or message("not_annual_report"),
                )
                return replace(reading, media_type=media_type, attachments=(), reason=reason)
    return Reading("not_report", media_type, "", reason=message("zip_without_report"))
