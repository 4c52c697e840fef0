"""Scanned pages: as words and lines that were recognised, drawn as pictures, and frozen as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gongkai.extract.forms import SECTIONS, Form
from gongkai.extract.ocr_layout import RecognizedLine, RecognizedPage, RecognizedWord
from tests.printing.matrix import Style, Table, Values, all_tables
from tests.printing.report import PROSE
from tests.printing.word import placed

COLUMN, ROW, SIZE = 150, 60, 24  # pixels at 200 dpi
LEFT = 100
LABEL = 330  # by how much the labels of table 2 are wider than its other columns


@dataclass
class Scan:
    """A page as tall as it must be, filled from top to bottom."""

    words: list[RecognizedWord] = field(default_factory=list)
    horizontal: list[RecognizedLine] = field(default_factory=list)
    vertical: list[RecognizedLine] = field(default_factory=list)
    y: float = 100.0

    def line(self, text: str) -> None:
        """A line of text."""
        self.words.append(
            RecognizedWord(text, LEFT, self.y, LEFT + SIZE * len(text), self.y + SIZE, 0.99)
        )
        self.y += 2.5 * SIZE

    def table(self, rows: Table) -> None:
        """A ruled table, a word in the middle of each cell that says something."""
        top = self.y
        columns = max(sum(box.columns for box in row) for row in rows)
        edges = [
            LEFT + n * COLUMN + (LABEL if columns == 10 and n > 2 else 0)
            for n in range(columns + 1)
        ]
        for number, row in enumerate(placed(rows)):
            column = 0
            for box, merge in row:
                if merge != "continue":
                    y = top + number * ROW
                    end = edges[min(column + box.columns, columns)]
                    self._cell(edges[column], y, end, y + box.rows * ROW, box.text)
                column += box.columns
            self.y += ROW
        self.y += ROW

    def _cell(self, x0: float, y0: float, x1: float, y1: float, text: str) -> None:
        self.horizontal += [RecognizedLine(y0, x0, x1), RecognizedLine(y1, x0, x1)]
        self.vertical += [RecognizedLine(x0, y0, y1), RecognizedLine(x1, y0, y1)]
        if text:
            width = min(x1 - x0 - 12, len(text) * (SIZE if not text.isascii() else SIZE / 2))
            x, y = (x0 + x1 - width) / 2, (y0 + y1 - SIZE) / 2
            self.words.append(RecognizedWord(text, x, y, x + width, y + SIZE, 0.98))

    @property
    def sheet(self) -> RecognizedPage:
        """The page as it would be recognised."""
        wide = max([rule.end for rule in self.horizontal] + [word.x1 for word in self.words])
        return RecognizedPage(
            wide + LEFT, self.y + 100, 200, tuple(self.words), tuple(self.horizontal),
            tuple(self.vertical),
        )  # fmt: skip


def report(title: str, form: Form, values: Values, style: Style) -> list[RecognizedPage]:
    """A whole report, a page for each section."""
    parts = all_tables(form, values, style)
    sheets = []
    for number, name in SECTIONS:
        scan = Scan()
        if number == 1:
            scan.line(title)
        scan.line(name)
        for line in PROSE.get(number, (f"{name[2:]}的有关数据见下表。",)):
            scan.line(line)
        if 2 <= number <= 4:
            for rows in parts[number - 2]:
                scan.table(rows)
        sheets.append(scan.sheet)
    return sheets


def misread(
    sheets: Sequence[RecognizedPage], text: str, instead: str, score: float = 0.98
) -> list[RecognizedPage]:
    """The pages with the one word that reads `text` read otherwise; "" for a word that is missed."""
    matching = [word for sheet in sheets for word in sheet.words if word.text == text]
    assert len(matching) == 1, (text, len(matching))
    return [
        replace(sheet, words=tuple(_other(sheet.words, text, instead, score))) for sheet in sheets
    ]


def _other(
    words: Sequence[RecognizedWord], text: str, instead: str, score: float
) -> Iterator[RecognizedWord]:
    for word in words:
        if word.text != text:
            yield word
        elif instead:
            yield replace(word, text=instead, score=score)


def dumped(sheets: Sequence[RecognizedPage]) -> str:
    """Pages as JSON, whole pixels, a page on a line."""
    return (
        "["
        + ",\n".join(
            json.dumps(
                {
                    "size": [round(sheet.width), round(sheet.height), sheet.dpi],
                    "words": [
                        [
                            w.text,
                            round(w.x0),
                            round(w.y0),
                            round(w.x1),
                            round(w.y1),
                            round(w.score, 2),
                        ]
                        for w in sheet.words
                    ],
                    "horizontal": [[round(r.at, 1), r.start, r.end] for r in sheet.horizontal],
                    "vertical": [[round(r.at, 1), r.start, r.end] for r in sheet.vertical],
                },
                ensure_ascii=False,
                separators=(",", ":"),
            )
            for sheet in sheets
        )
        + "]\n"
    )


def loaded(path: Path) -> list[RecognizedPage]:
    """Pages from what `dumped` gave."""
    return [_sheet(page) for page in json.loads(path.read_text(encoding="utf-8"))]


def _sheet(page: dict[str, Any]) -> RecognizedPage:
    width, height, dpi = page["size"]
    return RecognizedPage(
        width,
        height,
        dpi,
        tuple(RecognizedWord(*word) for word in page["words"]),
        tuple(RecognizedLine(*rule) for rule in page["horizontal"]),
        tuple(RecognizedLine(*rule) for rule in page["vertical"]),
    )
