"""Sending a large file: in pieces, in part where a part is asked for, not at all where it is known."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PIECE = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as the answer to a request; `etag` names its content.

    :param asked: the headers of the request, in lower case
    """

    path: Path
    size: int
    media_type: str
    etag: str
    method: str
    asked: Mapping[str, str]

    async def asgi_send(self, send: Any) -> None:
        """Send it."""
        if self.etag and self.etag in re.findall(r'"[^"]*"', self.asked.get("if-none-match", "")):
            await self._begin(send, 304, {})
            await send({"type": "http.response.body", "body": b""})
            return
        start, end = self._part()
        part = {"content-range": f"bytes {start}-{end - 1}/{self.size}"}
        length = {"content-length": str(end - start)}
        if (start, end) == (0, self.size):
            await self._begin(send, 200, length)
        elif start < end:
            await self._begin(send, 206, length | part)
        else:
            await self._begin(send, 416, {"content-range": f"bytes */{self.size}"})
        await self._pieces(send, start, end)

    def _part(self) -> tuple[int, int]:
        """Return where to begin and to end; several parts at once are answered with the whole."""
        asked = _RANGE.fullmatch(self.asked.get("range", "").strip())
        of = self.asked.get("if-range")
        if not asked or asked[0] == "bytes=-" or (of and of != self.etag):
            return 0, self.size
        first, last = asked[1], asked[2]
        if not first:
            return max(0, self.size - int(last)), self.size
        end = min(self.size, int(last) + 1) if last else self.size
        return int(first), end

    async def _begin(self, send: Any, status: int, headers: Mapping[str, str]) -> None:
        every = {
            "content-type": self.media_type,
            "content-disposition": f'attachment; filename="{self.path.name}"',
            "accept-ranges": "bytes",
            "cache-control": "public, max-age=300",
            **({"etag": self.etag} if self.etag else {}),
            **headers,
        }
        raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in every.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})

    async def _pieces(self, send: Any, start: int, end: int) -> None:
        """Send the bytes from start to end, one piece in memory at a time."""
        if self.method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        with await asyncio.to_thread(self.path.open, "rb") as file:
            file.seek(start)
            while start < end:
                piece = await asyncio.to_thread(file.read, min(PIECE, end - start))
                if not piece:
                    break  # cut while it was sent: the length tells the reader
                start += len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
