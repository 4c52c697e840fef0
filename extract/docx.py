"""Word files (.docx): paragraphs and tables in body order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph

from extract.document import Block, Document, ExtractError, Grid, GridCell, Paragraph, TooLarge

MAX_UNPACKED = 80 * 1024 * 1024
MAX_CELLS = 60_000

# What python-docx and lxml raise on malformed packages.
_MALFORMED = (
    zipfile.BadZipFile, SyntaxError, ArithmeticError, AttributeError, EOFError, LookupError,
    NotImplementedError, RuntimeError, TypeError, ValueError, OSError,
)  # fmt: skip


def read_docx(body: bytes, media_type: str = "") -> Document:
    """Read a Word file. Raises TooLarge or ExtractError with the reason; nothing else."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            size = sum(entry.file_size for entry in package.infolist())
        if size > MAX_UNPACKED:
            raise TooLarge(f"Word file that unpacks to {size} bytes")
        blocks = tuple(_blocks(docx.Document(io.BytesIO(body))))
    except ExtractError:
        raise
    except _MALFORMED as problem:
        raise ExtractError(
            f"Word 文件损坏 damaged Word file: {type(problem).__name__}"
        ) from problem
    return Document(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", blocks
    )


def _blocks(document: Any) -> Iterator[Block]:
    budget = MAX_CELLS
    for part in document.iter_inner_content():
        if isinstance(part, WordParagraph):
            text = " ".join(_text(part._p).split())
            if text:
                yield Paragraph(text, _level(part))
        elif isinstance(part, Table):
            grid = Grid(tuple(_rows(part)))
            budget -= sum(len(row) for row in grid.rows)
            if budget < 0:
                raise TooLarge(f"more than {MAX_CELLS} table cells")
            yield grid


def _level(paragraph: WordParagraph) -> int:
    style = paragraph.style.name or "" if paragraph.style is not None else ""
    digits = style.removeprefix("Heading ").removeprefix("标题 ")
    return int(digits) if digits in "123456" and digits else 0


def _text(element: Any) -> str:
    """Text of an element as it stands after its tracked changes: deleted runs are left out."""
    parts: list[str] = []
    for node in element.iter(qn("w:t"), qn("w:tab"), qn("w:br")):
        parts.append(node.text or "" if node.tag == qn("w:t") else "\n")
    return "".join(parts)


def _rows(table: Table) -> Iterator[tuple[GridCell, ...]]:
    """Rows with merged cells once, where they begin. Vertical merges count the rows they cover."""
    lines = [list(_line(row)) for row in table._tbl.tr_lst]
    for number, line in enumerate(lines):
        cells = []
        for cell, column, across, merge in line:
            if merge == "continue":
                continue
            down = 1
            while merge and number + down < len(lines) and _continues(lines[number + down], column):
                down += 1
            text = "\n".join(_text(p) for p in cell.iter(qn("w:p"))).strip()
            cells.append(GridCell(text, column, down, across))
        yield tuple(cells)


def _line(row: Any) -> Iterator[tuple[Any, int, int, str]]:
    column = row.grid_before
    for cell in row.tc_lst:
        yield cell, column, cell.grid_span, cell.vMerge or ""
        column += cell.grid_span


def _continues(line: list[tuple[Any, int, int, str]], column: int) -> bool:
    return any(at == column and merge == "continue" for _, at, _, merge in line)
