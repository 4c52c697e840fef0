"""A report laid out on the pages of a hand-made PDF: rule styles, page breaks, torn rows, marks.

The layout is simple on purpose: a Chinese character is as wide as its size, anything else half of
that; lines are broken where they are full, numbers too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongkai.extract.forms import SECTIONS
from tests.printing.matrix import Box, Table
from tests.printing.odt import HEADER_ROWS, WIDTHS, placed
from tests.printing.pdf_writer import Pdf
from tests.printing.report import Printed


@dataclass(frozen=True)
class Sheet:
    """How pages look.

    rules: lines, thin (filled rectangles), boxes (a rectangle around each cell), dots, fills
    (cells as filled areas with white between), rows (no vertical rules), none.
    tear: whether a row may be cut by a page break, and which half has its numbers (upper, lower).
    close: whether the last row of a page has a rule below it; again: a repeated table header.
    turned: the page's /Rotate, with its content turned the other way; wide: landscape.
    """

    rules: str = "lines"
    color: str = "0 0 0"
    size: float = 9.0
    pad: float = 2.0
    leading: float = 1.3
    height: float = 842.0
    width: float = 595.0
    margin: float = 60.0
    tear: str = ""
    close: bool = True
    again: bool = False
    valign: str = "middle"
    turned: int = 0
    numbers: bool = True
    head: str = ""
    mark: str = ""  # pale, repeated, declared, aslant
    twice: bool = False
    split: str = ""  # digits: every character of a string shown by itself; runs: TJ with moves
    frame: bool = False  # a line around the page


@dataclass(frozen=True)
class Piece:
    """A cell, or the part of one that is on this page, in grid fields and lines of text."""

    lines: tuple[str, ...]
    row: int
    column: int
    rows: int
    columns: int


class Press:
    """Lays a report out, from top to bottom, page after page."""

    def __init__(self, sheet: Sheet, pdf: Pdf | None = None) -> None:
        self.sheet = sheet
        self.pdf = pdf or Pdf()
        self.drawn: list[bytes] = []
        self.catalog = ""
        self.resources = "/ExtGState<</G1<</ca 0.2>>>>"
        self.count = 0
        self.y = sheet.height - sheet.margin
        self.left, self.right = sheet.margin, sheet.width - sheet.margin

    def print(self, printed: Printed) -> bytes:
        """The whole report as a file."""
        self.lines([printed.title], 16.0, 0.0, center=True)
        tables = printed.tables()
        for number, heading in SECTIONS:
            self.lines([heading], 12.0, 24.0)
            for text in printed.prose.get(number, ()):
                self.lines(self.wrapped("　　" + text, 12.0, self.right - self.left), 12.0, 0.0)
            for rows in tables.get(number, []):
                self.y -= 6
                self.table(rows)
                self.y -= 6
        self.end_page()
        return self.pdf.bytes(self.catalog)

    # text

    def lines(self, texts: Sequence[str], size: float, indent: float, center: bool = False) -> None:
        """Lines of running text."""
        for text in texts:
            if self.y - size * 1.6 < self.bottom:
                self.end_page()
            self.y -= size * 1.6
            x = self.left + indent
            if center:
                x = (self.left + self.right - width_of(text, size)) / 2
            shown = text.lstrip("　")
            self.show(shown, x + (len(text) - len(shown)) * size, self.y, size)

    def show(self, text: str, x: float, y: float, size: float) -> None:
        """One string at a place of its own."""
        offsets = (0.0, 0.3) if self.sheet.twice else (0.0,)
        for more in offsets:
            if self.sheet.split == "digits":
                for n, char in enumerate(text):
                    before = width_of(text[:n], size)
                    self.string(self.pdf.text(char) + b" Tj", x + before + more, y, size)
            elif self.sheet.split == "runs":
                shown = b" -1 ".join(self.pdf.text(char) for char in text)
                self.string(b"[" + shown + b"] TJ", x + more, y, size)
            else:
                self.string(self.pdf.text(text) + b" Tj", x + more, y, size)

    def string(self, operand: bytes, x: float, y: float, size: float) -> None:
        self.drawn.append(b"BT /F1 %.2f Tf %.2f %.2f Td %s ET" % (size, x, y, operand))

    @staticmethod
    def wrapped(text: str, size: float, room: float) -> list[str]:
        """Text broken where a line is full."""
        lines, line = [], ""
        for char in text:
            if line and width_of(line + char, size) > room + 0.01:
                lines.append(line)
                line = ""
            line += char
        return [*lines, line]

    # tables

    @property
    def bottom(self) -> float:
        return self.sheet.margin

    def table(self, rows: Table) -> None:
        """A table over as many pages as it needs."""
        count = max(sum(box.columns for box in row) for row in rows)
        shares = WIDTHS.get(count, (1,) * count)
        xs = [self.left]
        for share in shares:
            xs.append(xs[-1] + (self.right - self.left) * share / sum(shares))
        pieces = list(self.pieces(rows, count, xs))
        heights = self.heights(pieces, len(rows))
        heads = HEADER_ROWS.get(count, 0)
        start = 0
        while start < len(rows):
            again = heads if self.sheet.again and start > heads else 0
            extra = sum(heights[:again])
            end, room = start, self.y - self.bottom - extra
            while end < len(rows) and heights[end] <= room:
                room -= heights[end]
                end += 1
            if end < len(rows) and start == 0 and end < heads + 1:
                self.end_page()
                heads = (
                    0 if end == start and self.y == self.sheet.height - self.sheet.margin else heads
                )
                continue
            torn = end < len(rows) and self.tearable(pieces, end, room)
            if end == start and not torn:
                self.end_page()
                continue
            if again:
                self.draw(pieces, heights, range(again), xs, True)
            self.draw(pieces, heights, range(start, end), xs, self.sheet.close or end == len(rows))
            if torn:
                pieces, heights = self.torn(pieces, heights, end, xs)
            start = end
            if start < len(rows):
                self.end_page()

    def pieces(self, rows: Table, count: int, xs: list[float]) -> Iterator[Piece]:
        sheet = self.sheet
        for number, row in enumerate(placed(rows, count)):
            for column, box in enumerate(row):
                if isinstance(box, Box):
                    room = xs[column + box.columns] - xs[column] - 2 * sheet.pad
                    lines = self.wrapped(box.text, sheet.size, room) if box.text else []
                    yield Piece(tuple(lines), number, column, box.rows, box.columns)

    def heights(self, pieces: Sequence[Piece], count: int) -> list[float]:
        step = self.sheet.size * self.sheet.leading
        heights = [step + 2 * self.sheet.pad] * count
        for piece in pieces:
            need = len(piece.lines) * step + 2 * self.sheet.pad
            have = sum(heights[piece.row : piece.row + piece.rows])
            if need > have:
                heights[piece.row + piece.rows - 1] += need - have
        return heights

    def tearable(self, pieces: Sequence[Piece], row: int, room: float) -> bool:
        """Whether a row of several lines can be begun on this page."""
        step = self.sheet.size * self.sheet.leading
        lines = max(len(p.lines) for p in pieces if p.row == row and p.rows == 1)
        return bool(self.sheet.tear) and lines > 1 and room > step + 2 * self.sheet.pad

    def torn(
        self, pieces: Sequence[Piece], heights: list[float], row: int, xs: list[float]
    ) -> tuple[list[Piece], list[float]]:
        """Draw the upper half of a row here; what is left becomes the row itself."""
        step = self.sheet.size * self.sheet.leading
        upper, lower = [], []
        for piece in pieces:
            if piece.row != row or piece.rows > 1:
                lower.append(piece)
                continue
            is_label = len(piece.lines) > 1
            here = piece.lines[:1] if is_label or self.sheet.tear == "upper" else ()
            upper.append(Piece(here, row, piece.column, 1, piece.columns))
            lower.append(Piece(piece.lines[len(here) :], row, piece.column, 1, piece.columns))
        more = [piece for piece in lower if piece.row < row < piece.row + piece.rows]
        self.draw(
            [*upper, *more],
            {row: step + 2 * self.sheet.pad},
            range(row, row + 1),
            xs,
            self.sheet.close,
        )
        left = list(heights)
        most = max(len(piece.lines) for piece in lower if piece.row == row and piece.rows == 1)
        left[row] = max(most, 1) * step + 2 * self.sheet.pad
        return lower, left

    def draw(
        self,
        pieces: Sequence[Piece],
        heights: Sequence[float] | Mapping[int, float],
        rows: range,
        xs: list[float],
        close: bool,
    ) -> None:
        """Draw rows at the pen, cells that reach into them from other pages included."""
        ys = {rows.start: self.y}
        for row in rows:
            ys[row + 1] = ys[row] - heights[row]
        for piece in pieces:
            top, low = max(piece.row, rows.start), min(piece.row + piece.rows, rows.stop)
            if top >= low:
                continue
            begins = piece.row >= rows.start
            box = (xs[piece.column], ys[low], xs[piece.column + piece.columns], ys[top])
            ends = piece.row + piece.rows <= rows.stop
            self.border(box, ends or close)
            if begins:
                self.cell(piece.lines, box)
        self.y = ys[rows.stop]

    def cell(self, lines: Sequence[str], box: tuple[float, float, float, float]) -> None:
        sheet = self.sheet
        step = sheet.size * sheet.leading
        x0, y0, x1, y1 = box
        top = y1 - sheet.pad
        if sheet.valign == "middle":
            top = (y0 + y1) / 2 + len(lines) * step / 2
        for n, line in enumerate(lines):
            x = (x0 + x1 - width_of(line, sheet.size)) / 2
            self.show(line, x, top - n * step - step / 2 - 0.3 * sheet.size, sheet.size)

    def border(self, box: tuple[float, float, float, float], closed: bool) -> None:
        """The rules around a cell in the sheet's style."""
        x0, y0, x1, y1 = box
        style, color = self.sheet.rules, self.sheet.color.encode()
        sides = [(x0, y1, x1, y1), *([(x0, y0, x1, y0)] if closed else [])]
        if style not in ("rows", "none"):
            sides += [(x0, y0, x0, y1), (x1, y0, x1, y1)]
        if style == "boxes" and closed:
            self.drawn.append(
                b"%s RG 0.5 w %.2f %.2f %.2f %.2f re S" % (color, x0, y0, x1 - x0, y1 - y0)
            )
        elif style == "fills":
            inner = (x0 + 0.6, y0 + 0.6, x1 - x0 - 1.2, y1 - y0 - 1.2)
            self.drawn.append(b"0.88 0.91 0.96 rg %.2f %.2f %.2f %.2f re f 0 g" % inner)
        elif style == "thin":
            for ax, ay, bx, by in sides:
                shape = (ax - 0.25, ay - 0.25, bx - ax + 0.5, by - ay + 0.5)
                self.drawn.append(b"%s rg %.2f %.2f %.2f %.2f re f 0 g" % (color, *shape))
        elif style != "none":
            dash = b"[1 1] 0 d " if style == "dots" else b""
            for side in sides:
                self.drawn.append(
                    b"q %s%s RG 0.5 w %.2f %.2f m %.2f %.2f l S Q" % (dash, color, *side)
                )

    # pages

    def end_page(self) -> None:
        """Finish this page and begin the next at its top."""
        sheet = self.sheet
        self.count += 1
        if sheet.numbers:
            self.show(f"- {self.count} -", sheet.width / 2 - 12, sheet.margin / 2, 10.0)
        if sheet.head:
            self.show(sheet.head, self.left, sheet.height - sheet.margin / 2, 9.0)
        if sheet.frame:
            inner = sheet.margin / 3
            self.drawn.append(
                b"q 1 w %.1f %.1f %.1f %.1f re S Q"
                % (inner, inner, sheet.width - 2 * inner, sheet.height - 2 * inner)
            )
        content = b"\n".join([*self.drawn, *self.marks()])
        wide, high = sheet.width, sheet.height
        turns = {0: b"", 90: b"0 1 -1 0 %g 0 cm " % high, 180: b"-1 0 0 -1 %g %g cm " % (wide, high),
                 270: b"0 -1 1 0 0 %g cm " % wide}  # fmt: skip
        size = (high, wide) if sheet.turned in (90, 270) else (wide, high)
        self.pdf.page(turns[sheet.turned] + content, size, sheet.turned, self.resources)
        self.drawn = []
        self.y = sheet.height - sheet.margin

    def marks(self) -> Iterator[bytes]:
        """The page's watermark."""
        text, y = "内部资料", self.sheet.height * 0.55
        if self.sheet.mark == "pale":
            yield b"q 0.8 g BT /F1 48 Tf 120 %.1f Td %s Tj ET Q" % (y, self.pdf.text(text))
        elif self.sheet.mark == "repeated":
            yield b"q /G1 gs BT /F1 12 Tf 230 %.1f Td %s Tj ET Q" % (y, self.pdf.text(text))
        elif self.sheet.mark == "declared":
            yield b"/Artifact <</Type/Pagination/Subtype/Watermark>> BDC"
            yield b"BT /F1 20 Tf 150 %.1f Td %s Tj ET EMC" % (y, self.pdf.text(text))
        elif self.sheet.mark == "aslant":
            yield b"q BT /F1 48 Tf 0.7 0.7 -0.7 0.7 150 %.1f Tm %s Tj ET Q" % (
                y,
                self.pdf.text(text),
            )


def width_of(text: str, size: float) -> float:
    """How wide a text is drawn."""
    return sum(size if ord(char) > 255 else size / 2 for char in text)
