"""A change of a report from one release to the next: what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

ChangeKind = Literal["added", "changed", "removed"]
Reason = Literal[
    "new",
    "edited",
    "moved",
    "taken_down",
    "put_back",
    "extraction",
    "attribution",
    "withdrawn",
]
"""Why something differs. The texts `release_reason_…` say what each means."""

KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
REASONS: tuple[Reason, ...] = get_args(Reason)
CellKey = tuple[str, str, str]
"""Part, item and field."""


class Cell(NamedTuple):
    """A cell of the forms: its number, None where there is none, and what is printed."""

    value: int | float | str | None
    raw: str | None


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs. `before` is None for an added one, `after` for a removed one."""

    kind: ChangeKind
    part: str
    item: str
    field: str
    before: Cell | None
    after: Cell | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class ReportChange:
    """A report that differs.

    `other_id` is the id that a changed report had before, or the one that a removed report is
    forwarded to, "" where there is none. `fields` has the columns that differ with both values,
    `sections` the numbers of the sections whose texts differ.
    """

    kind: ChangeKind
    report_id: str
    other_id: str
    reasons: tuple[Reason, ...]
    fields: Mapping[str, tuple[object, object]]
    sections: tuple[int, ...]
    cells: tuple[CellChange, ...]

    def data(self) -> dict[str, object]:
        """Return it as a line of the delta of reports."""
        return {
            "change": self.kind,
            "report_id": self.report_id,
            "former_id": self.other_id if self.kind == "changed" else "",
            "forwarded_to": self.other_id if self.kind == "removed" else "",
            "reasons": list(self.reasons),
            "fields": {name: list(values) for name, values in self.fields.items()},
            "sections": list(self.sections),
            "cells": len(self.cells),
        }

    def cell_lines(self) -> list[dict[str, object]]:
        """Return its cells as lines of the delta of cells."""
        return [
            {
                "change": each.kind,
                "report_id": self.report_id,
                "part": each.part,
                "item": each.item,
                "field": each.field,
                "before": each.before._asdict() if each.before else None,
                "after": each.after._asdict() if each.after else None,
                "reason": each.reason,
            }
            for each in self.cells
        ]
