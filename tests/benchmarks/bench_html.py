"""Reading a page beside only parsing it: bare BeautifulSoup with the lxml builder is the baseline."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

from bs4 import BeautifulSoup

from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.formats.html.html_reader import read_html
from gongkai.extract.forms import FORM_2021
from gongkai.extract.report import read
from tests.printing.matrix import Style
from tests.printing.page import Markup, page
from tests.printing.report import distinct

TITLE = "清河县教育局2024年政府信息公开工作年度报告"
_WORD = ' style="text-align:center;line-height:24.0pt;mso-line-height-rule:exactly;layout-grid-mode:char"'
_FONT = ' style="font-size:10.5pt;font-family:仿宋_GB2312;mso-bidi-font-family:宋体;color:black"'
ROUNDS = 25


def word_paste() -> bytes:
    """A page as Word leaves it: every cell a paragraph in fonts, some 100 kB."""
    plain = page(TITLE, FORM_2021, distinct(), Style(), Markup(cell="word")).decode()
    dressed = plain.replace('class="MsoNormal"', f'class="MsoNormal" align="center"{_WORD}')
    dressed = dressed.replace(
        '<span lang="EN-US">', f'<span lang="EN-US"{_FONT}><font face="仿宋">'
    )
    return dressed.replace("<o:p></o:p></span>", "<o:p></o:p></font></span>").encode()


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call, from a clean heap."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print milliseconds and ratios, medians of interleaved rounds."""
    body = word_paste()
    ways: dict[str, Callable[[], object]] = {
        "BeautifulSoup + lxml alone": lambda: BeautifulSoup(decode_text(body), "lxml"),
        "page to blocks and grids": lambda: read_html(body),
        "page to checked report": lambda: read(body),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, work in ways.items():
            taken[name].append(seconds(work))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    baseline = next(iter(medians.values()))
    print(f"a page of {len(body) / 1000:.0f} kB pasted from Word")
    for name, median in medians.items():
        print(f"{name:28} {median * 1000:7.1f} ms {median / baseline:6.2f} of the baseline")
