"""Check that section two holds whole numbers that are not negative (`active_disclosure_cells`).

Amounts of money may have decimals; the yearly changes of the 2019 layout may be negative.
"""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.extract.forms import Column, Form
from gongkai.extract.model.report import Cell, Finding
from gongkai.messages import message


def _is_impossible(cell: Cell, column: Column) -> bool:
    """Return whether a cell prints a number that cannot stand there; a count has no value then."""
    if column.unit:
        return cell.value is not None and cell.value < 0
    return cell.value is None and cell.note == "odd"


def cell_findings(cells: Mapping[str, Cell], form: Form) -> list[Finding]:
    """Return a finding for each impossible value of section two, such as -3 or 1.5 documents."""
    findings = []
    for row in form.disclosures:
        for column in row.columns:
            cell = cells.get(column.key)
            if cell is None or not _is_impossible(cell, column):
                continue
            findings.append(
                Finding(
                    rule="active_disclosure_cells",
                    scope=column.key,
                    verdict="source",
                    left=cell.raw,
                    right="",
                    message=message(
                        "amount_negative" if column.unit else "cell_not_whole",
                        label=column.label,
                        raw=cell.raw,
                    ),
                )
            )
    return findings
