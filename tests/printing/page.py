"""A report's tables as an HTML page, in the markup that editors leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from gongkai.extract.forms import SECTIONS, Form
from tests.printing.matrix import Box, Style, Table, Values, all_tables


@dataclass(frozen=True)
class Markup:
    """How cells are written: plain text, Word paste, with breaks or spaces inside labels."""

    cell: str = "plain"  # plain, word, nbsp, div
    breaks: bool = False
    layout: bool = False  # an outer table holds everything
    twice: bool = False  # a desktop and a mobile copy


def cell(box: Box, markup: Markup) -> str:
    """One td."""
    spans = (f' rowspan="{box.rows}"' if box.rows > 1 else "") + (
        f' colspan="{box.columns}"' if box.columns > 1 else ""
    )
    text = escape(box.text)
    if markup.breaks and len(text) > 3 and not text[0].isdigit():
        text = text[:2] + "<br/>\n" + text[2:]
    if markup.cell == "word":
        text = f'<p class="MsoNormal"><span lang="EN-US">{text or "&nbsp;"}<o:p></o:p></span></p>'
    elif markup.cell == "nbsp":
        text = f"&nbsp;{text}&nbsp;"
    elif markup.cell == "div":
        text = f"\n  <div><span>{text}</span></div>\n"
    return f"<td{spans}>{text}</td>"


def table(rows: Table, markup: Markup) -> str:
    """One table."""
    lines = "\n".join("<tr>" + "".join(cell(box, markup) for box in row) + "</tr>" for row in rows)
    return f'<table border="1"><tbody>\n{lines}\n</tbody></table>'


def page(title: str, form: Form, values: Values, style: Style, markup: Markup) -> bytes:
    """A whole page in UTF-8: navigation, title, six sections, the tables in theirs, a footer."""
    parts = all_tables(form, values, style)
    if style.joined:
        parts = [[], [[row for tables in parts for rows in tables for row in rows]], []]
    body = [f"<h1>{escape(title)}</h1>"]
    for number, heading in SECTIONS:
        body.append(f"<p>{heading}</p><p>本节说明文字，共计若干件，详见附表。</p>")
        if 2 <= number <= 4:
            body += [table(rows, markup) for rows in parts[number - 2]]
    year = 2025 if form.id == "2021" else 2021
    return document(title, "\n".join(body), markup, f"{year}-01-20").encode()


def document(title: str, article: str, markup: Markup, published: str) -> str:
    """The page around an article: menus and footer are tables of links, as they were for years."""
    menu = "<table><tr><td><a href='/'>首页</a></td><td><a href='/zwgk/'>政务公开</a></td></tr></table>"
    inner = f"<div class='TRS_Editor'>{article}</div>"
    if markup.twice:
        inner = f"<div class='pc'>{article}</div><div class='wap'>{article}</div>"
    if markup.layout:
        inner = f"<table width='100%'><tr><td>{inner}</td></tr></table>"
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<meta name='ArticleTitle' content='{escape(title)}'><meta name='PubDate' content='{published} 10:00'>"
        f"</head><body>{menu}<div class='main'>{inner}</div>"
        "<table><tr><td>主办：某县人民政府办公室</td><td>网站标识码 6402210001</td></tr></table></body></html>"
    )


def rows_only(rows: Sequence[Sequence[str]]) -> str:
    """A table of plain strings."""
    return table([[Box(text) for text in row] for row in rows], Markup())
