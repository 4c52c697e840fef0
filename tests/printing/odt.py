"""A report as a flat OpenDocument text, for LibreOffice to print: page breaks, borders, headers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from gongkai.extract.forms import SECTIONS
from tests.printing.matrix import Box, Table
from tests.printing.report import Printed

NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in {
        "office": "office", "style": "style", "text": "text", "table": "table",
        "draw": "drawing", "fo": "xsl-fo-compatible", "svg": "svg-compatible",
    }.items()
)  # fmt: skip
HEADER_ROWS = {10: 3, 15: 3, 4: 0}  # columns of the three tables -> rows of their header
WIDTHS = {4: (34, 22, 22, 22), 10: (9, 11, 24, *(8,) * 7), 15: (6.7,) * 15}


@dataclass(frozen=True)
class Look:
    """How the document looks.

    borders: all, rows (horizontal rules only), inside (no outer frame), none. cell: padding in mm.
    split: whether a row may be cut by a page break; again: whether the header is repeated.
    """

    borders: str = "all"
    rule: str = "0.5pt solid #000000"
    cell: float = 0.5
    size: float = 9
    font: str = "Noto Sans CJK SC"
    body: float = 14
    margin: float = 26
    landscape: bool = False
    split: bool = True
    again: bool = False
    valign: str = "middle"
    align: str = "center"
    header: str = ""
    footer: bool = True
    upright_heads: bool = False  # column heads of the requests table written downwards
    zebra: str = ""  # background of every second row
    heading_fill: str = ""
    lead: int = 0  # empty lines before the tables, which moves the page breaks
    cover: bool = False
    line: str = "100%"
    bold: bool = False


def odt(printed: Printed, look: Look) -> bytes:
    """The whole document."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMESPACES} office:version="1.3"'
        ' office:mimetype="application/vnd.oasis.opendocument.text">'
        f"{styles(look)}<office:body><office:text>{''.join(body(printed, look))}"
        "</office:text></office:body></office:document>"
    ).encode()


def body(printed: Printed, look: Look) -> Iterator[str]:
    """Title, six sections and the tables in theirs."""
    if look.cover:
        yield from cover(printed)
    yield paragraph(printed.title, "Title")
    tables = printed.tables()
    for number, heading in SECTIONS:
        yield paragraph(heading, "Head")
        for text in printed.prose.get(number, ()):
            yield paragraph(text, "Text")
        if number == 3:
            yield paragraph("", "Text") * look.lead
        for n, rows in enumerate(tables.get(number, [])):
            yield table(rows, look, f"t{number}x{n}")
            yield paragraph("", "Gap")


def cover(printed: Printed) -> Iterator[str]:
    """A cover and a page of contents with leaders and page numbers."""
    yield paragraph("", "Text") * 6
    yield paragraph(printed.title, "Title")
    yield paragraph("二〇二五年一月", "Middle")
    yield paragraph("目  录", "Break")
    for n, (_, heading) in enumerate(SECTIONS):
        yield paragraph(f"{heading}{'…' * 12}{n + 1}", "Plain")
    yield paragraph("", "Break")


def paragraph(text: str, style: str) -> str:
    """One paragraph."""
    return f'<text:p text:style-name="{style}">{escape(text)}</text:p>'


def table(rows: Table, look: Look, name: str) -> str:
    """One table, its columns as wide as the form's usually are."""
    count = max(sum(box.columns for box in row) for row in rows)
    heads = HEADER_ROWS.get(count, 0)
    shares = WIDTHS.get(count, (1,) * count)
    columns = "".join(f'<table:table-column table:style-name="c{w}"/>' for w in shares)
    lines = [row(line, look, n, heads) for n, line in enumerate(placed(rows, count))]
    if look.again and heads:
        head = f"<table:table-header-rows>{''.join(lines[:heads])}</table:table-header-rows>"
        lines = [head, *lines[heads:]]
    return (
        f'<table:table table:name="{name}" table:style-name="Table">{columns}{"".join(lines)}'
        "</table:table>"
    )


def row(line: list[Box | None], look: Look, number: int, heads: int) -> str:
    """One row; a None is a field covered by a merged cell."""
    cells = []
    for box in line:
        if box is None:
            cells.append("<table:covered-table-cell/>")
            continue
        spans = (
            f' table:number-columns-spanned="{box.columns}" table:number-rows-spanned="{box.rows}"'
        )
        is_head = number < heads and box.columns == 1 and box.text and look.upright_heads
        style = "Down" if is_head and len(box.text) < 9 else "Cell"
        if look.zebra and number % 2:
            style = "Zebra"
        if look.heading_fill and number < max(heads, 1):
            style = "Filled"
        cells.append(
            f'<table:table-cell table:style-name="{style}"{spans}>'
            f"{paragraph(box.text, 'InCell')}</table:table-cell>"
        )
    return f'<table:table-row table:style-name="Row">{"".join(cells)}</table:table-row>'


def placed(rows: Table, count: int) -> Iterator[list[Box | None]]:
    """Every row with all its fields: a box where it begins, None where one covers the field."""
    covered: dict[int, int] = {}
    for line in rows:
        fields: list[Box | None] = []
        waiting = list(line)
        while len(fields) < count:
            column = len(fields)
            if covered.get(column, 0) > 0:
                covered[column] -= 1
                fields.append(None)
                continue
            box = waiting.pop(0) if waiting else Box("")
            fields += [box, *[None] * (box.columns - 1)]
            for below in range(column, column + box.columns):
                covered[below] = box.rows - 1
        yield fields


def styles(look: Look) -> str:
    """All styles, the page with its header and footer included."""
    face = f'style:font-name-asian="{look.font}" fo:font-family="{look.font}" style:font-family-asian="{look.font}"'

    def text(name: str, size: float, paragraph: str, bold: bool = False) -> str:
        weight = ' fo:font-weight="bold" style:font-weight-asian="bold"' if bold else ""
        return (
            f'<style:style style:name="{name}" style:family="paragraph">'
            f"<style:paragraph-properties {paragraph}/><style:text-properties {face}{weight}"
            f' fo:font-size="{size}pt" style:font-size-asian="{size}pt"/></style:style>'
        )

    rule = look.rule
    border = {
        "all": f'fo:border="{rule}"',
        "rows": f'fo:border-top="{rule}" fo:border-bottom="{rule}" fo:border-left="none" fo:border-right="none"',
        "none": 'fo:border="none"',
    }[look.borders]  # fmt: skip

    def cell(name: str, more: str = "") -> str:
        return (
            f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties'
            f' {border} fo:padding="{look.cell}mm" style:vertical-align="{look.valign}" {more}/></style:style>'
        )

    width, height = (297, 210) if look.landscape else (210, 297)
    usable = width - 2 * look.margin
    columns = "".join(
        f'<style:style style:name="c{w}" style:family="table-column"><style:table-column-properties'
        f' style:column-width="{usable * w / sum(shares):.2f}mm"/></style:style>'
        for shares in WIDTHS.values() for w in dict.fromkeys(shares)
    )  # fmt: skip
    usual = f'fo:line-height="{look.line}"'
    head = f"<style:header>{paragraph(look.header, 'Middle')}</style:header>" if look.header else ""
    foot = (
        '<style:footer><text:p text:style-name="Middle">- <text:page-number/> -</text:p></style:footer>'
        if look.footer else ""
    )  # fmt: skip
    return (
        "<office:styles>"
        + text("Title", 20, 'fo:text-align="center" fo:margin-bottom="6mm"', look.bold)
        + text("Head", look.body, f'fo:text-indent="2em" {usual}', look.bold)
        + text("Text", look.body, f'fo:text-indent="10mm" fo:text-align="justify" {usual}')
        + text("Plain", look.body, usual)
        + text("Break", look.body, f'fo:break-before="page" {usual}')
        + text("Gap", 6, "")
        + text("Middle", 10, 'fo:text-align="center"')
        + text("InCell", look.size, f'fo:text-align="{look.align}" fo:orphans="1" fo:widows="1" {usual}')
        + "</office:styles><office:automatic-styles>"
        + cell("Cell") + cell("Down", 'style:writing-mode="tb-rl"')
        + cell("Zebra", f'fo:background-color="{look.zebra or "transparent"}"')
        + cell("Filled", f'fo:background-color="{look.heading_fill or "transparent"}"')
        + columns
        + f'<style:style style:name="Table" style:family="table"><style:table-properties style:width="{usable}mm" table:align="margins" table:border-model="collapsing" style:may-break-between-rows="true"/></style:style>'
        + f'<style:style style:name="Row" style:family="table-row"><style:table-row-properties fo:keep-together="{"auto" if look.split else "always"}"/></style:style>'
        + f'<style:page-layout style:name="pl"><style:page-layout-properties fo:page-width="{width}mm" fo:page-height="{height}mm" style:print-orientation="{"landscape" if look.landscape else "portrait"}" fo:margin="{look.margin}mm"/><style:header-style/><style:footer-style/></style:page-layout>'
        + "</office:automatic-styles><office:master-styles>"
        + f'<style:master-page style:name="Standard" style:page-layout-name="pl">{head}{foot}</style:master-page>'
        + "</office:master-styles>"
    )  # fmt: skip
