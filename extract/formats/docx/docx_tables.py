"""Read a Word table as a grid: each merged cell once, at its place and with its span."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.formats.docx.docx_parts import W, bounded_number, child_value, is_on
from gongkai.extract.formats.docx.docx_text import OBJECT, chosen_content
from gongkai.extract.formats.xml_parts import Element, local_name
from gongkai.extract.forms.header_words import FORM_WORDS
from gongkai.extract.model.document import GridCell

MAX_SPAN = 60
_SLIVER = 113
"""Twips (2 mm): no value fits in a column that narrow. Word and WPS make one wherever edges that
look aligned are not, and LibreOffice where a width was rounded; cells then span two columns."""
_WIDE = 1000
_WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
_GONE = frozenset(("del", "moveFrom", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr"))


@dataclass(slots=True)
class _Cell:
    """A w:tc element before its merged cells are known."""

    element: Element
    column: int
    columns: int
    merge: str  # "" alone, "restart" first of a vertical merge, "continue" covered from above
    rows: int = 1


def children(element: Element) -> Iterator[Element]:
    """Yield the children of an element; those of content controls and insertions take their place."""
    for child in element:
        name = local_name(child)
        if name == "AlternateContent":
            yield from children(chosen_content(child))
        elif name in _WRAPPERS:
            yield from children(child)
        elif name and name not in _GONE:
            yield child


def table_rows(table: Element) -> list[Element]:
    """Return the rows of a table without deleted and hidden ones."""
    return [
        row
        for row in children(table)
        if local_name(row) == "tr" and not _is_switched_off(row, "trPr", "del") and not _hidden(row)
    ]


def row_cells(row: Element) -> list[Element]:
    """Return the cells of a row without those that a tracked change deletes."""
    return [
        cell
        for cell in children(row)
        if local_name(cell) == "tc" and not _is_switched_off(cell, "tcPr", "cellDel")
    ]


def _is_switched_off(element: Element, properties: str, mark: str) -> bool:
    found = element.find(W + properties)
    return found is not None and found.find(W + mark) is not None


def _hidden(row: Element) -> bool:
    return is_on(row.find(W + "trPr"), "hidden")


def is_layout(table: Element) -> bool:
    """Return whether a table only places paragraphs and other tables.

    Its cells are then read one by one. Such a table has a single column, or is a frame around
    tables of the form.
    """
    nested = _nested_tables(table)
    if any(_has_form_words(inner) for inner in nested):
        return True
    if _has_form_words(table):
        return False
    return bool(nested) or all(len(row_cells(row)) <= 1 for row in table_rows(table))


def _nested_tables(table: Element) -> list[Element]:
    """Return the outermost tables inside a table; their texts hold those of all others."""
    found: list[Element] = []
    stack = list(reversed(table))
    while stack:
        element = stack.pop()
        if element.tag == W + "tbl":
            found.append(element)
        else:
            stack.extend(reversed(element))
    return found


def _has_form_words(table: Element) -> bool:
    text = element_text(table)
    return any(word in text for word in FORM_WORDS)


def element_text(element: Element) -> str:
    """Return all text of an element, normalized, which is enough to recognise a table."""
    return normalize_text("".join(node.text or "" for node in element.iter(W + "t")))


def read_rows(
    table: Element, text_of: Callable[[Element], str], spend: Callable[[int], None]
) -> tuple[tuple[GridCell, ...], ...]:
    """Return the rows of a table as grid cells.

    `spend` is called with the number of cells read and raises an error for too many.
    """
    lines: list[list[_Cell]] = []
    for row in table_rows(table):
        lines.append(_line(row))
        spend(len(lines[-1]))
    _close_slivers(lines, _edges(table))
    _merge_down(lines)
    return tuple(
        tuple(
            GridCell(_words(text_of(cell.element)), cell.column, cell.rows, cell.columns)
            for cell in line
            if cell.merge != "continue"
        )
        for line in lines
    )


def _line(row: Element) -> list[_Cell]:
    """Return the cells of a row with their columns.

    Cells that are merged horizontally in the old way become one.
    """
    column = bounded_number(child_value(row.find(W + "trPr"), "gridBefore"), 0, 0, MAX_SPAN)
    found: list[_Cell] = []
    for cell in row_cells(row):
        looks = cell.find(W + "tcPr")
        across = bounded_number(child_value(looks, "gridSpan"), 1, 1, MAX_SPAN)
        if child_value(looks, "hMerge") in ("continue", "") and found:
            found[-1].columns += across
        else:
            found.append(_Cell(cell, column, across, _vertical(looks)))
        column += across
    return found


def _vertical(looks: Element | None) -> str:
    merge = child_value(looks, "vMerge")
    if merge is None:
        return ""
    return "restart" if merge in ("restart", "rest") else "continue"


def _edges(table: Element) -> list[int]:
    """Return the number of the column that begins at each edge of the grid, with slivers closed."""
    grid = table.find(W + "tblGrid")
    places = [0]
    at = kept = 0
    for column in grid.findall(W + "gridCol") if grid is not None else ():
        at += bounded_number(column.get(W + "w"), _WIDE)
        near = at - kept < _SLIVER
        places.append(places[-1] + (0 if near else 1))
        kept = kept if near else at
    return places


def _close_slivers(lines: list[list[_Cell]], places: list[int]) -> None:
    """Return the numbers of columns without slivers, unless a cell with text would vanish."""

    def place(edge: int) -> int:
        return places[edge] if edge < len(places) else places[-1] + edge - len(places) + 1

    cells = [
        (cell, place(cell.column), place(cell.column + cell.columns))
        for line in lines
        for cell in line
    ]
    if all(start < end for _, start, end in cells):
        for cell, start, end in cells:
            cell.column, cell.columns = start, end - start


def _merge_down(lines: list[list[_Cell]]) -> None:
    """Count for each first cell the rows it covers; a cell that continues nothing stays separate."""
    open_cells: dict[int, _Cell] = {}
    for line in lines:
        still: dict[int, _Cell] = {}
        for cell in line:
            above = open_cells.get(cell.column)
            if cell.merge == "continue" and above is not None:
                above.rows += 1
                still[cell.column] = above
            elif cell.merge:
                cell.merge = "restart"
                still[cell.column] = cell
        open_cells = still


def _words(text: str) -> str:
    """Return the text of a cell; a picture counts only if there is nothing else."""
    said = text.replace(OBJECT, "").strip()
    return said or (OBJECT if OBJECT in text else "")
