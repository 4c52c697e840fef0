"""Undoing the framing of chunked bodies (RFC 9112, section 7.1), strictly or not at all.

Some programs keep the framing in their WARC files, others remove it and leave the header as it was.
Only the bytes tell them apart: a number of a report must never be read out of the size of a chunk.
"""

from __future__ import annotations

import re

from gongkai.crawler.foreign.record_head import HeaderList

CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*+(?:;[^\r\n]{0,256})?\r\n")
"""The line before a chunk: its size in hexadecimal digits, and extensions that say nothing."""

END = b"\r\n"
MAX_TRAILER_BYTES = 8192


def is_called_chunked(headers: HeaderList) -> bool:
    """Return whether the headers of an answer call its body chunked."""
    return any(
        name.lower() == "transfer-encoding" and "chunked" in value.lower()
        for name, value in headers
    )


def join_chunks(body: bytes) -> tuple[bytes, bool] | None:
    r"""Return the chunks of a body joined, and whether they are complete; None for another body.

    A body counts as framed where its first chunk ends as it should. It is complete where the last
    chunk and the trailer end with the last byte.

    >>> join_chunks(b"3\r\nabc\r\n0\r\n\r\n")
    (b'abc', True)
    >>> join_chunks(b"3\r\nabc\r\n9\r\nde")
    (b'abcde', False)
    >>> join_chunks(b"<html>") is None
    True
    """
    joined, place = bytearray(), 0
    while line := CHUNK_LINE.match(body, place):
        size, start = int(line[1], 16), line.end()
        if size == 0:
            return bytes(joined), _is_trailer(body[start:])
        joined += body[start : start + size]
        place = start + size + len(END)
        if body[start + size : place] != END:
            is_torn = start + size >= len(body)  # the body ends inside this chunk
            return (bytes(joined), False) if is_torn and line.start() else None
    return (bytes(joined), False) if joined else None


def _is_trailer(rest: bytes) -> bool:
    """Return whether what follows the last chunk are header lines and an empty line."""
    return len(rest) <= MAX_TRAILER_BYTES and (rest == END or rest.endswith(END + END))
