"""Readings of documents, stored as compressed JSON.

The cache makes an incremental build equal to a rebuild: results across documents are computed again
from all readings of the reports concerned, and no original is read twice by the same extractor.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from gongkai.extract.forms.identity_rules import IDENTITY_RULES
from gongkai.extract.model.cell_place import parse_place
from gongkai.extract.model.report import Agency, Cell, Finding, Reading, Report, Section, Table
from gongkai.messages import Message, parse_message

_REPORT_COLUMN = re.compile("年报|年度报告")
_ONLY_BY_PLACE = 20
"""Added to the rank of a report that only the place of its page gives to a government."""
_STATUS_RANK = {"complete": 1, "partial": 2, "text_only": 3, "unreadable": 4}


def encode(reading: Reading) -> bytes:
    """Return a reading as bytes for the cache; half a surrogate pair becomes "?"."""
    plain = {
        "outcome": reading.outcome,
        "media_type": reading.media_type,
        "title": reading.title,
        "attachments": list(reading.attachments),
        "reason": _stored(reading.reason),
        "column": reading.column,
        "doubts": list(reading.doubts),
        "is_agency_stated": reading.is_agency_stated,
        "report": _plain_report(reading.report) if reading.report else None,
    }
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "replace"))


def decode(kept: bytes) -> Reading:
    """Return the reading that was encoded."""
    plain = json.loads(zlib.decompress(kept))
    report = plain.pop("report")
    return Reading(
        **(
            plain
            | {
                "attachments": tuple(plain["attachments"]),
                "reason": _message(plain["reason"]),
                "doubts": tuple(plain.get("doubts", ())),
            }
        ),
        report=_report(report) if report else None,
    )


def _plain_report(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "year": report.year,
        "form": report.form,
        "published_on": report.published_on,
        "agency": asdict(report.agency) if report.agency else None,
        "status": report.status,
        "sections": [[s.number, s.heading, s.text] for s in report.sections],
        "tables": {
            part: {
                item: {field: _plain_cell(c) for field, c in row.items()}
                for item, row in table.items()
            }
            for part, table in report.tables.items()
        },
        "findings": [_plain_finding(finding) for finding in report.findings],
        "covers": report.covers,
        "covers_sentence": report.covers_sentence,
        "publisher": report.publisher,
    }


def _report(plain: dict[str, Any]) -> Report:
    agency = plain["agency"]
    return Report(
        **plain
        | {
            "agency": Agency(**agency) if agency else None,
            "sections": tuple(Section(*section) for section in plain["sections"]),
            "tables": {part: _table(table) for part, table in plain["tables"].items()},
            "findings": tuple(_finding(finding) for finding in plain["findings"]),
        }
    )


def _plain_finding(finding: Finding) -> list[str]:
    stored = str(finding.message)
    return [finding.rule, finding.scope, finding.verdict, finding.left, finding.right, stored]


def _finding(plain: list[Any]) -> Finding:
    rule, scope, verdict, left, right, stored = plain
    return Finding(rule, scope, verdict, left, right, parse_message(stored))


def _stored(reason: Message | None) -> str | None:
    return None if reason is None else str(reason)


def _message(stored: str | None) -> Message | None:
    return None if stored is None else parse_message(stored)


def _table(plain: Mapping[str, Mapping[str, list[Any]]]) -> Table:
    return {
        item: {field: _cell(cell) for field, cell in row.items()} for item, row in plain.items()
    }


def _plain_cell(cell: Cell) -> list[Any]:
    """Return a cell; its place only where it was recognised: others are read again when they are shown."""
    place = str(cell.place) if cell.place else ""
    return [cell.raw, cell.value, cell.note, *([place] if place else [])]


def _cell(plain: list[Any]) -> Cell:
    raw, value, note, *places = plain
    return Cell(raw, value, note, parse_place(places[0]) if places else None)


def rank(report: Report, column: str = "", is_agency_stated: bool = True) -> int:
    """Return how far a reading is from the best: 0 is complete and satisfies every identity.

    Of equally good readings, that of a page in the column of annual reports comes first: the same
    article stands in other columns too, and which one a crawl meets first is chance. A report that
    names no agency and stands under the name of the place comes last: it may be another agency's, and
    does not replace the government's own.
    """
    broken = any(finding.rule in IDENTITY_RULES for finding in report.findings)
    status = 0 if report.status == "complete" and not broken else _STATUS_RANK[report.status]
    by_place = 0 if is_agency_stated else _ONLY_BY_PLACE
    return by_place + 2 * status + (_REPORT_COLUMN.search(column) is None)


def fingerprint(report: Report) -> str:
    """Return a digest of what the report says: cells and words, whatever page they stand on.

    White space, title and dates are left out: a new template, a counter or a changed navigation bar
    is no new version of the report.
    """
    cells = sorted(
        (part, item, field, "".join(cell.raw.split()))
        for part, table in report.tables.items()
        for item, row in table.items()
        for field, cell in row.items()
    )
    words = [
        (s.number, "".join(s.heading.split()), "".join(s.text.split())) for s in report.sections
    ]
    return sha256(json.dumps([cells, words]).encode("ascii")).hexdigest()[:32]
