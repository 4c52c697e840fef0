"""Read Excel files, new and old, with calamine: each visible sheet as paragraphs and grids."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import python_calamine as calamine

from gongkai.extract.chinese.headings import is_numbered_heading
from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.media_type import XLS, XLSX
from gongkai.extract.formats.zip_archive import open_zip, read_member
from gongkai.extract.model.document import Block, Document, Grid, GridCell, Paragraph

MAX_SHEETS = 40
MAX_AREA = 1_000_000
"""Fields between the first and the last cell of a sheet: calamine allocates all of them."""
MAX_CELLS = 60_000
MAX_XML = 24 * 1024 * 1024
_LONG = 40
# A cell with a value, and a row, in the XML of a sheet.
# Each pattern also takes a tag without a place, so that a search does not begin again inside the tag.
_CELL = re.compile(
    rb"<(?:\w++:)?c\s(?:(?>(?:[^>]*?\s)?r=[\"']([A-Z]{1,3})(\d{1,7})[\"'])[^>]*+(?<!/)>|[^>]*+)"
)
_ROW = re.compile(rb"<(?:\w++:)?row\s(?:(?:[^>]*?\s)?r=[\"'](\d{1,7})[\"']|[^>]*+)")
# A formula without a stored result: Excel would show a number that the file does not have.
_OPEN_FORMULA = re.compile(
    rb"<c\s(?:(?>(?:[^>]*?\s)?r=\"([A-Z]{1,3})(\d{1,7})\")[^>]*+>"
    rb"<f[^>]*+>(?:(?<=/>)|[^<]*+</f>)(?:<v\s*+/>|<v></v>)?</c>|[^>]*+)"
)

CellValue = object
CellPlace = tuple[int, int]


def read_xlsx(body: bytes, media_type: str = "") -> Document:
    """Read an .xlsx file. No other errors are raised.

    Raises:
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    return Document(XLSX, tuple(_workbook(body, _open_formulas(body))))


def read_xls(body: bytes, media_type: str = "") -> Document:
    """Read an .xls file. No other errors are raised.

    Raises:
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    return Document(XLS, tuple(_workbook(body, [])))


def _open_formulas(body: bytes) -> list[frozenset[CellPlace]]:
    """Return the formulas of each sheet without a computed value, and check the size of the sheets.

    This comes before calamine opens them.
    """
    found: list[frozenset[CellPlace]] = []
    with open_zip(body) as package:
        for member in package.infolist():
            if (
                member.filename.lower().endswith(".xml")
                and "worksheets/" in member.filename.lower()
            ):
                xml = read_member(package, member, MAX_XML)
                _check_area(xml)
                found.append(
                    frozenset(_cell_place(m[1], m[2]) for m in _OPEN_FORMULA.finditer(xml) if m[1])
                )
            elif member.file_size > MAX_XML and member.filename.lower().endswith((".xml", ".bin")):
                raise TooLarge("workbook_part_too_large", size=member.file_size)
    return found


def _check_area(xml: bytes) -> None:
    rows = [int(row) for row in _ROW.findall(xml) if row]
    places = [_cell_place(column, row) for column, row in _CELL.findall(xml) if row]
    if not places:
        return
    high = max(max(row for row, _ in places), max(rows, default=1) - 1) + 1
    wide = max(column for _, column in places) + 1
    if high * wide > MAX_AREA:
        raise TooLarge("sheet_too_large", rows=high, columns=wide)


def _cell_place(letters: bytes, row: bytes) -> CellPlace:
    """Return row and column of a reference such as B12, both counted from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return max(int(row), 1) - 1, column - 1


def _workbook(body: bytes, formulas: Sequence[frozenset[CellPlace]]) -> Iterator[Block]:
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheets = [
            sheet
            for sheet in book.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        if len(sheets) > MAX_SHEETS:
            raise TooLarge("workbook_too_many_sheets", most=MAX_SHEETS)
        # it is unknown which XML part is which sheet, so that a place is open in all of them
        open_places = frozenset().union(*formulas)
        budget = MAX_CELLS
        for sheet in sheets:
            table = _sheet(book.get_sheet_by_name(sheet.name), open_places)
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


def _sheet(sheet: calamine.CalamineSheet, open_places: frozenset[CellPlace]) -> _Sheet:
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
    for place in open_places:
        if place[0] < len(rows) and place[1] < len(rows[place[0]]):
            texts.setdefault(place, "=")
    merged: dict[CellPlace, CellPlace] = {}
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
        merged[top, left] = bottom - top + 1, right - left + 1
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        covered.discard((top, left))
        below |= {(r, c) for r in range(top + 1, bottom + 1) for c in range(left, right + 1)}
    kept = {place: text for place, text in texts.items() if place not in covered}
    return _Sheet(kept, merged, frozenset(covered), frozenset(below), high, wide)


def cell_text(value: CellValue) -> str:
    """Return the value of a cell as text: whole numbers without a point, others to six places.

    >>> cell_text(13.0), cell_text(0.1 + 0.2), cell_text(" 规章 ")
    ('13', '0.3', '规章')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return (
            str(int(value))
            if value.is_integer() and abs(value) < 1e15
            else f"{value:.6f}".rstrip("0")
        )
    return str(value).strip()
