"""Read Excel files, new and old, with calamine: each visible sheet as paragraphs and grids."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import python_calamine as calamine

from gongkai.extract.chinese.headings import is_numbered_heading
from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.media_type import XLS, XLSX
from gongkai.extract.formats.sheet_parts import MAX_AREA, CellPlace, SheetFacts, read_sheet_facts
from gongkai.extract.formats.xls_records import BookFacts, read_record_facts
from gongkai.extract.model.document import Block, Document, Grid, GridCell, Paragraph

MAX_SHEETS = 40
MAX_CELLS = 60_000
_LONG = 40
CellValue = object


def read_xlsx(body: bytes, media_type: str = "") -> Document:
    """Read an .xlsx file. No other errors are raised.

    Raises:
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    return Document(XLSX, tuple(_workbook(body, BookFacts(read_sheet_facts(body)))))


def read_xls(body: bytes, media_type: str = "") -> Document:
    """Read an .xls file. No other errors are raised.

    Raises:
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    return Document(XLS, tuple(_workbook(body, read_record_facts(body))))


def _workbook(body: bytes, facts: BookFacts) -> Iterator[Block]:
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        _refuse_twins(book, facts)
        sheets = [
            (number, sheet.name)
            for number, sheet in enumerate(book.sheets_metadata)
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        if len(sheets) > MAX_SHEETS:
            raise TooLarge("workbook_too_many_sheets", most=MAX_SHEETS)
        budget = MAX_CELLS
        for number, name in sheets:
            table = _sheet(book.get_sheet_by_name(name), facts.of_sheet(number, name))
            budget -= len(table.cells)
            if budget < 0:
                raise TooLarge("cells_too_many", most=MAX_CELLS)
            yield from table.blocks()
    except calamine.CalamineError as problem:
        words = " ".join(str(problem).split())[:120]
        raise ExtractError("workbook_damaged", why=words) from problem
    except BaseException as problem:
        # a failed assertion in Rust raises this class, which is not an Exception and cannot be imported
        if type(problem).__name__ != "PanicException":
            raise
        raise ExtractError("workbook_damaged", why=repr(str(problem)[:60])) from problem


def _refuse_twins(book: calamine.CalamineWorkbook, facts: BookFacts) -> None:
    """Raise ExtractError for sheets of one name: calamine keeps one of them for both.

    It decodes the names in an Excel 95 file byte by byte, so that 一 and 二 become the same.
    """
    names = [sheet.name for sheet in book.sheets_metadata]
    if facts.by_number and (len(set(names)) < len(names) or len(names) != len(facts.by_number)):
        raise ExtractError("workbook_damaged", why="sheet names")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The cells of one sheet that have text, and its merged ranges by their first place."""

    cells: Mapping[CellPlace, str]
    merged: Mapping[CellPlace, CellPlace]  # first place -> rows and columns covered
    covered: frozenset[CellPlace]
    below: frozenset[CellPlace]  # those covered from a row above, by a group label for instance
    rows: int
    columns: int

    def blocks(self) -> Iterator[Block]:
        """Yield paragraphs for titles, headings and prose, and grids for what stands in columns."""
        lines: list[int] = []
        for row in range(self.rows):
            told = self._alone(row, bool(lines))
            if told or not self._said(row):
                yield from self._grid(lines)
                lines = []
            if told:
                yield from (
                    Paragraph(line) for part in told.split("\n") if (line := " ".join(part.split()))
                )
            elif self._said(row):
                lines.append(row)
        yield from self._grid(lines)

    def _said(self, row: int) -> list[int]:
        return [column for column in range(self.columns) if (row, column) in self.cells]

    def _alone(self, row: int, in_table: bool) -> str:
        """Return the text of a row that is a paragraph: a title, a heading or prose in one cell."""
        said = self._said(row)
        if len(said) != 1:
            return ""
        text = self.cells[row, said[0]]
        is_text = not in_table or len(text) > _LONG or is_numbered_heading(text)
        in_merge = any((row, column) in self.below for column in range(self.columns))
        return text if is_text and not in_merge else ""

    def _grid(self, lines: list[int]) -> Iterator[Grid]:
        said = [column for row in lines for column in self._said(row)]
        if not said:
            return
        first, last = min(said), max(said)
        yield Grid(tuple(tuple(self._cells(row, first, last, lines[-1])) for row in lines))

    def _cells(self, row: int, first: int, last: int, end: int) -> Iterator[GridCell]:
        for column in range(first, last + 1):
            if (row, column) in self.covered:
                continue
            down, across = self.merged.get((row, column), (1, 1))
            yield GridCell(
                self.cells.get((row, column), ""),
                column - first,
                min(down, end - row + 1),
                min(across, last - column + 1),
            )


def _sheet(sheet: calamine.CalamineSheet, facts: SheetFacts) -> _Sheet:
    if sheet.end is None:
        return _Sheet({}, {}, frozenset(), frozenset(), 0, 0)
    high, wide = sheet.end[0] + 1, sheet.end[1] + 1
    if high * wide > MAX_AREA:
        raise TooLarge("sheet_too_large", rows=high, columns=wide)
    rows = sheet.to_python(skip_empty_area=False)
    texts = {
        (r, c): text
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
        if (text := cell_text(value))
    }
    texts |= {at: text for at, text in facts.texts.items() if at in texts}
    for place, error in (*((at, "=") for at in facts.open_formulas), *facts.errors.items()):
        if place[0] < high and place[1] < wide:
            texts.setdefault(place, error)
    texts = {place: text for place, text in texts.items() if place not in facts.unseen}
    row_of = _seen_numbers(high, facts.hidden_rows)
    column_of = _seen_numbers(wide, facts.hidden_columns)
    merged: dict[CellPlace, CellPlace] = {}
    first_texts: dict[CellPlace, str] = {}
    covered: set[CellPlace] = set()
    below: set[CellPlace] = set()
    area = 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        bottom, right = min(bottom, high - 1), min(right, wide - 1)
        if (top, left) in covered or bottom < top or right < left:
            continue
        area += (bottom - top + 1) * (right - left + 1)
        if area > MAX_AREA:
            raise TooLarge("merged_cells_too_many")
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        text = texts.get((top, left), "")
        # what is left of a merged cell whose first rows or columns are hidden shows its text
        seen = [n for r in range(top, bottom + 1) if (n := row_of[r]) >= 0]
        across = [n for c in range(left, right + 1) if (n := column_of[c]) >= 0]
        if not seen or not across:
            continue
        merged[seen[0], across[0]] = len(seen), len(across)
        below |= {(r, c) for r in seen[1:] for c in across}
        first_texts[seen[0], across[0]] = text
    kept = {
        (row_of[r], column_of[c]): text
        for (r, c), text in texts.items()
        if (r, c) not in covered and row_of[r] >= 0 and column_of[c] >= 0
    }
    kept |= {place: text for place, text in first_texts.items() if text}
    hidden = {
        (row_of[r], column_of[c]) for r, c in covered if row_of[r] >= 0 and column_of[c] >= 0
    } - merged.keys()
    return _Sheet(
        kept, merged, frozenset(hidden), frozenset(below), max(row_of) + 1, max(column_of) + 1
    )


def _seen_numbers(count: int, hidden: frozenset[int]) -> list[int]:
    """Return the number of each row or column among those that are not hidden, -1 for hidden ones."""
    found: list[int] = []
    seen = 0
    for n in range(count):
        found.append(-1 if n in hidden else seen)
        seen += n not in hidden
    return found


def cell_text(value: CellValue) -> str:
    """Return the value of a cell as text: a number with the fifteen digits that Excel shows.

    >>> cell_text(13.0), cell_text(0.1 + 0.2), cell_text(124599.99999999999), cell_text(" 规章 ")
    ('13', '0.3', '124600', '规章')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        text = f"{value:.15g}"
        if "e" not in text:
            return text
        return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"
    return str(value).strip()
