"""Build the findings of the table readers: rows, cells and tables that differ from the form.

The archive identifies a finding by its `left` and `right` values. Their wording is therefore fixed,
and does not follow the texts of the catalogues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gongkai.extract.model.report import Finding, Verdict
from gongkai.messages import Message, message

BLANK = "空"


class FormLabel(Protocol):
    """A part of the form with its printed label and the label to be shown."""

    @property
    def zh(self) -> str:
        """The label as the form prints it."""
        ...

    @property
    def label(self) -> Message:
        """The label in the language of the reader."""
        ...


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a row or table: `value` is stored in the finding, `message` is shown."""

    value: str
    message: Message


def cells_found(count: int, texts: Sequence[str]) -> Shape:
    """Return the shape of a row with `count` cells; `texts` are those that are shown."""
    return Shape(
        f"{count}格（{'，'.join(text or BLANK for text in texts)}）",
        message("shape_cells", n=count, cells=cell_texts(texts)),
    )


def cells_after(row: FormLabel, count: int) -> Shape:
    """Return the shape of a row of the form: its label, then `count` cells."""
    return Shape(f"“{row.zh}”后{count}格", message("shape_cells_after", row=row.label, n=count))


def cell_texts(texts: Sequence[str]) -> tuple[Message, ...]:
    """Return the texts of cells as a list in a message."""
    return tuple(verbatim(text) if text else message("cell_blank") for text in texts)


def verbatim(text: str) -> Message:
    """Return a text that is the same in all languages as an element of a list in a message."""
    return message("verbatim", text=text)


def unexpected_shape(place: Message | None, scope: str, expected: Shape, found: Shape) -> Finding:
    """Return the finding of a row, header or table with a wrong shape, whose values are left out.

    `place` is None if the finding is about the whole table.
    """
    said = (
        message("shape_unexpected", expected=expected.message, found=found.message)
        if place is None
        else message(
            "shape_unexpected_at", place=place, expected=expected.message, found=found.message
        )
    )
    return Finding("row_shape", scope, "extraction", found.value, expected.value, said)


def doubtful_cell(scope: str, label: Message, raw: str) -> Finding:
    """Return the finding of a cell whose text is not a number."""
    said = message("cell_not_a_number", label=label, raw=raw)
    return Finding("row_shape", scope, "extraction", raw, "", said)


def unit_unstated(scope: str, label: Message, raw: str, is_used: bool) -> Finding:
    """Return the finding of an amount of money without a unit, in its cell or in its header."""
    said = (
        message("unit_assumed", label=label, raw=raw)
        if is_used
        else message("unit_unknown", label=label, raw=raw)
    )
    return Finding("active_disclosure_cells", scope, "unsure", raw, "", said)


def missing_rows(part: str, rows: Sequence[FormLabel]) -> Finding:
    """Return the finding of rows of the form that were not found in the document."""
    return Finding(
        "row_shape",
        part,
        "extraction",
        "",
        "、".join(row.zh for row in rows),
        message("rows_missing", rows=tuple(row.label for row in rows)),
    )


def left_out_row(scope: str, row: FormLabel) -> Finding:
    """Return the finding of a row that the agency left out of its table, so that nothing was missed."""
    return Finding("row_shape", scope, "source", "", row.zh, message("row_left_out", row=row.label))


def contradicting_header(scope: str, column: FormLabel, heading: str, raw: str) -> Finding:
    """Return the finding of a value under a header that names another column of the form."""
    said = message("header_contradicts", label=column.label, heading=heading[:40], raw=raw)
    return Finding("row_shape", scope, "source", heading[:40], column.zh, said)


def missing_table(part: str, heading: str, section: Message, has_pictures: bool) -> Finding:
    """Return the finding of a table that was not found, and may be one of the pictures.

    `heading` is the heading of its section as the form prints it, `section` the one to be shown.
    """
    said = (
        message("table_maybe_picture", section=section)
        if has_pictures
        else message("table_missing", section=section)
    )
    return Finding("row_shape", part, "extraction", "", heading, said)


def table_is_picture(part: str, heading: str, section: Message) -> Finding:
    """Return the finding of a table that the page shows as a picture."""
    said = message("table_is_picture", section=section)
    return Finding("row_shape", part, "extraction", "", heading, said)


def conflicting_rows(
    place: Message,
    scope: str,
    one: Sequence[str],
    other: Sequence[str],
    verdict: Verdict = "extraction",
) -> Finding:
    """Return the finding of a row that appears twice with different values; neither is used."""
    return Finding(
        "readings_disagree",
        scope,
        verdict,
        "，".join(one),
        "，".join(other),
        message("rows_conflict", place=place, one=cell_texts(one), other=cell_texts(other)),
    )
