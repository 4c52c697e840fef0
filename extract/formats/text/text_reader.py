"""Read plain text and Markdown: lines, with tables as runs of lines with tabs or pipes."""

from __future__ import annotations

import re

from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.chinese.headings import parse_heading
from gongkai.extract.chinese.titles import parse_title
from gongkai.extract.errors import TooLarge
from gongkai.extract.formats.text.cell_per_line import read_cell_lines
from gongkai.extract.model.document import Block, Document, Grid, GridCell, Paragraph

MAX_CHARACTERS = 4_000_000
MAX_LINES = 60_000
MAX_CELLS = 60_000
_RULE = re.compile(r"^[\s|:+=-]+$")
_BAR = re.compile(r"^\s*\+(?:[-=:]{2,}\+)+\s*$")
_HASHES = re.compile(r"^(#{1,6})\s+")
_EMPHASIS = re.compile(r"\*\*|__")


def read_text(body: bytes, media_type: str = "") -> Document:
    """Read a text file.

    Raises:
        TooLarge: the file exceeds a limit
    """
    if len(body) > MAX_CHARACTERS:
        raise TooLarge("text_too_large", size=len(body), most=MAX_CHARACTERS)
    lines = decode_text(body, media_type).replace("\x00", "").splitlines()
    if len(lines) > MAX_LINES:
        raise TooLarge("text_too_many_lines", lines=len(lines), most=MAX_LINES)
    return Document("text/plain", tuple(_blocks(lines)))


def _blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    rows: list[tuple[GridCell, ...]] = []
    barred = 0  # rows above the last bar of a table drawn with +---+
    budget = MAX_CELLS
    for line in lines:
        if _BAR.match(line):
            rows[barred:] = _between_bars(rows[barred:])
            barred = len(rows)
            continue
        if rows and "|" in line and _RULE.match(line):
            continue  # the line below a markdown header, or a row of blank cells
        cells = _cells(line)
        if cells:
            rows.append(cells)
            budget -= len(cells)
            if budget < 0:
                raise TooLarge("cells_too_many", most=MAX_CELLS)
            continue
        text = line.strip()
        # a blank line inside a table is a page break: the table goes on behind it
        if not text:
            continue
        if rows:
            blocks.append(_grid(rows))
            rows, barred = [], 0
        blocks.append(_paragraph(text))
    if rows:
        blocks.append(_grid(rows))
    return _joined(read_cell_lines(blocks))


def _grid(rows: list[tuple[GridCell, ...]]) -> Grid:
    """Return a table without the empty cells behind its last column.

    Rows of one length, with empty cells where others have text, came out of a spreadsheet: then the
    cells stand in columns.
    """
    wide = max((n for row in rows for n, cell in enumerate(row, 1) if cell.text), default=0)
    kept = [row[:wide] for row in rows]
    lengths = {len(row) for row in rows}
    if len(rows) > 1 and len(lengths) == 1 and any(not row[-1].text for row in rows):
        kept = [tuple(GridCell(cell.text, n) for n, cell in enumerate(row)) for row in kept]
    return Grid(tuple(kept))


def _between_bars(rows: list[tuple[GridCell, ...]]) -> list[tuple[GridCell, ...]]:
    """Return a row whose cells continue over several lines; other lines stay as they are."""
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        return rows
    columns = zip(*rows, strict=True)
    return [tuple(GridCell(" ".join(c.text for c in cells).strip()) for cells in columns)]


def _cells(line: str) -> tuple[GridCell, ...]:
    """Return the cells of a table line, () for other lines."""
    if "\t" in line.lstrip():  # a tab in front is an indent, one behind an empty cell
        return tuple(GridCell(text.strip()) for text in line.rstrip("\r\n").split("\t"))
    bar = line.strip()
    if bar.count("|") >= 2 and (bar.startswith("|") or bar.count("|") >= 4):
        if _RULE.match(bar):
            return ()
        return tuple(GridCell(text.strip()) for text in bar.strip("|").split("|"))
    return ()


def _paragraph(text: str) -> Paragraph:
    hashes = _HASHES.match(text)
    return Paragraph(
        _EMPHASIS.sub("", text[hashes.end() :] if hashes else text), len(hashes[1]) if hashes else 0
    )


def _joined(blocks: list[Block]) -> list[Block]:
    """Return paragraphs with the halves joined where a page break divides a sentence."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if isinstance(block, Paragraph) and isinstance(last, Paragraph) and _goes_on(last, block):
            found[-1] = Paragraph(last.text + block.text, last.heading)
        else:
            found.append(block)
    return found


def _goes_on(upper: Paragraph, lower: Paragraph) -> bool:
    if upper.heading or lower.heading or parse_heading(upper.text) or parse_heading(lower.text):
        return False
    if parse_title(upper.text):
        return False
    return len(upper.text) > 30 and upper.text[-1] not in "。！？；：…”）》.!?;:)"
