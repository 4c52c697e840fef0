"""The proof of a number as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gongkai.publish.pages.proof.check_commands import check_commands
from gongkai.publish.pages.proof.evidence import Evidence
from gongkai.publish.pages.proof.proof_sheet import ProofSheet
from gongkai.publish.pages.proof.shown_cell import CellView


def proof_record(
    sheet: ProofSheet, view: CellView | None, evidence: Evidence | None
) -> dict[str, Any]:
    """Return a proof with the keys of the data contract. `view` is None without the document."""
    part, item, field = sheet.cell.key
    original = sheet.original
    return {
        "report_id": sheet.report_id,
        "agency": sheet.agency["name"],
        "year": sheet.report["year"],
        "title": sheet.report["title"],
        "part": part,
        "item": item,
        "field": field,
        "names": {"zh": sheet.names("zh"), "en": sheet.names("en")},
        "value": sheet.cell.value,
        "raw": sheet.cell.raw or (view.cell.raw if view and view.cell else sheet.cell.text),
        "note": sheet.cell.note,
        "checks": [
            {
                "id": check.id,
                "rule": check.rule_id,
                "scope": check.scope,
                "verdict": check.verdict,
                "left_value": check.left,
                "right_value": check.right,
                "message_zh": check.message_zh,
                "message_en": check.message_en,
            }
            for check in sheet.checks
        ],
        "printed": _printed_record(view),
        "document": None
        if original is None
        else {
            "digest": original.digest,
            "media_type": original.media_type,
            "bytes": original.bytes,
            "url": original.url,
            "warc": original.warc,
            "offset": original.offset,
            "snapshot": original.snapshot,
            "is_rendered": original.is_rendered,
        },
        "seen": {
            "count": sheet.sightings.count,
            "first": sheet.sightings.first,
            "last": sheet.sightings.last,
            "fetches": [asdict(each) for each in sheet.sightings.listed],
        },
        "same_content": {
            "first": sheet.revision["first_seen"],
            "last": sheet.revision["last_seen"],
            "current": bool(sheet.revision["current"]),
        }
        if sheet.revision
        else None,
        "manifest": asdict(evidence) if evidence else None,
        "commands": [command for _, command in check_commands(original, evidence)]
        if original
        else [],
    }


def _printed_record(view: CellView | None) -> dict[str, Any] | None:
    """Return where the document prints the cell, None if that is not known."""
    if view is None or view.cell is None:
        return None
    return {
        "row": list(view.row),
        "column": view.at,
        "page": view.cell.page or None,
        "boxes": [list(box) for box in view.cell.boxes],
        "turn": view.cell.turn,
        "member": view.document.member,
        "is_same": view.is_same,
    }
