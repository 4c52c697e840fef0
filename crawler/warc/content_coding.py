"""Undo the content coding of a kept answer: gzip and deflate; bounded, and never failing.

We ask for no other coding (DEFAULT_REQUEST_HEADERS), so none is undone here.
"""

from __future__ import annotations

import zlib

from gongkai.crawler.warc.parse import HeaderList, header_value

MAX_DECODED_BYTES = 64 << 20
"""Largest document kept or unpacked; a report is a thousandth of this."""

CHUNK_BYTES = 1 << 16
"""Bytes unpacked at a time, so that what stands before some damage is kept."""


def decode_content(headers: HeaderList, payload: bytes) -> bytes:
    """Give the document inside a payload: the same bytes every time, for whatever was sent.

    A payload cut off in the middle gives what can be read of it. One that is not coded as its
    headers say, or unpacks to more than MAX_BYTES, is given as it was sent.
    """
    names = [name.strip().lower() for name in header_value(headers, "Content-Encoding").split(",")]
    body = payload
    for name in reversed(names):
        if name in ("", "identity"):
            continue
        unpack = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate}.get(name)
        unpacked = unpack(body) if unpack else None
        if unpacked is None:
            return payload
        body = unpacked
    return body


def _gzip(data: bytes) -> bytes | None:
    return _zlib(data, zlib.MAX_WBITS | 16)


def _deflate(data: bytes) -> bytes | None:
    """The standard means zlib's format; some servers send the bare stream."""
    whole = _zlib(data, zlib.MAX_WBITS)
    return whole if whole is not None else _zlib(data, -zlib.MAX_WBITS)


def _zlib(data: bytes, wbits: int) -> bytes | None:
    inflate = zlib.decompressobj(wbits)
    out = bytearray()
    try:
        for start in range(0, len(data), CHUNK_BYTES):
            portion = data[start : start + CHUNK_BYTES]
            while portion and not inflate.eof:
                out += inflate.decompress(portion, CHUNK_BYTES)
                portion = inflate.unconsumed_tail
                if len(out) > MAX_DECODED_BYTES:
                    return None
    except zlib.error:
        return bytes(out) or None
    return bytes(out) if out or inflate.eof else None
