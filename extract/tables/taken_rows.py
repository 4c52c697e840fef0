"""The rows of section three that were read so far, and those that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.forms import Form, Item
from gongkai.extract.model.document import GridCell
from gongkai.extract.model.findings import (
    cells_after,
    cells_found,
    conflicting_rows,
    unexpected_shape,
)
from gongkai.extract.model.report import Finding
from gongkai.extract.tables.row_recognition import FormRow
from gongkai.extract.tables.row_values import texts_of

_NEAR = 3  # rows between the two halves of a torn row


@dataclass(slots=True)
class TakenRows:
    """The values of the items, as far as they were read.

    `blank_since` has the items whose values are all blank, by the number of their row; `last` is the
    number of the item taken last; `rows` are those from which items were taken first.
    """

    form: Form
    values: dict[str, list[GridCell]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    blank_since: dict[str, int] = field(default_factory=dict)
    last: int = -1
    rows: dict[str, FormRow] = field(default_factory=dict)

    def take(self, item: Item, values: list[GridCell], row: FormRow, number: int) -> None:
        """Keep the values of an item; different values of an earlier row are a conflict."""
        self.last = self.form.items.index(item)
        if is_blank(values):
            self.blank_since[item.key] = number
        if item.key not in self.values:
            self.rows[item.key] = row
        known = self.values.setdefault(item.key, values)
        if texts_of(known) != texts_of(values):
            self.refused.add(item.key)
            before, after = ([cell.text for cell in cells] for cells in (known, values))
            self.findings.append(conflicting_rows(row.place, item.key, before, after))

    def refuse(self, item: Item, row: FormRow, count: int) -> None:
        """Refuse a row of another shape than `count` values."""
        self.refused.add(item.key)
        found = cells_found(len(row.values), shown_cells(row.values))
        self.findings.append(unexpected_shape(row.place, item.key, cells_after(item, count), found))

    def withdraw(self, item: Item, row: FormRow) -> bool:
        """Return whether the values of an item came from `row` alone, and forget them then."""
        if self.rows.get(item.key) is not row or item.key in self.refused:
            return False
        self.drop(item)
        return True

    def drop(self, item: Item) -> None:
        """Forget the values of an item: its row of blanks was one half of a torn row."""
        self.values.pop(item.key, None)

    def drop_blanks_near(self, number: int) -> None:
        """Forget blank rows near a row with values: they are not blank, but were not read."""
        for key, since in self.blank_since.items():
            if number - since <= _NEAR:
                self.values.pop(key, None)


def is_blank(values: Sequence[GridCell]) -> bool:
    """Return whether all values are blank."""
    return not any(texts_of(values))


def shown_cells(values: Sequence[GridCell]) -> list[str]:
    """Return the texts of the cells that a finding shows."""
    return [normalize_text(cell.text) for cell in values[:12]]
