"""A report as a page for Chromium to print, in the looks that style sheets give."""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from gongkai.extract.forms import SECTIONS
from tests.printing.odt import WIDTHS
from tests.printing.page import Markup, cell
from tests.printing.report import Printed

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
SIMPLIFIED = 2  # the face in the collection
USUAL = """
@page { size: A4; margin: 22mm 24mm; @bottom-center { content: "- " counter(page) " -"; font: 10pt Paper; } }
body { font: 13pt Paper; margin: 0; }
p { margin: 0; line-height: 1.7; text-indent: 2em; text-align: justify; }
h1 { font-size: 20pt; font-weight: normal; text-align: center; margin: 0 0 8pt; }
table { width: 100%; border-collapse: collapse; margin: 6pt 0; table-layout: fixed; }
td { font-size: 9pt; line-height: 1.3; border: 0.75pt solid #000; padding: 2pt 1pt; text-align: center;
     vertical-align: middle; overflow-wrap: anywhere; }
"""


RADICALS = str.maketrans("一工行民文生门页长见", "⼀⼯⾏⺠⽂⽣⻔⻚⻓⻅")
"""What Chromium wrote into the text layer for years."""


def paper(printed: Printed, css: str = "", body: str = "", radicals: bool = False) -> str:
    """The whole page. `css` comes after the usual rules, `body` at its end."""
    parts = [f"<h1>{escape(printed.title)}</h1>"]
    tables = printed.tables()
    for number, heading in SECTIONS:
        parts.append(f"<p class='head'>{heading}</p>")
        parts += [f"<p>{escape(text)}</p>" for text in printed.prose.get(number, ())]
        for rows in tables.get(number, []):
            count = max(sum(box.columns for box in row) for row in rows)
            shares = WIDTHS.get(count, (1,) * count)
            columns = "".join(f'<col style="width:{100 * w / sum(shares):.2f}%">' for w in shares)
            lines = "\n".join(
                "<tr>" + "".join(cell(box, Markup()) for box in row) + "</tr>" for row in rows
            )
            parts.append(f'<table class="s{number}">{columns}<tbody>{lines}</tbody></table>')
    text = "\n".join([*parts, body])
    if radicals:
        text = text.translate(RADICALS)
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><style>'
        f"{_font(text + '-0123456789目录第页共')}{USUAL}{css}</style></head><body>{text}</body></html>"
    )


def _font(text: str) -> str:
    """A font of the characters in use: Chromium writes all of a font's glyphs it was given."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "paper.otf")
        command = (
            sys.executable, "-m", "fontTools.subset", str(FONT), f"--text={text}",
            f"--font-number={SIMPLIFIED}", f"--output-file={target}", "--layout-features=",
        )  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        data = base64.b64encode(target.read_bytes()).decode()
    return f"@font-face {{ font-family: Paper; src: url(data:font/otf;base64,{data}); }}"
