"""Pages on paper: PDF files that Chromium makes, and what every sheet has to be."""

from __future__ import annotations

import io
import unicodedata

import pdfplumber
from pdfplumber.pdf import PDF
from playwright.async_api import Page

from tests.publish.browser.browsing import ARTEFACTS

ON_SCREEN_ONLY = (
    "English",
    "检索报告全文",
    "使用这张图",
    "Use this chart",
    "查看某日",
    "What was known on a day",
)
MARGIN = 30
"""Points on each side of a sheet that stay white."""


def squeezed(text: str) -> str:
    """Return a text without spaces, in letters that are compared."""
    return unicodedata.normalize("NFKC", "".join(text.split()))


def text_of(page: pdfplumber.page.Page) -> str:
    """Return the text of a sheet. Fonts map some Chinese letters to those of old radicals."""
    return unicodedata.normalize("NFKC", page.extract_text())


async def printed(tab: Page, name: str) -> PDF:
    """Print the page that is open, and keep it where the folder for pictures is there."""
    body = await tab.pdf(prefer_css_page_size=True, print_background=True)
    if ARTEFACTS.exists():
        (ARTEFACTS / f"print-{name}.pdf").write_bytes(body)
    return pdfplumber.open(io.BytesIO(body))


def check_sheets(paper: PDF, path: str) -> None:
    """Check that no sheet is empty, dark or cut at a side, and that the last ends with the origin."""
    texts = [text_of(page) for page in paper.pages]
    assert all(texts), "an empty sheet"
    assert [word for word in ON_SCREEN_ONLY if word in "".join(texts)] == []
    foot = "".join(texts[-1].split())
    assert ("政府信息公开年度报告档案" in foot) or ("Source:Gongkai" in foot)
    assert path.partition("?")[0] in foot
    for page in paper.pages:
        assert all(char["x0"] > MARGIN for char in page.chars)
        assert all(char["x1"] < page.width - MARGIN for char in page.chars)
        dark = [rect for rect in page.rects if rect["width"] > page.width * 0.9]
        assert all(rect["non_stroking_color"] != (0, 0, 0) for rect in dark)
