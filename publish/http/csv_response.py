"""CSV for spreadsheets: Excel reads it as UTF-8, and no cell of it runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from gongkai.publish.site import DATABASE

BOM = "\ufeff"
"""Without this mark Excel shows Chinese as mojibake."""

MOST = 10_000
"""Rows of a sheet; whole tables are for the downloads."""

_FORMULA = re.compile(r"[\s\0]*[=+\-@＝＋－＠]|[\t\r]")
_TABLE = re.compile(rf"(/en)?/{DATABASE}/[^/]+\.csv")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay what they are.

    The same as in the files of `gongkai export`, which a test holds.
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def written(rows: Iterable[Iterable[object]], *, mark: bool = True) -> str:
    """Return rows as CSV, with the mark of UTF-8 in front unless told otherwise."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(value) for value in row] for row in rows)
    return f"{BOM if mark else ''}{out.getvalue()}"


def safe(text: str, *, mark: bool) -> str:
    """Return somebody else's CSV with its cells made harmless."""
    return written(csv.reader(io.StringIO(text, newline="")), mark=mark)


def sheets_made_safe(app: Any) -> Any:
    """Return `app` with every CSV of a table made harmless; a download (`_dl`) gets the mark too.

    Files made for download are sent as they are: their checksums are published. Streaming is off, so a page of rows is small and may be held whole.
    """

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _TABLE.fullmatch(scope["path"]):
            await app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        body: list[bytes] = []

        async def collect(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.append(message.get("body", b""))
            if not message.get("more_body"):
                await _send_safe(start, b"".join(body), b"_dl=" in scope["query_string"], send)

        await app(scope, receive, collect)

    return wrapped


async def _send_safe(start: dict[str, Any], body: bytes, mark: bool, send: Any) -> None:
    headers = [(bytes(name).lower(), bytes(value)) for name, value in start.get("headers", ())]
    kind = dict(headers).get(b"content-type", b"")
    ours = body.startswith(BOM.encode())
    if start["status"] == 200 and not ours and kind.startswith((b"text/plain", b"text/csv")):
        body = safe(body.decode("utf-8", "replace"), mark=mark).encode()
        headers = [(name, value) for name, value in headers if name != b"content-length"]
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})
