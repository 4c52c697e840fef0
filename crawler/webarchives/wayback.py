"""The Wayback Machine: its CDX server, and pages in their raw form (`id_`).

Its rules: 30 requests a minute to the CDX server, of which we use 24; 600 a minute for pages. Who
ignores a 429 is blocked for an hour, and twice as long the next time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlencode

from gongkai import clock
from gongkai.crawler.foreign.record_head import header_value
from gongkai.crawler.imports.foreign_compose import compose_answer, compose_foreign
from gongkai.crawler.webarchives.captures import STATUSES, Capture, make_capture
from gongkai.crawler.webarchives.polite_client import ArchiveSilent, PoliteClient

INDEX_SECONDS, PAGE_SECONDS = 2.5, 0.5
ROWS_AT_A_TIME = 3000
MAX_ROUNDS = 500
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
"""`urlkey` is among them because years are skipped without it (internetarchive/wayback#121)."""

KEPT_HEADERS = re.compile(r"x-archive-orig-.*|memento-datetime|content-type|location", re.I)
"""Headers of a replay that are the same whenever it is asked for."""

WAYBACK_NAME = "Wayback Machine"
OFFICIAL = "https://web.archive.org"


class Wayback:
    """The Wayback Machine, or what answers like it."""

    name = "wayback"

    def __init__(self, client: PoliteClient, address: str) -> None:
        self._client = client
        self._address = address.rstrip("/")

    def parts(self, since: int) -> list[str]:
        """Return the one part there is: the first year that is asked for."""
        return [str(since)]

    def question(self, part: str) -> str:
        """Return what a part is asked for, and in which month: the collection grows."""
        return f"{part} {'|'.join(STATUSES)} {clock.utc_stamp()[:7]}"

    def captures(self, part: str, host: str) -> Iterator[list[Capture]]:
        """Yield the captures of a host since a year, some thousands at a time.

        Raises:
            ArchiveSilent: The CDX server does not answer.
            BudgetSpent: No further request may be made.
        """
        key = ""
        for _ in range(MAX_ROUNDS):
            asked = [
                ("url", host),
                ("matchType", "host"),
                ("output", "json"),
                ("fl", ",".join(FIELDS)),
                ("filter", f"statuscode:{'|'.join(STATUSES)}"),
                ("from", part),
                ("limit", str(ROWS_AT_A_TIME)),
                ("showResumeKey", "true"),
                *((("resumeKey", key),) if key else ()),
            ]
            url = f"{self._address}/cdx/search/cdx?{urlencode(asked)}"
            reply = self._client.get(url, every=INDEX_SECONDS)
            if reply.status != 200:
                raise ArchiveSilent(_reason(reply.status, reply.body))
            rows, following = _rows(reply.body)
            yield [found for row in rows if (found := _capture(row))]
            if not following or following == key:
                return
            key = following

    def record(self, capture: Capture) -> bytes | None:
        """Return a page as a record, None where there is no such page.

        Raises:
            ArchiveSilent: The page cannot be had.
            BudgetSpent: No further request may be made.
        """
        stamp = re.sub(r"[^0-9]", "", capture.at)
        path = f"/web/{stamp}id_/{capture.url}"
        reply = self._client.get(
            self._address + path, every=PAGE_SECONDS, headers={"Accept-Encoding": "identity"}
        )
        if not header_value(reply.headers, "Memento-Datetime"):
            return None
        headers = [each for each in reply.headers if KEPT_HEADERS.fullmatch(each[0])]
        block = compose_answer(reply.status, headers, reply.body)
        return compose_foreign("response", (OFFICIAL + path).encode(), capture.at, block)


def _rows(body: bytes) -> tuple[list[list[str]], str]:
    """Return the rows of an answer, and the key with which the next one begins, "" at the end."""
    try:
        table = json.loads(body or b"[]")
    except (ValueError, RecursionError):
        raise ArchiveSilent("no JSON") from None
    if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
        raise ArchiveSilent("no JSON")
    rows = [[str(cell) for cell in row] for row in table[1:] if len(row) == len(FIELDS)]
    has_key = len(table) >= 2 and table[-2] == [] and len(table[-1]) == 1
    return rows, unquote(str(table[-1][0]).replace("+", " ")) if has_key else ""


def _capture(row: list[str]) -> Capture | None:
    _, timestamp, original, media_type, status, digest, _ = row
    return make_capture(original, timestamp, status, media_type, digest, WAYBACK_NAME)


def _reason(status: int, body: bytes) -> str:
    for name in (b"AdministrativeAccessControlException", b"RobotAccessControlException"):
        if name in body[:10_000]:
            return name.decode()
    return f"HTTP {status}"
