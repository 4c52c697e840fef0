"""A report as reportlab's Platypus lays it out: flowing paragraphs, tables with spans."""

from __future__ import annotations

import io
from html import escape
from typing import Any

from reportlab.lib.colors import black, lightgrey
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from gongkai.extract.forms import SECTIONS
from tests.printing.matrix import Table as Rows
from tests.printing.odt import WIDTHS
from tests.printing.report import Printed

EMBEDDED = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
NAMED = "STSong-Light"
_ROOM = 450.0  # points


def reportlab(printed: Printed, font: str = EMBEDDED, grid: bool = True) -> bytes:
    """Print a report. `font` is a file that is embedded, or the name of one that is not."""
    if font.endswith(".ttc"):
        pdfmetrics.registerFont(TTFont("Paper", font))
        name = "Paper"
    else:
        pdfmetrics.registerFont(UnicodeCIDFont(font))
        name = font
    prose = ParagraphStyle(
        "prose", fontName=name, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK"
    )
    title = ParagraphStyle(
        "title", parent=prose, fontSize=18, leading=30, firstLineIndent=0, alignment=TA_CENTER
    )
    cell = ParagraphStyle(
        "cell", parent=prose, fontSize=8.5, leading=11, firstLineIndent=0, alignment=TA_CENTER
    )
    flow: list[Any] = [Paragraph(escape(printed.title), title)]
    tables = printed.tables()
    for number, heading in SECTIONS:
        flow.append(Paragraph(heading, prose))
        flow += [Paragraph(escape(text), prose) for text in printed.prose.get(number, ())]
        for rows in tables.get(number, []):
            flow += [_table(rows, cell, grid), Spacer(1, 8)]
    target = io.BytesIO()
    SimpleDocTemplate(target, pagesize=A4, invariant=1).build(flow)
    return target.getvalue()


def _table(rows: Rows, style: ParagraphStyle, grid: bool) -> Table:
    """A table whose covered fields are spans."""
    count = max(sum(box.columns for box in row) for row in rows)
    shares = WIDTHS.get(count, (1,) * count)
    fields: list[list[Any]] = [[None] * count for _ in rows]
    commands: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1),
        ("GRID", (0, 0), (-1, -1), 0.5, black)
        if grid
        else ("ROWBACKGROUNDS", (0, 0), (-1, -1), (lightgrey, None)),
    ]
    for down, row in enumerate(rows):
        for box in row:
            across = fields[down].index(None)
            for n in range(box.rows):
                for k in range(box.columns):
                    if down + n < len(fields):
                        fields[down + n][across + k] = ""
            fields[down][across] = Paragraph(escape(box.text), style)
            last = (across + box.columns - 1, min(down + box.rows, len(rows)) - 1)
            commands.append(("SPAN", (across, down), last))
    widths = [_ROOM * share / sum(shares) for share in shares]
    return Table(
        [["" if f is None else f for f in line] for line in fields],
        colWidths=widths,
        style=commands,
    )
