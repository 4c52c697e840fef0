"""Two versions of a document, compared as people read them: line by line, row by row, cell by cell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from gongkai.extract.cell_places import PlacedReading, read_placed
from gongkai.extract.model.cell_place import Box, CellPlace
from gongkai.extract.model.document import GridCell, Paragraph
from gongkai.extract.model.report import Source

State = Literal["same", "changed", "old", "new"]

MOST_LINES = 3_000
"""Paragraphs and rows of a version that are compared. A report has some hundred."""

LONGEST_TEXT = 20_000
MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A cell, or a paragraph, before and after. `columns` are those that it covers.

    `column` is the leftmost one, -1 where only the order of the cells is known.
    """

    old: str
    new: str
    column: int = -1
    columns: int = 1

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than before."""
        return _squeezed(self.old) != _squeezed(self.new)


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A paragraph, or a row of table number `table` (from 1; 0 for a paragraph)."""

    state: State
    cells: tuple[ComparedCell, ...]
    table: int = 0


@dataclass(frozen=True, slots=True)
class Marks:
    """The cells of a version that are not in the other one, by number, or by box on one page."""

    numbers: tuple[int, ...] = ()
    page: int = 0
    boxes: tuple[Box, ...] = ()
    turn: int = 0


@dataclass(frozen=True, slots=True)
class ComparedDocuments:
    """The lines of two versions, merged, and where their differences stand in each."""

    lines: tuple[ComparedLine, ...] = ()
    old: Marks = Marks()
    new: Marks = Marks()

    @property
    def changes(self) -> int:
        """The number of lines that differ."""
        return sum(line.state != "same" for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph or a row of one version."""

    texts: tuple[str, ...]
    cells: tuple[GridCell, ...] = ()
    table: int = 0

    @property
    def key(self) -> tuple[bool, tuple[str, ...]]:
        """What makes it the same as one of the other version."""
        return bool(self.table), tuple(map(_squeezed, self.texts))

    @property
    def name(self) -> tuple[bool, int, str]:
        """What makes it a version of one of the other version: its label, and how many cells it has."""
        return bool(self.table), len(self.texts), _squeezed(self.texts[0]) if self.table else ""


def _squeezed(text: str) -> str:
    return "".join(text.split())


def compare_documents(
    old: tuple[bytes, Source], new: tuple[bytes, Source]
) -> ComparedDocuments | None:
    """Return two versions compared, None if one of them cannot be read. Runs in the sandbox."""
    read = [read_placed(body, source) for body, source in (old, new)]
    if read[0] is None or read[1] is None:
        return None
    before, after = list(_lines(read[0])), list(_lines(read[1]))
    places: tuple[list[CellPlace], list[CellPlace]] = ([], [])
    lines = tuple(_merged(before, after, places))
    return ComparedDocuments(lines, _marks(places[0]), _marks(places[1]))


def _lines(placed: PlacedReading) -> Iterator[_Line]:
    """Yield the paragraphs and rows of a document that say something, as many as are compared."""
    left, table = MOST_LINES, 0
    for block in placed.document.blocks:
        if isinstance(block, Paragraph):
            found = [_Line((block.text[:LONGEST_TEXT],))] if block.text.strip() else []
        else:
            table += 1
            rows = (row[:MOST_COLUMNS] for row in block.rows)
            found = [
                _Line(tuple(cell.text[:LONGEST_TEXT] for cell in row), row, table)
                for row in rows
                if any(cell.text.strip() for cell in row)
            ]
        yield from found[:left]
        left -= len(found)
        if left <= 0:
            return


Places = tuple[list[CellPlace], list[CellPlace]]


def _merged(
    before: Sequence[_Line], after: Sequence[_Line], places: Places
) -> Iterator[ComparedLine]:
    """Yield the lines of both versions in one order. Fills the places of what differs."""
    matcher = SequenceMatcher(
        None, [line.key for line in before], [line.key for line in after], autojunk=False
    )
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield from (
                _pair(old, new, places) for old, new in zip(before[i:j], after[k:m], strict=True)
            )
        else:
            yield from _replaced(before[i:j], after[k:m], places)


def _replaced(
    before: Sequence[_Line], after: Sequence[_Line], places: Places
) -> Iterator[ComparedLine]:
    """Yield lines that differ: pairs of one name as changed ones, the others as old or new."""
    matcher = SequenceMatcher(
        None, [line.name for line in before], [line.name for line in after], autojunk=False
    )
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield from (
                _pair(old, new, places) for old, new in zip(before[i:j], after[k:m], strict=True)
            )
            continue
        for line in before[i:j]:
            places[0].extend(cell.place for cell in line.cells if cell.place)
            yield ComparedLine("old", tuple(_cells(line, line.texts, ())), line.table)
        for line in after[k:m]:
            places[1].extend(cell.place for cell in line.cells if cell.place)
            yield ComparedLine("new", tuple(_cells(line, (), line.texts)), line.table)


def _pair(old: _Line, new: _Line, places: Places) -> ComparedLine:
    cells = tuple(_cells(new, old.texts, new.texts))
    changed = [n for n, cell in enumerate(cells) if cell.is_changed]
    for found, line in zip(places, (old, new), strict=True):
        for n in changed:
            if n < len(line.cells) and (place := line.cells[n].place):
                found.append(place)
    return ComparedLine("changed" if changed else "same", cells, new.table)


def _cells(line: _Line, old: Sequence[str], new: Sequence[str]) -> Iterator[ComparedCell]:
    for n in range(max(len(old), len(new))):
        cell = line.cells[n] if n < len(line.cells) else None
        yield ComparedCell(
            old[n] if n < len(old) else "",
            new[n] if n < len(new) else "",
            cell.column if cell else -1,
            cell.columns if cell else 1,
        )


def _marks(places: Sequence[CellPlace]) -> Marks:
    """Return the marks of a version; of a drawn document, those on the first page that has any."""
    drawn = [place for place in places if place.page]
    page = drawn[0].page if drawn else 0
    return Marks(
        tuple(place.number for place in places if place.number),
        page,
        tuple(place.box for place in drawn if place.box and place.page == page),
        drawn[0].turn if drawn else 0,
    )


def encode_compared(compared: ComparedDocuments | None) -> bytes:
    """Return compared documents as bytes; half a surrogate pair becomes "?"."""
    plain = None
    if compared is not None:
        plain = {
            "lines": [
                [line.state, line.table, [[c.old, c.new, c.column, c.columns] for c in line.cells]]
                for line in compared.lines
            ],
            "marks": [
                [each.numbers, each.page, each.boxes, each.turn]
                for each in (compared.old, compared.new)
            ],
        }
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")


def decode_compared(encoded: bytes) -> ComparedDocuments | None:
    """Return the compared documents that were encoded."""
    plain = json.loads(encoded)
    if plain is None:
        return None
    old, new = (
        Marks(tuple(numbers), page, tuple(tuple(box) for box in boxes), turn)
        for numbers, page, boxes, turn in plain["marks"]
    )
    lines = tuple(
        ComparedLine(state, tuple(ComparedCell(*cell) for cell in cells), table)
        for state, table, cells in plain["lines"]
    )
    return ComparedDocuments(lines, old, new)
