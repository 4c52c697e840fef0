"""Read the tables of a page a second time: from lxml's own tree, by the table model of HTML.

Nothing but the rules about what a page hides is shared with the first reader. The result is good
for comparing numbers: it has no title, no links and no article.
Source: https://html.spec.whatwg.org/multipage/tables.html#forming-a-table
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.chinese.superscripts import raise_digits
from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.html.element_limits import parse_elements
from gongkai.extract.formats.html.shown_elements import ShownElements
from gongkai.extract.forms.header_words import FORM_WORDS
from gongkai.extract.model.document import Document, Grid, GridCell, Paragraph
from gongkai.extract.tables.row_recognition import anchor_kinds

_MOST_FIELDS = 500_000
"""Fields that the cells of a page may cover, merged cells included."""
_DEEPEST = 30  # tables inside each other
_MOST_DOWN, _MOST_ACROSS = 200, 60
_COUNT = re.compile(r"\+?(\d{1,6})", re.ASCII)
_GROUPS = frozenset(("thead", "tbody", "tfoot"))
_OWN_LINES = frozenset(("p", "div", "li", "tr", "td", "th", "table"))
_NO_TEXT = frozenset(
    ("del", "s", "strike", "script", "style", "template", "noscript", "head", "option")
)
_TYPED = frozenset(("", "text", "number", "tel", "search", "email", "url"))


def read_html_again(body: bytes, media_type: str = "") -> Document:
    """Return the text and the grids of a page as the second reader sees them.

    Raises:
        TooLarge: the page exceeds a limit
        ExtractError: the page has no elements
    """
    text = decode_text(body, media_type).replace("\x00", "")
    root = parse_elements(text)
    if root is None:
        raise ExtractError("document_without_text")
    shown = ShownElements(root, text)
    reader = _GridReader(shown)
    grids = [(reader.read(table), shown.is_visible(table)) for table in _form_tables(root)]
    seen = frozenset[str]().union(*(anchor_kinds(grid) for grid, visible in grids if visible))
    kept = [grid for grid, visible in grids if visible or anchor_kinds(grid) - seen]
    pictures = sum(1 for _ in root.iter("img"))
    return Document("text/html", (Paragraph(_text(root, shown)), *kept), images=pictures)


def _form_tables(root: etree._Element) -> list[etree._Element]:
    """Return the tables in order, those inside each other once.

    A table around one with words of the form only places it; any other one is read with all that
    is inside it.
    """
    around: dict[etree._Element, list[etree._Element]] = {}
    placing: set[etree._Element] = set()
    for table in root.iter("table"):
        outer = next(table.iterancestors("table"), None)
        around[table] = [] if outer is None else [*around[outer], outer]
        if len(around[table]) > _DEEPEST:
            raise TooLarge("tables_nested_too_deeply", most=_DEEPEST)
        if outer is not None and outer not in placing:
            words = normalize_text(str(table.xpath("string()")))
            if any(word in words for word in FORM_WORDS):
                placing.update(around[table])
    return [
        table
        for table, outer in around.items()
        if table not in placing and all(each in placing for each in outer)
    ]


@dataclass(slots=True)
class _GridReader:
    """Places the cells of tables in their fields, row group by row group."""

    shown: ShownElements
    left: int = _MOST_FIELDS

    def read(self, table: etree._Element) -> Grid:
        """Return a table with each cell at the first field that no cell from above covers."""
        rows: list[tuple[GridCell, ...]] = []
        for group in self._row_groups(table):
            covered: set[tuple[int, int]] = set()
            for number, row in enumerate(group):
                rows.append(self._place(row, number, len(group) - number, covered))
        return Grid(tuple(rows))

    def _place(
        self, row: etree._Element, number: int, rest: int, covered: set[tuple[int, int]]
    ) -> tuple[GridCell, ...]:
        """Return the cells of a row. `rest` counts the rows of its group from this one on."""
        cells: list[GridCell] = []
        column = 0
        for cell in row.iterchildren("td", "th"):
            if self.shown.is_gone(cell):
                continue
            while (number, column) in covered:
                column += 1
            down = min(_count(cell, "rowspan") or rest, _MOST_DOWN, rest)
            across = min(max(_count(cell, "colspan"), 1), _MOST_ACROSS)
            self.left -= down * across
            if self.left < 0:
                raise TooLarge("merged_cells_too_many")
            covered.update(
                (below, place)
                for below in range(number + 1, number + down)
                for place in range(column, column + across)
            )
            cells.append(GridCell(_text(cell, self.shown), column, down, across))
            column += across
        return tuple(cells)

    def _row_groups(self, table: etree._Element) -> list[list[etree._Element]]:
        """Return the rows of a table by group; rows outside of one are a group where they stand."""
        groups: list[list[etree._Element]] = []
        last: etree._Element | None = None
        for row, owner in self._rows(table):
            if owner is not last:
                groups.append([])
                last = owner
            groups[-1].append(row)
        return groups

    def _rows(self, table: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
        """Yield the rows of a table, and the group or the table that each belongs to."""
        waiting = [(node, table) for node in table.iterchildren(reversed=True)]
        while waiting:
            node, owner = waiting.pop()
            if self.shown.is_gone(node) or node.tag in ("table", "td", "th"):
                continue
            if node.tag == "tr":
                yield node, owner
            else:
                owner = node if node.tag in _GROUPS else owner
                waiting += ((child, owner) for child in node.iterchildren(reversed=True))


def _count(cell: etree._Element, name: str) -> int:
    """Return a span as browsers understand it: 1 where none is stated; 0 is a number of its own."""
    match = _COUNT.match(cell.get(name, "").lstrip())
    return int(match[1]) if match else 1


def _text(top: etree._Element, shown: ShownElements) -> str:
    """Return the text that is seen inside an element; elements on lines of their own are apart."""
    parts: list[str] = []
    waiting: list[etree._Element | str] = [top]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        if node.tag in _NO_TEXT or (shown.is_gone(node) and node is not top):
            continue
        line = "\n" if node.tag in _OWN_LINES else ""
        parts.append("\n" if node.tag == "br" else line)
        waiting.append(line)
        if shown.is_raised(node) and node.tag not in _OWN_LINES:
            parts.append(raise_digits(str(node.xpath("string()"))))
        elif node.tag in ("input", "select", "textarea"):
            parts.append("" if shown.is_unseen(node) else _flat(_entered(node)))
        else:
            unseen = shown.is_unseen(node)
            for child in node.iterchildren(reversed=True):
                waiting += ("" if unseen else _flat(child.tail), child)
            parts.append("" if unseen else _flat(node.text))
    return re.sub(r"\n\n++", "\n", "".join(parts)).strip()


def _flat(text: str | None) -> str:
    """Return a text of the source without its line breaks, which a page does not show."""
    return (text or "").replace("\n", " ")


def _entered(control: etree._Element) -> str:
    """Return what a form control shows: its value, its chosen option or the text written in it."""
    if control.tag == "input":
        return control.get("value", "") if control.get("type", "text").lower() in _TYPED else ""
    if control.tag == "textarea":
        return control.text or ""
    options = list(control.iter("option"))
    chosen = [option for option in options if "selected" in option.attrib] or options[:1]
    return str(chosen[-1].xpath("string()")) if chosen else ""
