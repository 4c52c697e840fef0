"""Turn recognised words and lines of a picture into a document, and mark its values.

The recognition itself is in archive/workers/ocr.py; this package knows neither pictures nor models.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.extract.forms import FORM_2021, FORMS
from gongkai.extract.layout.document_builder import find_blocks
from gongkai.extract.layout.page import UNREADABLE, Box, Char, DrawnPage, RulingLine
from gongkai.extract.model.cell_place import WHOLE, CellPlace
from gongkai.extract.model.document import Document, Grid
from gongkai.extract.model.report import Cell, Finding, Reading, Report, Source, Table
from gongkai.extract.report import READERS, build_reading

_POINTS = 72
_SURE = (
    0.6  # least confidence of numbers; words may have less, because they are compared with the form
)
_NEAR = 4  # pixels
_MARGIN = 0.3  # share of a word's smaller side: a line that far inside the word divides it


@dataclass(frozen=True, slots=True)
class RecognizedWord:
    """A line of recognised text with its box in pixels (y downwards) and its confidence (0 to 1)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float


@dataclass(frozen=True, slots=True)
class RecognizedLine:
    """A straight line in pixels: at `at` on its own axis, from `start` to `end` on the other."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class RecognizedPage:
    """A recognised page or picture. `dpi` is its resolution.

    `skew` are the degrees, counter-clockwise, by which it was turned around its centre to be level.
    """

    width: float
    height: float
    dpi: float
    words: tuple[RecognizedWord, ...] = ()
    horizontal: tuple[RecognizedLine, ...] = ()
    vertical: tuple[RecognizedLine, ...] = ()
    skew: float = 0.0


def read_recognized_pages(
    sheets: Sequence[RecognizedPage], source: Source, media_type: str
) -> Reading:
    """Return the reading of recognised pages, with values noted `ocr` and doubtful ones left out."""
    pages = [_drawn_page(number, sheet) for number, sheet in enumerate(sheets, 1)]
    blocks, findings = find_blocks(pages)
    document = Document(media_type, blocks, pages=len(pages), findings=findings)
    reading = build_reading(document, source)
    if reading.report is None:
        return reading
    report = _with_shares(reading.report, pages, sheets)
    return replace(reading, report=mark_as_recognized(report))


def _with_shares(
    report: Report, pages: Sequence[DrawnPage], sheets: Sequence[RecognizedPage]
) -> Report:
    """Return a report whose cells have their places in the pictures as these came."""
    tables = {
        part: {
            item: {
                key: replace(cell, place=_shared(cell, pages, sheets)) for key, cell in row.items()
            }
            for item, row in table.items()
        }
        for part, table in report.tables.items()
    }
    return replace(report, tables=tables)


def _shared(
    cell: Cell, pages: Sequence[DrawnPage], sheets: Sequence[RecognizedPage]
) -> CellPlace | None:
    place = cell.place
    if place is None or place.box is None or place.turn or not 1 <= place.page <= len(pages):
        return None
    page, sheet = pages[place.page - 1], sheets[place.page - 1]
    left, lower, right, upper = place.box
    corners = [(x, page.height - y) for x in (left, right) for y in (lower, upper)]
    turned = [_turn_back(x, y, page, sheet.skew) for x, y in corners]
    xs = [_share(x, page.width) for x, _ in turned]
    ys = [_share(y, page.height) for _, y in turned]
    return CellPlace(page=place.page, shares=(min(xs), min(ys), max(xs), max(ys)))


def _turn_back(x: float, y: float, page: DrawnPage, skew: float) -> tuple[float, float]:
    """Return where a point was before its page was made level; y downwards."""
    sine, cosine = math.sin(math.radians(skew)), math.cos(math.radians(skew))
    across, down = x - page.width / 2, y - page.height / 2
    return (
        page.width / 2 + across * cosine - down * sine,
        page.height / 2 + across * sine + down * cosine,
    )


def _share(at: float, whole: float) -> int:
    return min(max(round(at / whole * WHOLE), 0), WHOLE) if whole else 0


def read_recognized_tables(
    body: bytes, source: Source, media_type: str, sheets: Sequence[RecognizedPage]
) -> Reading | None:
    """Return the reading of a document with the tables in its pictures, None if they have none."""
    pages = [_drawn_page(number, sheet) for number, sheet in enumerate(sheets, 1)]
    blocks, findings = find_blocks(pages)
    tables = tuple(block for block in blocks if isinstance(block, Grid))
    document = READERS[media_type](body, source.media_type)
    whole = replace(document, blocks=(*document.blocks, *tables), findings=findings)
    reading = build_reading(whole, source)
    if reading.outcome != "report" or reading.report is None:
        return None
    return replace(reading, report=mark_as_recognized(reading.report))


def recognized_text(sheets: Sequence[RecognizedPage]) -> str:
    """Return all recognised words, which show whether it is worthwhile to go on."""
    return "\n".join(word.text for sheet in sheets for word in sheet.words)


def _drawn_page(number: int, sheet: RecognizedPage) -> DrawnPage:
    scale = _POINTS / sheet.dpi
    page = DrawnPage(number, sheet.width * scale, sheet.height * scale)
    level, plumb = table_lines(sheet)
    for word in sheet.words:
        text = word.text
        pieces = split_at_lines(word, level, plumb)
        if len(pieces) > 1 or (word.score < _SURE and any(char.isdigit() for char in text)):
            text = UNREADABLE
        for x0, y0, x1, y1 in pieces:
            top, bottom = page.height - y0 * scale, page.height - y1 * scale
            page.chars.append(Char(text, x0 * scale, bottom, x1 * scale, top))
    for rule in level:
        at = page.height - rule.at * scale
        page.horizontal.append(RulingLine(at, rule.start * scale, rule.end * scale))
    for rule in plumb:
        start, end = page.height - rule.end * scale, page.height - rule.start * scale
        page.vertical.append(RulingLine(rule.at * scale, start, end))
    return page


def table_lines(sheet: RecognizedPage) -> tuple[list[RecognizedLine], list[RecognizedLine]]:
    """Return the horizontal and vertical lines of a page without strokes of large characters."""
    return (
        [r for r in sheet.horizontal if not _in_words(r.start, r.at, r.end, r.at, sheet.words)],
        [r for r in sheet.vertical if not _in_words(r.at, r.start, r.at, r.end, sheet.words)],
    )


def _in_words(x0: float, y0: float, x1: float, y1: float, words: Sequence[RecognizedWord]) -> bool:
    """Return whether a stroke lies inside a word, as part of a large character."""
    return any(
        w.x0 - _NEAR <= x0 and x1 <= w.x1 + _NEAR and w.y0 - _NEAR <= y0 and y1 <= w.y1 + _NEAR
        for w in words
    )


def split_at_lines(
    word: RecognizedWord, level: Sequence[RecognizedLine], plumb: Sequence[RecognizedLine]
) -> list[Box]:
    """Return the box of a word, divided where a line of the table runs through it.

    Boxes are drawn generously, so that a line near an edge does not divide them. Text on both sides
    of a line was recognised as one word and belongs to two cells.
    """
    margin = _MARGIN * min(word.x1 - word.x0, word.y1 - word.y0)
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    xs = [r.at for r in plumb if r.start <= y <= r.end and _inside(r.at, word.x0, word.x1, margin)]
    ys = [r.at for r in level if r.start <= x <= r.end and _inside(r.at, word.y0, word.y1, margin)]
    across = itertools.pairwise([word.x0, *sorted(xs), word.x1])
    down = list(itertools.pairwise([word.y0, *sorted(ys), word.y1]))
    return [(x0, y0, x1, y1) for x0, x1 in across for y0, y1 in down]


def _inside(at: float, start: float, end: float, margin: float) -> bool:
    return start + margin < at < end - margin


def mark_as_recognized(report: Report) -> Report:
    """Return the report with all values noted `ocr` and the values of violated sums left out.

    Every finding may be an error of the recognition.
    """
    doubtful = set(_doubtful(report))
    tables = {
        part: {
            item: {
                key: _mark_cell(cell, (part, item, key) in doubtful) for key, cell in row.items()
            }
            for item, row in table.items()
        }
        for part, table in report.tables.items()
    }
    findings = tuple(
        replace(finding, verdict="extraction") if finding.verdict == "source" else finding
        for finding in report.findings
    )
    status = "partial" if doubtful and report.status == "complete" else report.status
    return replace(report, tables=tables, findings=findings, status=status)


def _mark_cell(cell: Cell, doubtful: bool) -> Cell:
    if cell.value is None:
        return cell
    return replace(cell, value=None if doubtful else cell.value, note="ocr")


CellKey = tuple[str, str, str]


def _doubtful(report: Report) -> Iterator[CellKey]:
    """Yield the cells of violated sums.

    If one cell in two of them explains both, only that one is doubtful.
    """
    sums = [(cells, _difference(f)) for f in report.findings if (cells := _summed_cells(f, report))]
    for cells, off in sums:
        meeting = [other for other, as_far in sums if other != cells and as_far == off]
        yield from (cells & frozenset[CellKey]().union(*meeting)) or cells


def _difference(finding: Finding) -> float:
    return abs(float(finding.left) - float(finding.right))


def _summed_cells(finding: Finding, report: Report) -> frozenset[CellKey]:
    """Return the cells that a violated sum adds up, nothing for other findings."""
    tables = report.tables
    if finding.rule == "requests_row_total":
        return _row("requests", finding.scope, tables)
    if finding.rule in ("review_total", "litigation_total"):
        return _row("review_litigation", finding.scope, tables)
    form = next((form for form in FORMS.values() if form.id == report.form), FORM_2021)
    for identity in form.identities:
        if identity.rule == finding.rule:
            items = {*identity.left, *identity.right} & tables.get("requests", {}).keys()
            return frozenset(("requests", item, finding.scope) for item in items)
    return frozenset()


def _row(part: str, item: str, tables: Mapping[str, Table]) -> frozenset[CellKey]:
    return frozenset((part, item, key) for key in tables.get(part, {}).get(item, {}))
