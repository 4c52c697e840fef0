"""Lists of what to fetch from web archives: an address a line, of a page of the Wayback Machine or of a record of Common Crawl."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gongkai.crawler.webarchives.captures import Capture, make_capture
from gongkai.crawler.webarchives.common_crawl import FILE_NAME, MAX_RECORD_BYTES
from gongkai.crawler.webarchives.wayback import WAYBACK_NAME
from gongkai.regular_file import open_regular

MAX_LIST_BYTES = 64 << 20
PAGE = re.compile(r"https?://web\.archive\.org/web/([0-9]{14})(?:[a-z]{2}_)?/(https?://\S{1,2000})")
RECORD = re.compile(r"(?:https?://data\.commoncrawl\.org/)?(\S{1,450}) ([0-9]{1,12}) ([0-9]{1,10})")
CRAWL = re.compile(r"CC-(?:MAIN|NEWS)-[0-9A-Z-]{4,20}")


def read_list(path: Path) -> Iterator[tuple[str, Capture | None]]:
    """Yield the lines of a list, each with what it names, None where that cannot be understood.

    Empty lines and lines that begin with # are left out.

    Raises:
        OSError: The file cannot be read.
    """
    with open_regular(path) as file:
        text = file.read(MAX_LIST_BYTES).decode("utf-8", "replace")
    for line in text.splitlines():
        stripped = " ".join(line.replace(",", " ").split()) if " " in line or "," in line else line
        if stripped.strip() and not stripped.startswith("#"):
            yield line.strip(), parse_line(stripped.strip())


def parse_line(line: str) -> Capture | None:
    """Return the capture that a line names, None where it names none.

    >>> parse_line("https://web.archive.org/web/20200301020304/http://www.x.gov.cn/a").at
    '2020-03-01T02:03:04Z'
    >>> parse_line("crawl-data/CC-MAIN-2024-10/segments/1/warc/a.warc.gz 2951 2612").offset
    2951
    """
    if page := PAGE.fullmatch(line):
        return make_capture(page[2], page[1], "200", "", "", WAYBACK_NAME)
    if record := RECORD.fullmatch(line):
        length = int(record[3])
        is_name = FILE_NAME.fullmatch(record[1]) and ".." not in record[1]
        if is_name and 0 < length <= MAX_RECORD_BYTES:
            crawl = CRAWL.search(record[1])
            name = f"Common Crawl {crawl[0]}" if crawl else "Common Crawl"
            place = (record[1], int(record[2]), length)
            return Capture("", "", "200", "", "", name, *place)
    return None
