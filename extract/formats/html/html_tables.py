"""Read an HTML table as a grid: spans as browsers place them, nested tables apart."""

from __future__ import annotations

from dataclasses import dataclass

from bs4.element import NavigableString, Tag

from gongkai.extract.chinese.superscripts import raise_digits
from gongkai.extract.errors import TooLarge
from gongkai.extract.model.document import Grid, GridCell

MAX_CELLS = 60_000
MAX_ROW_SPAN = 200
MAX_COLUMN_SPAN = 60
_LINE_BREAKS = frozenset(("br", "p", "div", "li", "tr", "td", "th"))
_STRUCK = frozenset(("del", "s", "strike", "script", "style", "template", "noscript"))
_CONTROLS = frozenset(("input", "select", "textarea"))
_TEXT_TYPES = frozenset(("", "text", "number", "tel", "search", "email", "url"))


@dataclass(slots=True)
class CellBudget:
    """The number of cells that may still be read from a document."""

    cells: int = MAX_CELLS

    def spend(self, count: int) -> None:
        """Take `count` cells off the budget.

        Raises:
            TooLarge: the budget is used up
        """
        self.cells -= count
        if self.cells < 0:
            raise TooLarge("cells_too_many", most=MAX_CELLS)


def read_table(table: Tag, budget: CellBudget) -> Grid:
    """Return the cells of a table by row, each with the column at which a browser draws it."""
    rows: list[tuple[GridCell, ...]] = []
    covered: dict[int, int] = {}  # column -> rows it is still covered from above
    for line in _own_rows(table):
        cells: list[GridCell] = []
        column = 0
        starting: dict[int, int] = {}
        for cell in _own_cells(line):
            while covered.get(column, 0) > 0:
                column += 1
            down, across = (
                _span(cell, "rowspan", MAX_ROW_SPAN),
                _span(cell, "colspan", MAX_COLUMN_SPAN),
            )
            budget.spend(1)
            cells.append(GridCell(cell_text(cell), column, down, across))
            for place in range(column, column + across):
                starting[place] = down
            column += across
        covered = {place: left - 1 for place, left in covered.items() if left > 1} | {
            place: down - 1 for place, down in starting.items() if down > 1
        }
        rows.append(tuple(cells))
    return Grid(tuple(rows))


def _own_rows(table: Tag) -> list[Tag]:
    """Return the rows of a table without those of tables nested in its cells.

    Editors leave other elements (a form, a font) between a table and its rows, so that all
    descendants are searched.
    """
    rows: list[Tag] = []
    stack = [child for child in reversed(table.contents) if isinstance(child, Tag)]
    while stack:
        node = stack.pop()
        if node.name == "tr":
            if not _is_unseen(node):
                rows.append(node)
        elif node.name not in ("table", "td", "th") and not _is_unseen(node):
            stack.extend(child for child in reversed(node.contents) if isinstance(child, Tag))
    return rows


def _own_cells(row: Tag) -> list[Tag]:
    """Return the visible cells; a hidden one takes no column."""
    cells = (c for c in row.contents if isinstance(c, Tag) and c.name in ("td", "th"))
    return [cell for cell in cells if not _is_unseen(cell)]


def _span(cell: Tag, name: str, most: int) -> int:
    value = str(cell.get(name, "1")).strip()
    return (
        min(max(int(value), 1), most)
        if value.isascii() and value.isdigit() and len(value) < 10
        else (most if value.isdigit() else 1)
    )


def cell_text(cell: Tag) -> str:
    """Return the text of a cell, with line breaks for paragraphs and breaks.

    Struck and hidden text is left out; raised figures stay raised, because they are notes. What
    form controls show is text too.
    """
    parts: list[str] = []
    stack = cell.contents[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if node.name in _LINE_BREAKS:
                parts.append("\n")
            if node.name in _STRUCK or (node.attrs and _is_unseen(node)):
                continue
            if node.name in _CONTROLS:
                parts.append(_entered(node).replace("\n", " "))
                continue
            if node.name == "sup":
                parts.append(raise_digits(node.get_text()))
                continue
            stack.extend(node.contents[::-1])
        elif type(node) is NavigableString:
            parts.append(node.replace("\n", " "))
    return "".join(parts).strip()


def _is_unseen(tag: Tag) -> bool:
    return "hidden" in tag.attrs


def _entered(control: Tag) -> str:
    """Return what a form control shows: its value, the chosen option or the text written in it."""
    if control.name == "input":
        shown = str(control.get("type", "text")).lower() in _TEXT_TYPES
        return str(control.get("value", "")) if shown else ""
    if control.name == "textarea":
        return control.get_text()
    options = list(control.find_all("option", limit=1_000))
    chosen = [option for option in options if "selected" in option.attrs] or options[:1]
    return chosen[-1].get_text() if chosen else ""
