"""CSV for spreadsheets: Excel reads it as UTF-8, and no cell of it runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from gongkai.archive.store.csv_formulas import escape_formula, quote_id
from gongkai.publish.datasette_types import AsgiApp, Message, Receive, Scope, Send
from gongkai.publish.site import DATABASE

BOM = "\ufeff"
"""Without this mark Excel shows garbage in place of Chinese."""

MAX_ROWS = 10_000
"""Rows of a CSV response. Whole tables are among the downloads."""

_TABLE = re.compile(rf"(/en)?/{DATABASE}/[^/]+\.csv")


def to_csv(rows: Iterable[Iterable[object]], *, bom: bool = True) -> str:
    """Return rows as CSV, by default for Excel: with the byte order mark of UTF-8 in front.

    There, ids that look like numbers are quoted as text.
    """
    out = io.StringIO(newline="")
    as_shown = quote_id if bom else _unchanged
    csv.writer(out).writerows([as_shown(escape_formula(value)) for value in row] for row in rows)
    return f"{BOM if bom else ''}{out.getvalue()}"


def _unchanged(value: object) -> object:
    return value


def make_csv_safe(text: str, *, bom: bool) -> str:
    """Return CSV that another program wrote, with its formulas escaped."""
    return to_csv(csv.reader(io.StringIO(text, newline="")), bom=bom)


def make_tables_safe(app: AsgiApp) -> AsgiApp:
    """Return `app` with formulas escaped in the CSV of every table of the archive.

    A download (`_dl`) gets the byte order mark too. Files of the downloads are sent unchanged,
    because their checksums are published. The response is held in memory: `gongkai serve` has
    streaming turned off, so that it is a page of rows; elsewhere it may be a whole table.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _TABLE.fullmatch(scope["path"]):
            await app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        body: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.append(message.get("body", b""))
            if not message.get("more_body"):
                await _send_safe(start, b"".join(body), b"_dl=" in scope["query_string"], send)

        await app(scope, receive, collect)

    return wrapped


async def _send_safe(start: Message, body: bytes, bom: bool, send: Send) -> None:
    headers = [(bytes(name).lower(), bytes(value)) for name, value in start.get("headers", ())]
    media_type = dict(headers).get(b"content-type", b"")
    is_ours = body.startswith(BOM.encode())
    if (
        start["status"] == 200
        and not is_ours
        and media_type.startswith((b"text/plain", b"text/csv"))
    ):
        body = make_csv_safe(body.decode("utf-8", "replace"), bom=bom).encode()
        headers = [(name, value) for name, value in headers if name != b"content-length"]
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})
