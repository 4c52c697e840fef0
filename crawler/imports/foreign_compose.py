"""A WARC record for what came in another format. The same content gives the same bytes."""

from __future__ import annotations

import hashlib
from uuid import UUID

from gongkai.crawler.foreign.record_head import HeaderList

BLOCK_TYPES = {"response": "application/http; msgtype=response"}


def compose_foreign(kind: str, url: bytes, date: str, block: bytes, media_type: str = "") -> bytes:
    """Return a record of another program as bytes, without the empty lines that stand behind records.

    Args:
        kind: response or resource.
        url: The address as it was written.
        date: UTC, ISO, seconds, Z.
        block: A whole answer, or a document.
        media_type: That of a document.
    """
    seed = b"\n".join((kind.encode(), url, date.encode(), block))
    identity = UUID(hashlib.sha256(seed).hexdigest()[:32])
    fields = (
        b"WARC/1.1",
        b"WARC-Type: " + kind.encode(),
        f"WARC-Record-ID: <urn:uuid:{identity}>".encode(),
        f"WARC-Date: {date}".encode(),
        b"WARC-Target-URI: " + b"".join(url.split()),
        f"Content-Type: {BLOCK_TYPES.get(kind) or one_line(media_type)}".encode(
            "latin-1", "replace"
        ),
        f"Content-Length: {len(block)}".encode(),
    )
    return b"\r\n".join((*fields, b"", b"")) + block


def compose_answer(status: int, headers: HeaderList, body: bytes) -> bytes:
    """Return an answer of a web server as bytes, each header in one line."""
    lines = [f"HTTP/1.1 {status}", *(f"{one_line(n)}: {one_line(v)}" for n, v in headers)]
    return "\r\n".join((*lines, "", "")).encode("latin-1", "replace") + body


def one_line(text: str) -> str:
    """Return a text without line ends and other control characters, of a bounded length."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:4000]).split())
