"""What stands beside a link: the date of its row, and the text that a bare 查看 belongs to."""

from __future__ import annotations

import re
from itertools import islice

from parsel import Selector

from gongkai.crawler.discovery.page_outline import Element
from gongkai.crawler.discovery.page_tree import beginning_of_text
from gongkai.crawler.discovery.words.link_words import strip_whitespace

DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|\b\d\d-\d\d\b")
MAX_ROW_CHARS = 400
MAX_ROW_PIECES = 40
"""Pieces of text of a card that are read: each piece stands in a tag of its own."""

ROW_TAGS = ("li", "tr", "dd", "p")
MAX_ROW_DEPTH = 30
"""Elements above a link among which its row is looked for: pages can be nested without end."""

MAX_CONTEXT_CHARS = 120
MAX_CONTEXT_DEPTH = 3
NEXT_SIBLING = "following-sibling::*[1]"  # with a second condition, libxml2 visits all siblings
TEXT_OF_A_DATE = "string(self::span | self::em | self::i | self::time | self::b | self::dd)"
LINK_WITHOUT_TITLE = re.compile(
    r"[\[【(（]?(?:点击|阅读|浏览)?(?:查看|详情|全文|更多|详细|more|下载|打开|进入|报告全文|原文)+(?:内容|详情|全文)?[\]】)）]?[>》»›]*",
    re.I,
)
"""Link text without a title: what the link leads to is told beside it."""


def row_of(anchor: Selector) -> Selector | None:
    """Return the row of a list or a table that a link stands in, None where it stands in none."""
    above = islice(anchor.root.iterancestors(), MAX_ROW_DEPTH)
    row = next((each for each in above if each.tag in ROW_TAGS), None)
    return None if row is None else Selector(root=row, type="html")


class LinkContext:
    """Reads the rows around the links of one page, each once: many links can share a row."""

    def __init__(self) -> None:
        self._dated: dict[object, bool] = {}
        self._texts: dict[object, str] = {}

    def is_dated(self, anchor: Selector, card: Element | None = None) -> bool:
        """Return whether a date stands beside a link, in its row of a list or a table, or in its card."""
        row = row_of(anchor)
        if row is None and card is not None:
            pieces = islice(card.itertext(), MAX_ROW_PIECES)
            return _is_date("".join(piece[:MAX_ROW_CHARS] for piece in pieces))
        if row is None:
            return _is_date(anchor.xpath(NEXT_SIBLING).xpath(TEXT_OF_A_DATE).get(default=""))
        element = row.root
        if element not in self._dated:
            self._dated[element] = _is_date(beginning_of_text(element)) or (
                element.tag == "dd"  # 平潭 www.pingtan.gov.cn: the date is a dd of its own
                and _is_date(row.xpath(NEXT_SIBLING).xpath(TEXT_OF_A_DATE).get(default=""))
            )
        return self._dated[element]

    def title_of(self, tag: Selector, own: str) -> str:
        """Return the title of a link: its own text, or that beside it where its own says only 查看."""
        if LINK_WITHOUT_TITLE.fullmatch(own):
            return self._text_beside(tag, own) or own
        return own

    def _text_beside(self, tag: Selector, own: str) -> str:
        """Return the text of the row of a link, or its heading.

        "" where there is none, or where the text is too long to belong to this link alone.
        """
        for element in islice(tag.root.iterancestors(), MAX_CONTEXT_DEPTH):
            if element not in self._texts:
                text = beginning_of_text(element)
                self._texts[element] = strip_whitespace(text[: 4 * MAX_ROW_CHARS])
            beside = self._texts[element]
            if len(beside) > MAX_CONTEXT_CHARS:
                return ""
            if beside != own:
                return beside.replace(own, "", 1) if beside.count(own) == 1 else ""
        return ""


def _is_date(row: str) -> bool:
    return len(row) < MAX_ROW_CHARS and DATE.search(row) is not None
