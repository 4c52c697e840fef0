"""A report as plain text, in the layouts that sites and conversions leave."""

from __future__ import annotations

from gongkai.extract.forms import SECTIONS, Form
from tests.printing.matrix import Style, Table, Values, all_tables

LAYOUTS = ("lines", "bars", "pairs", "spaces", "pipes", "open_pipes", "tabs")
"""A line a cell; lines and bars in turn; a bar line behind each row; columns of spaces; |a|b|; a|b; tabs."""


def table(rows: Table, layout: str) -> list[str]:
    """The lines of one table. Spans leave nothing behind, and blank cells only bars and tabs."""
    found: list[str] = []
    for row in rows:
        texts = [box.text for box in row]
        if layout == "lines":
            found += [text for text in texts if text]
        elif layout == "bars":
            found += [line for text in texts for line in (text, "|") if line]
        elif layout == "pairs":
            found += [*(text for text in texts if text), "|"]
        elif layout == "spaces":
            found.append(" ".join(text for text in texts if text))
        elif layout == "pipes":
            found.append("| " + " | ".join(texts) + " |")
        else:
            found.append({"open_pipes": " | ", "tabs": "\t"}[layout].join(texts))
    return found


def text(title: str, form: Form, values: Values, style: Style, layout: str) -> bytes:
    """A whole report."""
    parts = all_tables(form, values, style)
    lines = [title, ""]
    for number, name in SECTIONS:
        lines += [name, "", "本节说明文字，共计若干件，详见附表。", ""]
        if 2 <= number <= 4:
            lines += [line for rows in parts[number - 2] for line in table(rows, layout)]
    return "\n".join(lines).encode()
