"""Check the arithmetic of the form.

A violated identity is a finding about the report. It never leads to a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gongkai.extract.forms import Form, Identity
from gongkai.extract.forms.identity_rules import (
    LITIGATION_TOTAL,
    REQUESTS_ROW_TOTAL,
    REVIEW_TOTAL,
)
from gongkai.extract.forms.litigation_items import PROCEEDINGS, RESULTS
from gongkai.extract.forms.request_items import OUTCOMES
from gongkai.extract.model.report import Cell, Finding, Number, Table, Verdict
from gongkai.messages import Message, message

_HANDLED = "total_handled"


@dataclass(frozen=True, slots=True)
class IdentitySide:
    """One side of an identity: its sum, and how many blank cells were counted as zero."""

    total: Number
    blanks: int


def requests_findings(table: Table, form: Form) -> list[Finding]:
    """Return the violated identities of section three, by column and by row."""
    findings: list[Finding] = []
    blank_is_zero = has_blanks_for_zeros(table)
    table = _without_unstated_totals(table, form)
    for column in form.applicants:
        cells = {item: row[column.key] for item, row in table.items() if column.key in row}
        for identity in form.identities:
            known = Identity(
                identity.rule, _known_keys(identity.left, form), _known_keys(identity.right, form)
            )
            findings += _compare(cells, known, column.key, column.label, blank_is_zero)
    applicants = [column.key for column in form.applicants]
    row_total = Identity(REQUESTS_ROW_TOTAL, tuple(applicants[:-1]), (applicants[-1],))
    for item in form.items:
        findings += _compare(
            table.get(item.key, {}), row_total, item.key, item.label, blank_is_zero
        )
    return findings


def review_findings(table: Table) -> list[Finding]:
    """Return the violated totals of section four, for each of the three proceedings."""
    findings: list[Finding] = []
    blank_is_zero = has_blanks_for_zeros(table)
    keys = [column.key for column in RESULTS]
    for proceeding in PROCEEDINGS:
        rule = REVIEW_TOTAL if proceeding.key == "review" else LITIGATION_TOTAL
        identity = Identity(rule, tuple(keys[:-1]), (keys[-1],))
        cells = _with_stated(table.get(proceeding.key, {}), keys[-1])
        findings += _compare(cells, identity, proceeding.key, proceeding.label, blank_is_zero)
    return findings


def _without_unstated_totals(table: Table, form: Form) -> Table:
    """Return the table without the totals that it leaves blank, because blank is no total of 0.

    A blank total of blanks stays: it says no less than they do.
    """
    total = form.applicants[-1].key
    rows = {item: dict(_with_stated(row, total)) for item, row in table.items()}
    handled = rows.get(_HANDLED, {})
    for column in [key for key, cell in handled.items() if _is_open(cell)]:
        outcomes = (rows[item][column] for item in OUTCOMES if column in rows.get(item, {}))
        if any(cell.value for cell in outcomes):
            del handled[column]
    return rows


def _with_stated(row: Mapping[str, Cell], total: str) -> Mapping[str, Cell]:
    """Return a row without its total if that is blank and the row is not."""
    if total not in row or not _is_open(row[total]) or not any(c.value for c in row.values()):
        return row
    return {key: cell for key, cell in row.items() if key != total}


def _is_open(cell: Cell) -> bool:
    return cell.value is None and cell.note in ("blank", "dash")


def has_blanks_for_zeros(table: Table) -> bool:
    """Return whether a table has blanks and no zeros, so that its blanks stand for zeros."""
    cells = [cell for row in table.values() for cell in row.values()]
    return any(cell.note == "blank" for cell in cells) and not any(
        cell.value == 0 for cell in cells
    )


def _known_keys(keys: Sequence[str], form: Form) -> tuple[str, ...]:
    items = {item.key for item in form.items}
    return tuple(key for key in keys if key in items)


def _compare(
    cells: Mapping[str, Cell],
    identity: Identity,
    scope: str,
    label: Message,
    blank_is_zero: bool,
) -> list[Finding]:
    """Return the finding of one identity if its sides differ.

    An identity with an unread cell is not checked.
    """
    left, right = _side(cells, identity.left), _side(cells, identity.right)
    if left is None or right is None or left.total == right.total:
        return []
    blanks = left.blanks + right.blanks
    verdict: Verdict = "source" if blanks == 0 or blank_is_zero else "unsure"
    said = message(
        f"identity_{identity.rule}", label=label, left=str(left.total), right=str(right.total)
    )
    return [
        Finding(
            rule=identity.rule,
            scope=scope,
            verdict=verdict,
            left=str(left.total),
            right=str(right.total),
            message=message("blanks_as_zero", finding=said) if blanks else said,
        )
    ]


def _side(cells: Mapping[str, Cell], keys: Iterable[str]) -> IdentitySide | None:
    """Return a sum with blanks counted as zero, None if a cell is missing or was not read."""
    total: Number = 0
    blanks = 0
    for key in keys:
        cell = cells.get(key)
        if cell is None or (cell.value is None and not _is_open(cell)):
            return None
        if cell.value is None:
            blanks += 1
        total += cell.value or 0
    return IdentitySide(total, blanks)
