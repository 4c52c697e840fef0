"""Common Crawl: an index for each of its crawls, and records by byte range.

Its rules: a request a second to the index, one in 0.55 seconds to the data; 503 means "slow down".
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from gongkai.crawler.webarchives.captures import STATUSES, Capture, make_capture
from gongkai.crawler.webarchives.polite_client import ArchiveSilent, PoliteClient

INDEX_SECONDS, DATA_SECONDS = 1.0, 0.55
CRAWL_ID = re.compile(r"CC-MAIN-[0-9A-Z-]{4,20}")
FILE_NAME = re.compile(r"(?:crawl-data|common-crawl)/[A-Za-z0-9_./-]{1,400}\.(?:warc|arc)\.gz")
MAX_RECORD_BYTES = 16 << 20
MAX_PAGES = 500
NOTHING_FOUND = 404


class CommonCrawl:
    """The index and the data of Common Crawl, or what answers like them."""

    name = "commoncrawl"

    def __init__(self, client: PoliteClient, index: str, data: str) -> None:
        self._client = client
        self._index = index.rstrip("/")
        self._data = data.rstrip("/")

    def parts(self, since: int) -> list[str]:
        """Return the ids of the crawls that ended in a year or later, oldest first.

        Raises:
            ArchiveSilent: The list of crawls cannot be had.
            BudgetSpent: No further request may be made.
        """
        reply = self._client.get(f"{self._index}/collinfo.json", every=INDEX_SECONDS)
        try:
            crawls = json.loads(reply.body)
            found = [(str(each["id"]), str(each.get("to", ""))) for each in crawls]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ArchiveSilent(f"HTTP {reply.status}") from None
        return sorted(
            crawl for crawl, end in found if CRAWL_ID.fullmatch(crawl) and not end < str(since)
        )

    def question(self, part: str) -> str:
        """Return what a part is asked for: a crawl that has ended does not grow."""
        return f"{part} {'|'.join(STATUSES)}"

    def captures(self, part: str, host: str) -> Iterator[list[Capture]]:
        """Yield the captures of a host in a crawl, a page at a time.

        Raises:
            ArchiveSilent: The index does not answer.
            BudgetSpent: No further request may be made.
        """
        asked = {
            "url": host,
            "matchType": "host",
            "output": "json",
            "filter": f"~status:{'|'.join(STATUSES)}",
        }
        pages = self._page_count(part, asked)
        for page in range(min(pages, MAX_PAGES)):
            reply = self._query(part, {**asked, "page": str(page)})
            if reply is None:
                return
            yield [found for line in reply.splitlines() if (found := _capture(line, part))]

    def record(self, capture: Capture) -> bytes | None:
        """Return the record of a capture, None where it is not there any more.

        Raises:
            ArchiveSilent: The data cannot be had.
            BudgetSpent: No further request may be made.
        """
        end = capture.offset + capture.length - 1
        reply = self._client.get(
            f"{self._data}/{capture.filename}",
            every=DATA_SECONDS,
            headers={"Range": f"bytes={capture.offset}-{end}"},
        )
        if reply.status != 206 or len(reply.body) != capture.length:
            return None
        inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            content = inflate.decompress(reply.body, MAX_RECORD_BYTES)
        except zlib.error:
            return None
        return content if inflate.eof else None

    def _page_count(self, part: str, asked: dict[str, str]) -> int:
        body = self._query(part, {**asked, "showNumPages": "true"})
        if body is None:
            return 0
        try:
            return int(json.loads(body)["pages"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return 1  # an index that does not count its pages has one

    def _query(self, part: str, asked: dict[str, str]) -> bytes | None:
        """Return an answer of an index, None where it has nothing."""
        url = f"{self._index}/{part}-index?{urlencode(asked)}"
        reply = self._client.get(url, every=INDEX_SECONDS)
        if reply.status == NOTHING_FOUND or reply.status == 400:
            return None
        if reply.status != 200:
            raise ArchiveSilent(f"HTTP {reply.status}")
        return reply.body


def _capture(line: bytes, part: str) -> Capture | None:
    try:
        row = json.loads(line)
        stated = {name: str(row.get(name, "")) for name in _FIELDS}
        offset, length = int(stated["offset"]), int(stated["length"])
    except (ValueError, AttributeError, RecursionError):
        return None
    if not FILE_NAME.fullmatch(stated["filename"]) or not 0 < length <= MAX_RECORD_BYTES:
        return None
    found = make_capture(
        stated["url"],
        stated["timestamp"],
        stated["status"],
        stated["mime"],
        stated["digest"],
        f"Common Crawl {part}",
    )
    if found is None or offset < 0 or ".." in stated["filename"]:
        return None
    place = {"filename": stated["filename"], "offset": offset, "length": length}
    return replace(found, truncated=stated["truncated"], **place)  # type: ignore[arg-type]


_FIELDS = (
    "url", "timestamp", "status", "mime", "digest", "offset", "length", "filename", "truncated",
)  # fmt: skip
