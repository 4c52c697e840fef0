"""A report's body as the portals mark it up: pasted from Word, a TRS editor, an older product."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from gongkai.replica.content import Report, Section
from gongkai.replica.cutting import cut, cut_review, occupied
from gongkai.replica.form import Cell, Grid, blank, grid

SUBHEADING = re.compile(r"[（(][一二三四五六七八九十]+[）)][^。]{1,30}")

WIDTHS: dict[int, tuple[float, ...]] = {
    4: (34, 22, 22, 22),
    10: (8, 12, 24, *(8,) * 7),
    15: (6.6,) * 15,
}
"""Columns of the three tables -> their widths in per cent of the page."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one portal writes a paragraph and a table; `cuts` where its tables came apart."""

    paragraph: Callable[[str, str], str]  # (text, kind: title, heading, subheading, text)
    table: Callable[[Grid], str]
    cuts: bool = False


def report_body(report: Report, style: str) -> str:
    """Return the whole report as HTML in one of STYLES."""
    return "\n".join(_parts(report, STYLES[style]))


def text_body(paragraphs: tuple[str, ...], style: str) -> str:
    """Paragraphs of an ordinary article as HTML in one of STYLES."""
    write = STYLES[style].paragraph
    return "\n".join(write(text, _kind(text)) for text in paragraphs)


def blank_form(style: str) -> str:
    """Return the headings and empty tables of the form, as a circular prints them."""
    how = STYLES[style]
    parts = []
    for heading, part in (
        ("二、主动公开政府信息情况", "active_disclosure"),
        ("三、收到和处理政府信息公开申请情况", "requests"),
        ("四、政府信息公开行政复议、行政诉讼情况", "review_litigation"),
    ):
        parts += [how.paragraph(heading, "heading"), how.table(blank(part))]
    return "\n".join(parts)


def grids(report: Report, section: Section, cuts: bool = False) -> tuple[Grid, ...]:
    """Return the tables that a section prints: none, one, or the two halves of a cut one."""
    if not section.table:
        return ()
    values = report.tables[section.table]
    whole = grid(section.table, values, report.labels)
    if cuts and section.table == "requests":
        return cut(whole, after=7)  # behind （二）部分公开, as in seed 002
    if cuts and section.table == "review_litigation":
        return cut_review(values)
    return (whole,)


def _parts(report: Report, style: Style) -> Iterator[str]:
    for line in report.heading:
        yield style.paragraph(line, "title")
    for text in report.preface:
        yield style.paragraph(text, "text")
    for section in report.sections:
        yield style.paragraph(section.heading, "heading")
        for text in section.paragraphs:
            yield style.paragraph(text, _kind(text))
        for table in grids(report, section, style.cuts):
            yield style.table(table)


def _kind(text: str) -> str:
    return "subheading" if SUBHEADING.fullmatch(text) else "text"


def inline(text: str) -> str:
    """Escape a paragraph and turn its `**bold**` into <strong>."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text, quote=False))


def _widths(table: Grid) -> tuple[float, ...]:
    return WIDTHS[sum(cell.cols for cell in table[0])]


def _spans(cell: Cell) -> str:
    cols = f' colspan="{cell.cols}"' if cell.cols > 1 else ""
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return cols + rows


def _word_run(text: str) -> str:
    """Word wraps every run of Latin letters and digits in a span of its own."""
    return re.sub(
        r"(?<![<\w/])([0-9][0-9A-Za-z.\-]*)(?![^<]*>)",
        r'<span lang="EN-US">\1</span>',
        inline(text),
    )


def _word_paragraph(text: str, kind: str) -> str:
    layout = {
        "title": 'align="center" style="text-align:center;line-height:35.0pt"',
        "text": 'style="text-indent:32.0pt;line-height:28.0pt;mso-pagination:none"',
    }.get(kind, 'style="text-indent:32.0pt;line-height:28.0pt"')
    font = {"title": "方正小标宋简体", "heading": "黑体", "subheading": "楷体_GB2312"}
    size = "22.0pt" if kind == "title" else "16.0pt"
    return (
        f'<p class="MsoNormal" {layout}><span style="font-size:{size};'
        f'font-family:{font.get(kind, "仿宋_GB2312")}">{_word_run(text)}'
        f'<span lang="EN-US"><o:p></o:p></span></span></p>'
    )


def _word_cell(cell: Cell, width: float) -> str:
    """Return a paragraph for each line of the cell; Word pads 规章 with an ideographic space."""
    text = "规\u3000章" if cell.text == "规章" else cell.text
    paragraphs = "".join(
        '<p class="MsoNormal" align="center" style="text-align:center;line-height:15.0pt">'
        f'<span style="font-size:10.0pt;font-family:宋体;color:black">{_word_run(line)}</span>'
        '<span lang="EN-US" style="font-size:10.0pt"><o:p></o:p></span></p>'
        for line in text.split("|")
    )
    return (
        f'<td width="{width:.0f}"{_spans(cell)} style="width:{width * 0.75:.1f}pt;'
        f'border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt">{paragraphs}</td>'
    )


def _word_table(table: Grid) -> str:
    widths = [6.1 * share for share in _widths(table)]
    rows = "\n".join(
        f'<tr style="mso-yfti-irow:{number};height:22.5pt">'
        + "".join(
            _word_cell(cell, sum(widths[column : column + cell.cols])) for column, cell in row
        )
        + "</tr>"
        for number, row in enumerate(occupied(table))
    )
    return (
        '<div align="center"><table class="MsoNormalTable" border="0" cellspacing="0" '
        'cellpadding="0" style="border-collapse:collapse;mso-yfti-tbllook:1184">\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _editor_paragraph(text: str, kind: str) -> str:
    words = inline(text)
    if kind == "title":
        return f'<p align="center"><strong>{words}</strong></p>'
    if kind in ("heading", "subheading"):
        return f'<p align="justify"><strong>\u3000\u3000{words}</strong></p>'
    return f'<p align="justify">\u3000\u3000{words}</p>'


def _editor_table(table: Grid) -> str:
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<td{_spans(cell)}>{escape(cell.text, quote=False).replace('|', '<br>') or '&nbsp;'}</td>"
            for cell in row
        )
        + "</tr>"
        for row in table
    )
    return f'<table border="1" cellspacing="0" cellpadding="3" width="100%"><tbody>\n{rows}\n</tbody></table>'


def _older_paragraph(text: str, kind: str) -> str:
    if kind == "title":
        return f'<P style="TEXT-ALIGN: center"><FONT size=5><B>{inline(text)}</B></FONT></P>'
    body = f"<B>{inline(text)}</B>" if kind == "heading" else inline(text)
    return f'<P style="TEXT-INDENT: 2em; LINE-HEIGHT: 2">{body}</P>'


def _older_table(table: Grid) -> str:
    """Upper-case tags, unquoted attributes and closing tags left out, as older products wrote."""
    rows = "\n".join(
        "<TR>"
        + "".join(
            f"<TD{_spans(cell).replace(chr(34), '')} align=center>"
            f"{escape(cell.text, quote=False).replace('|', '<BR>')}"
            for cell in row
        )
        for row in table
    )
    return f"<TABLE border=1 cellSpacing=0 cellPadding=2 width=680 align=center>\n{rows}\n</TABLE>"


def _print_table(table: Grid) -> str:
    """As the editor's, with the widths that a page of paper needs."""
    cols = "".join(f'<col width="{width}%">' for width in _widths(table))
    return _editor_table(table).replace("<tbody>", f"<colgroup>{cols}</colgroup><tbody>", 1)


def _print_paragraph(text: str, kind: str) -> str:
    return f'<p class="{kind}">{inline(text)}</p>'


STYLES = {
    "word": Style(_word_paragraph, _word_table),
    "editor": Style(_editor_paragraph, _editor_table),
    "editor-cut": Style(_editor_paragraph, _editor_table, cuts=True),
    "older": Style(_older_paragraph, _older_table),
    "print": Style(_print_paragraph, _print_table),
}
