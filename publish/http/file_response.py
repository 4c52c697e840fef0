"""Large files as responses: in chunks, in part for a range request, not at all for a known ETag.

A file may be put together from stretches of others, as a whole table is from its years.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gongkai.archive.publication.parts.stretches import Piece, read_pieces
from gongkai.publish.datasette_types import Send
from gongkai.publish.http.validators import http_date

CHUNK = 1 << 18
"""Bytes that are held in memory at a time."""

FIVE_MINUTES = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose address never has another content."""

MAX_DIGITS = 18
"""Digits of a place in a file. A longer number lies behind the end of any file."""

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)", re.IGNORECASE)
_ETAG = re.compile(r'"[^"]*"')


def has_same_etag(etag: str, request_headers: Mapping[str, str]) -> bool:
    """Say whether a client has the content that a tag names; "" names none."""
    return bool(etag) and etag in _ETAG.findall(request_headers.get("if-none-match", ""))


@dataclass(frozen=True, slots=True)
class FileResponse:
    """A file as the answer to a request.

    `pieces` follow each other in it. `name` is the one under which it is saved, in ASCII. `size` is in
    bytes. `etag` names the content, in quotation marks, or is "". `method` and `request_headers` are
    those of the request, the names of headers in lower case. `modified` is the time of the file.
    `cache` is for how long the file may be kept, as the header writes it.
    """

    pieces: Sequence[Piece]
    name: str
    size: int
    media_type: str
    etag: str
    method: str
    request_headers: Mapping[str, str]
    modified: datetime
    cache: str = FIVE_MINUTES

    async def asgi_send(self, send: Send) -> None:
        """Send the file, or the part of it that was asked for."""
        if has_same_etag(self.etag, self.request_headers):
            await self._start(send, 304, {})
            await send({"type": "http.response.body", "body": b""})
            return
        start, end = self._requested_range()
        length = {"content-length": str(max(0, end - start))}
        if (start, end) == (0, self.size):
            await self._start(send, 200, length)
        elif start < end:
            part = {"content-range": f"bytes {start}-{end - 1}/{self.size}"}
            await self._start(send, 206, length | part)
        else:
            about = {"content-range": f"bytes */{self.size}", "content-length": "0"}
            await self._start(send, 416, about)
            end = start
        await self._send_bytes(send, start, end)

    def _requested_range(self) -> tuple[int, int]:
        """Return the first byte and the one after the last.

        A range that cannot be met is empty: it gets 416. Several ranges, other units and what is no
        range get the whole file, as RFC 9110 allows. So does HEAD, for which ranges have no meaning.
        """
        requested = _RANGE.fullmatch(self.request_headers.get("range", "").strip())
        if self.method != "GET" or requested is None or requested[0].endswith("=-"):
            return 0, self.size
        same = (self.etag, http_date(self.modified))
        if self.request_headers.get("if-range", self.etag) not in same:
            return 0, self.size
        first, last = requested[1], requested[2]
        if not first:
            return self.size - self._place(last), self.size
        end = min(self.size, self._place(last) + 1) if last else self.size
        return self._place(first), end

    def _place(self, digits: str) -> int:
        """Return a number of bytes, at most the size of the file. Python itself refuses long ones."""
        digits = digits.lstrip("0")
        return self.size if len(digits) > MAX_DIGITS else min(self.size, int(digits or "0"))

    async def _start(self, send: Send, status: int, headers: Mapping[str, str]) -> None:
        all_headers = {
            "content-type": self.media_type,
            "content-disposition": f'attachment; filename="{self.name}"',
            "accept-ranges": "bytes",
            "cache-control": self.cache,
            "last-modified": http_date(self.modified),
            **({"etag": self.etag} if self.etag else {}),
            **headers,
        }
        raw = [(name.encode("ascii"), text.encode("latin-1")) for name, text in all_headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})

    async def _send_bytes(self, send: Send, start: int, end: int) -> None:
        if self.method == "HEAD" or start >= end:
            await send({"type": "http.response.body", "body": b""})
            return
        blocks = read_pieces(self.pieces, start, end, CHUNK)
        # a file that was cut meanwhile ends early; the reader notices by the length
        while chunk := await asyncio.to_thread(next, blocks, b""):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
