"""Find the date of publication."""

from __future__ import annotations

import re

from gongkai.extract.chinese.dates import find_first_date, find_stamp_date
from gongkai.extract.chinese.reporting_agency import signing_agency
from gongkai.extract.model.document import Document, Paragraph

_FOLDERS = re.compile(
    r"/(?:art|cols)/(20\d\d)/(\d{1,2})/(\d{1,2})/|/(20\d\d)([01]\d)([0-3]\d)/(?:i\d+|[0-9a-f]{32})\.s?html?$"
)


def find_publication_date(document: Document, url: str) -> str:
    """Return the ISO date of publication, "" if it is unknown.

    The sources in order: the standard meta tag, the header of the page, the signing date, the date
    in the address.
    """
    meta = (
        document.meta.get(name, "")
        for name in ("pubdate", "publishdate", "publish_date", "pub_date")
    )
    info = (
        document.info.get(label, "")
        for label in (
            "发布日期",
            "发布时间",
            "公开日期",
            "公布日期",
            "发表时间",
            "时间",
            "日期",
            "成文日期",
            "生成日期",
        )
    )
    for text in (*meta, *info, *_signing_lines(document), _url_date(url)):
        if found := find_first_date(text) or find_stamp_date(text):
            return found
    return ""


def _signing_lines(document: Document) -> list[str]:
    """Return the last short lines of the text: a date on a line of its own is the signing date."""
    texts = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    last = reversed(texts[-6:])
    return [
        text for text in last if (len(text) <= 16 and find_first_date(text)) or signing_agency(text)
    ]


def _url_date(url: str) -> str:
    """Return the date in an address: t20250120_5.html, /art/2025/1/20/, /20250120/i5.html."""
    folders = _FOLDERS.search(url)
    if folders:
        return "-".join(part for part in folders.groups() if part)
    name = url.rsplit("/", 1)[-1]
    digits = name[1:9]
    if name[:1] == "t" and digits.isdigit() and name[9:10] == "_":
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return ""
