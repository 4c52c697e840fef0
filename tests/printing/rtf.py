"""A report as RTF in the way of Word: GBK escapes beside \\u, merged cells as \\clvmgf and \\clmgf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gongkai.extract.forms import SECTIONS, Form
from tests.printing.matrix import Style, Table, Values, all_tables
from tests.printing.word import FILLER, WIDTH, placed

HEAD = (
    r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}"
    r"{\info{\title x}}\uc2\f0 "
)


def text(words: str) -> str:
    """Words with each character outside ASCII as \\u and, for old readers, as GBK bytes."""
    found = []
    for char in words:
        if char.isascii():
            found.append("\\" + char if char in "\\{}" else char)
        else:
            code = ord(char) - 65536 if ord(char) > 32767 else ord(char)
            old = "".join(f"\\'{byte:02x}" for byte in char.encode("gbk", "replace"))
            found.append(f"\\u{code}{old if len(old) == 8 else '??'}")
    return "".join(found)


def table(rows: Table) -> str:
    """One table: the cells of a row are defined before they are filled."""
    columns = max(sum(box.columns for box in row) for row in rows)
    step = WIDTH // columns
    lines = []
    for row in placed(rows):
        defined, filled, edge = "", "", 0
        for box, merge in row:
            edge += box.columns * step
            defined += {"restart": "\\clvmgf", "continue": "\\clvmrg"}.get(
                merge, ""
            ) + f"\\cellx{edge}"
            filled += f"\\pard\\intbl {text('' if merge == 'continue' else box.text)}\\cell "
        lines.append(f"\\trowd\\trgaph108 {defined}{filled}\\row\n")
    return "".join(lines)


def document(
    title: str, form: Form, values: Values, style: Style, prose: Mapping[int, Sequence[str]]
) -> bytes:
    """A whole report."""
    parts = all_tables(form, values, style)
    lines = [paragraph(title)]
    for number, name in SECTIONS:
        lines += [paragraph(name), *(paragraph(line) for line in prose.get(number, (FILLER,)))]
        if 2 <= number <= 4:
            lines += [table(rows) + paragraph("") for rows in parts[number - 2]]
    return (HEAD + "".join(lines) + "}").encode("ascii")


def paragraph(words: str) -> str:
    return f"\\pard {text(words)}\\par\n"
