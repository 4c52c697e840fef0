"""`active_disclosure_cells`: section two holds whole, non-negative numbers.

Amounts of money may have decimals; the yearly changes of the 2019 layout may be negative.
"""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.extract.forms import Form
from gongkai.extract.model.report import Cell, Finding
from gongkai.messages import message


def cell_findings(cells: Mapping[str, Cell], form: Form) -> list[Finding]:
    """Values of section two that cannot be: minus three documents, one and a half decisions."""
    findings = []
    for row in form.disclosures:
        for column in row.columns:
            cell = cells.get(column.key)
            if cell is None or cell.value is None:
                continue
            money, change = bool(column.unit), column.key.endswith("_change")
            if (isinstance(cell.value, int) or money) and (cell.value >= 0 or change):
                continue
            findings.append(
                Finding(
                    rule="active_disclosure_cells",
                    scope=column.key,
                    verdict="source",
                    left=cell.raw,
                    right="",
                    message=message("cell_not_whole", label=column.label, raw=cell.raw),
                )
            )
    return findings
