"""Read the values of rows of section three by the columns that its headers name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.forms import Column, Form
from gongkai.extract.forms.header_words import APPLICANT_HEADERS, REQUEST_HEADERS
from gongkai.extract.model.document import GridCell
from gongkai.extract.model.findings import Shape, cell_texts, unexpected_shape
from gongkai.extract.model.report import Finding
from gongkai.extract.tables.row_recognition import FormRow
from gongkai.extract.tables.row_values import select_values
from gongkai.messages import message

_LONGEST_HEADER = 12
_HALF_TOTAL = ("总", "合", "计")  # of 总计, which a page break divides


def is_header(row: FormRow) -> bool:
    """Return whether a row is part of the header: it has header words and no numbers."""
    return any(word in row.text for word in (*REQUEST_HEADERS, *APPLICANT_HEADERS)) and not any(
        normalize_text(cell.text).isdigit() for cell in row.values
    )


@dataclass(slots=True)
class ApplicantColumns:
    """The columns of the header last seen. A header may be spread over rows, and be repeated.

    `places` are the grid columns of the applicants that are not merged, `width` is the number of
    columns of their grid, `named` are all applicants of the header, on whatever page.
    """

    form: Form
    places: dict[str, int] = field(default_factory=dict)
    width: int = 0
    named: set[str] = field(default_factory=set)
    is_reordered: bool = False

    @property
    def count(self) -> int:
        """The number of values in a row: a header may name the six applicants and no total."""
        has_no_total = self.named == set(self._order[:-1])
        return len(self._order) - 1 if has_no_total else len(self._order)

    def read_header(self, row: FormRow) -> list[Finding]:
        """Take in a row of the header. The finding says that its order differs from the form."""
        named = [(key, cell) for cell in row.cells if (key := self._applicant(cell))]
        begins = "申请人情况" in row.text or any(key in self.places for key, _ in named)
        if begins or row.width != self.width:  # columns of another grid are other columns
            self.places, self.width = {}, row.width
        if begins:
            self.named, self.is_reordered = set(), False
        self.named |= {key for key, _ in named}
        self.places |= {key: cell.column for key, cell in named if cell.columns == 1}
        order = [self._order.index(key) for key, _ in named]
        if order == sorted(order):
            return []
        self.is_reordered = True
        if all(cell.column >= 0 for _, cell in named):
            return []
        found = [normalize_text(cell.text) for _, cell in named]
        return [unexpected_shape(row.place, "", _columns(self.form.applicants), _texts(found))]

    def values_of(self, row: FormRow) -> list[GridCell] | None:
        """Return the cells with the values of a row, by the columns of the header if it is in the same grid.

        The result is None if the row has another shape, or if its columns are uncertain.
        """
        known = self._known_places()
        columns = known if row.width == self.width else ()
        reordered = self.is_reordered or list(known) != sorted(known)
        if reordered and not columns:
            return None
        values = select_values(row, self.count, columns)
        return None if values and not columns and self._contradicts(row, values) else values

    def _known_places(self) -> tuple[int, ...]:
        places = [self.places.get(key, -1) for key in self._order[: self.count]]
        return tuple(places) if min(places) >= 0 else ()

    def _contradicts(self, row: FormRow, values: Sequence[GridCell]) -> bool:
        """Return whether a value is not in the column that the header names for it.

        A printed table may run off its page, together with the end of its header. The rest of a row
        can then have as many cells as the form, with padding in front of the values among them.
        """
        if row.width != self.width or not row.width:
            return False
        standing = {cell.column: cell.text for cell in row.cells if cell.columns == 1}
        return any(
            normalize_text(standing[column]) != normalize_text(values[self._order.index(key)].text)
            for key, column in self.places.items()
            if column in standing and self._order.index(key) < len(values)
        )

    @property
    def _order(self) -> list[str]:
        return [column.key for column in self.form.applicants]

    def _applicant(self, cell: GridCell) -> str:
        text = normalize_text(cell.text)
        if "法人" in text or len(text) > _LONGEST_HEADER:
            return ""
        if text in _HALF_TOTAL:
            return self._order[-1]
        named = (c.key for c in self.form.applicants if any(word in text for word in c.words))
        return next(named, "")


def _columns(columns: Sequence[Column]) -> Shape:
    return Shape(
        "、".join(column.zh for column in columns),
        message("shape_columns", columns=tuple(column.label for column in columns)),
    )


def _texts(texts: Sequence[str]) -> Shape:
    return Shape("、".join(texts), message("shape_columns", columns=cell_texts(texts)))
