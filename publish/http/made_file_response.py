"""Files that are made while they are sent: in blocks, a few at a time, and cut rather than wrong.

A file whose source is damaged breaks off: the connection ends before the length, or the end mark of the
last chunk, so that no program takes what came for the whole.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from gongkai.publish.datasette_types import Send
from gongkai.publish.http.file_response import FIVE_MINUTES, has_same_etag
from gongkai.publish.http.validators import http_date

AT_ONCE = 3
"""Files that are made at the same time. They share the processor with all pages."""

WALL_SECONDS = 3_600.0
"""From the first byte to the last, however slowly the reader takes them."""


class TooManyMade(Exception):
    """Raised while `AT_ONCE` files are being made."""


class FileBrokeOff(Exception):
    """Raised in the middle of a file that took too long."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """What a file is: its name in ASCII, its size in bytes or None, the tag of its content in quotes."""

    name: str
    media_type: str
    etag: str
    size: int | None
    modified: datetime
    cache: str = FIVE_MINUTES


class MadeFileResponse:
    """A file as the answer to a request."""

    sending = 0
    """Files that are being made in this process."""

    def __init__(
        self, file: MadeFile, blocks: Iterator[bytes], method: str, headers: Mapping[str, str]
    ) -> None:
        """Begin without a byte. `headers` are those of the request, their names in lower case.

        Raises:
            TooManyMade: Enough other files are being made, and this one is not known to the client.
        """
        self._file = file
        self._blocks = blocks
        self._has_body = method != "HEAD"
        self._is_known = has_same_etag(file.etag, headers)
        if self._has_body and not self._is_known and MadeFileResponse.sending >= AT_ONCE:
            raise TooManyMade

    async def asgi_send(self, send: Send) -> None:
        """Send the file block by block."""
        await send(self._head())
        if not self._has_body or self._is_known:
            await send({"type": "http.response.body", "body": b""})
            return
        MadeFileResponse.sending += 1
        end = time.monotonic() + WALL_SECONDS
        try:
            while block := await asyncio.to_thread(next, self._blocks, b""):
                await send({"type": "http.response.body", "body": block, "more_body": True})
                if time.monotonic() > end:
                    raise FileBrokeOff(self._file.name)
            await send({"type": "http.response.body", "body": b""})
        finally:
            MadeFileResponse.sending -= 1

    def _head(self) -> dict[str, object]:
        file = self._file
        headers = {
            "content-type": file.media_type,
            "content-disposition": f'attachment; filename="{file.name}"',
            "accept-ranges": "none",
            "cache-control": file.cache,
            "last-modified": http_date(file.modified),
            "etag": file.etag,
        }
        if file.size is not None and not self._is_known:
            headers["content-length"] = str(file.size)
        raw = [(name.encode("ascii"), text.encode("latin-1")) for name, text in headers.items()]
        status = 304 if self._is_known else 200
        return {"type": "http.response.start", "status": status, "headers": raw}
