"""Answers whose header lines are not by the standard, read as browsers read them.

Twisted refuses an answer for one wrong line, and the page is lost; Scrapy leaves out lines without a
colon, and this module the others. Not taken here either: lengths that
contradict each other (browsers refuse them too), and header lines longer than 64 KiB.
"""

from __future__ import annotations

import re

from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from twisted.web._newclient import HEADER, STATUS

HEADER_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VERSION = re.compile(rb"HTTP/\d{1,3}\.\d{1,3}")
LENGTHS = re.compile(rb"\d{1,18}(?:\s{0,20},\s{0,20}\d{1,18}){0,20}")
KNOWN_TRANSFER = b"chunked"
MAX_LINE_BYTES = 1 << 16
MAX_LINES = 1_000


class TolerantParser(http11._LenientHTTPClientParser):
    """Scrapy's parser of answers, which leaves out the lines that it cannot use."""

    MAX_LENGTH = MAX_LINE_BYTES
    lines = 0

    def lineReceived(self, line: bytes) -> None:
        """Read one line: none before the status counts, and a continuation only behind a header."""
        text = line.rstrip(b"\r")
        self.lines += 1
        is_empty_start = self.state == STATUS and not text
        is_stray = (
            self.state == HEADER and text[:1] in (b" ", b"\t") and self._partialHeader is None
        )
        if is_empty_start or is_stray or (text and self.lines > MAX_LINES):
            return
        super().lineReceived(line)

    def statusReceived(self, status: bytes) -> None:
        """Read the status line, whatever stands in place of the version and between the parts."""
        version, _, rest = status.strip().partition(b" ")
        if not VERSION.fullmatch(version):
            version = b"HTTP/1.1"
        super().statusReceived(version + b" " + rest.strip())  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:
        """Take a header with a name that can be; of lengths and codings, those that mean something."""
        name = name.strip()
        if not HEADER_NAME.fullmatch(name):
            return
        if name.lower() == b"content-length" and not LENGTHS.fullmatch(value):
            return
        if name.lower() == b"transfer-encoding" and value.lower() != KNOWN_TRANSFER:
            return
        super().headerReceived(name, value)  # type: ignore[no-untyped-call]


class TolerantHandler(http11.HTTP11DownloadHandler):
    """Scrapy's own handler with this parser, which Scrapy has no setting for."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # of this process, which crawls one site
        setattr(http11, "_LenientHTTPClientParser", TolerantParser)  # noqa: B010
