"""Read an HTML table as a grid: spans as browsers place them, nested tables apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bs4.element import NavigableString, PageElement, Tag

from gongkai.extract.chinese.superscripts import raise_digits
from gongkai.extract.errors import TooLarge
from gongkai.extract.formats.html.html_tree import KEEPS_PLACE
from gongkai.extract.model.cell_place import CellPlace
from gongkai.extract.model.document import Grid, GridCell

MAX_CELLS = 60_000
MAX_FIELDS = 500_000
"""Fields that the cells of a page may cover, merged cells included: each is looked at once a row."""

MAX_ROW_SPAN = 200
MAX_COLUMN_SPAN = 60
_LINE_BREAKS = frozenset(("br", "p", "div", "li", "tr", "td", "th"))
_OWN_LINES = _LINE_BREAKS - {"br"}
_GROUPS = frozenset(("thead", "tbody", "tfoot"))
PLACE = "cell-place"
"""The attribute with the number of a cell. Pages cannot have it: the tree has none of theirs that
is not read."""
_SPAN = re.compile(r"\+?(\d{1,6})", re.ASCII)
_STRUCK = frozenset(("del", "s", "strike", "script", "style", "template", "noscript"))
CONTROLS = frozenset(("input", "select", "textarea"))
_TEXT_TYPES = frozenset(("", "text", "number", "tel", "search", "email", "url"))


@dataclass(slots=True)
class CellBudget:
    """The numbers of cells, and of fields that they cover, that may still be read from a document."""

    cells: int = MAX_CELLS
    fields: int = MAX_FIELDS

    @property
    def spent(self) -> int:
        """The number of cells that were read."""
        return MAX_CELLS - self.cells

    def spend(self, fields: int) -> None:
        """Take a cell that covers so many fields off the budget.

        Raises:
            TooLarge: the budget is used up
        """
        self.cells -= 1
        self.fields -= fields
        if self.cells < 0:
            raise TooLarge("cells_too_many", most=MAX_CELLS)
        if self.fields < 0:
            raise TooLarge("merged_cells_too_many")


def read_table(table: Tag, budget: CellBudget) -> Grid:
    """Return the cells of a table by row, each with the column at which a browser draws it.

    Each element of a cell gets the attribute `PLACE`, so that it is found again in the tree.
    """
    rows: list[tuple[GridCell, ...]] = []
    for group in _row_groups(table):
        covered: dict[int, int] = {}  # column -> rows it is still covered from above
        for number, (line, unseen) in enumerate(group):
            cells = _placed_cells(line, len(group) - number, covered, budget)
            if unseen:
                cells = tuple(replace(cell, text="") for cell in cells)
            rows.append(cells)
            starting = {
                place: cell.rows
                for cell in cells
                for place in range(cell.column, cell.column + cell.columns)
            }
            covered = {place: left - 1 for place, left in (covered | starting).items() if left > 1}
    return Grid(tuple(rows))


def _placed_cells(
    line: Tag, rest: int, covered: dict[int, int], budget: CellBudget
) -> tuple[GridCell, ...]:
    """Return the cells of a row. `rest` counts the rows of its group from this one on.

    No cell reaches into the next group. A `rowspan` of 0 reaches to the end of its own.
    """
    cells: list[GridCell] = []
    column = 0
    for cell in _own_cells(line):
        while covered.get(column, 0) > 0:
            column += 1
        down = min(_span(cell, "rowspan", MAX_ROW_SPAN) or rest, rest)
        across = _span(cell, "colspan", MAX_COLUMN_SPAN) or 1
        budget.spend(down * across)
        text = "" if _is_unseen(cell) else cell_text(cell)
        cell.attrs[PLACE] = str(budget.spent)
        cells.append(GridCell(text, column, down, across, CellPlace(budget.spent)))
        column += across
    return tuple(cells)


def _row_groups(table: Tag) -> list[list[tuple[Tag, bool]]]:
    """Return the rows of a table by group, and of each whether it keeps its place without being seen.

    Rows of tables nested in cells are no rows of the table.
    Editors leave other elements (a form, a font) between a table and its rows, so that all
    descendants are searched. Rows that are in no group are one between the groups around them.
    """
    groups: list[list[tuple[Tag, bool]]] = []
    last: Tag | None = None
    stack = [(child, table, False) for child in table.contents[::-1] if isinstance(child, Tag)]
    while stack:
        node, group, unseen = stack.pop()
        if _is_gone(node) or node.name in ("table", "td", "th"):
            continue
        unseen = unseen or _is_unseen(node)
        if node.name == "tr":
            if group is not last:
                groups.append([])
                last = group
            groups[-1].append((node, unseen))
            continue
        group = node if node.name in _GROUPS else group
        stack += [(child, group, unseen) for child in node.contents[::-1] if isinstance(child, Tag)]
    return groups


def _own_cells(row: Tag) -> list[Tag]:
    """Return the cells; one that is not there takes no column, but one that is only unseen does."""
    cells = (c for c in row.contents if isinstance(c, Tag) and c.name in ("td", "th"))
    return [cell for cell in cells if not _is_gone(cell)]


def _span(cell: Tag, name: str, most: int) -> int:
    """Return a span as browsers understand it: they read `2px` as 2, and what is no number as 1."""
    match = _SPAN.match(str(cell.get(name, "")).lstrip())
    return min(int(match[1]), most) if match else 1


def cell_text(cell: Tag) -> str:
    """Return the text of a cell, with line breaks for paragraphs and breaks.

    Struck and hidden text is left out; raised figures stay raised, because they are notes. What
    form controls show is text too.
    """
    parts: list[str] = []
    stack: list[PageElement | None] = [*cell.contents[::-1]]
    ended = False  # behind an element with lines of its own
    while stack:
        node = stack.pop()
        if node is None:
            ended = True
        elif isinstance(node, Tag):
            if node.name in _LINE_BREAKS:
                parts.append("\n")
                ended = False
            if node.name in _STRUCK or (node.attrs and _is_unseen(node)):
                continue
            if node.name in CONTROLS:
                parts.append(entered_text(node).replace("\n", " "))
                continue
            if node.name == "sup":
                parts.append(raise_digits(node.get_text()))
                continue
            if node.name in _OWN_LINES:
                stack.append(None)
            stack.extend(node.contents[::-1])
        elif type(node) is NavigableString:
            if ended and not node.isspace():
                parts.append("\n")
                ended = False
            parts.append(node.replace("\n", " "))
    return "".join(parts).strip()


def _is_unseen(tag: Tag) -> bool:
    return "hidden" in tag.attrs


def _is_gone(tag: Tag) -> bool:
    """Return whether a tag takes no place on the page."""
    return tag.attrs.get("hidden", KEEPS_PLACE) != KEEPS_PLACE


def entered_text(control: Tag) -> str:
    """Return what a form control shows: its value, the chosen option or the text written in it."""
    if control.name == "input":
        shown = str(control.get("type", "text")).lower() in _TEXT_TYPES
        return str(control.get("value", "")) if shown else ""
    if control.name == "textarea":
        return control.get_text()
    options = list(control.find_all("option", limit=1_000))
    chosen = [option for option in options if "selected" in option.attrs] or options[:1]
    return chosen[-1].get_text() if chosen else ""
