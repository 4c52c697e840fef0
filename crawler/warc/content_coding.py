"""Undoing the content coding of an answer: gzip and deflate, within bounds, and without failing.

The crawl accepts no other coding (DEFAULT_REQUEST_HEADERS).
"""

from __future__ import annotations

import zlib

from gongkai.crawler.warc.parse import HeaderList, header_value

MAX_DECODED_BYTES = 64 << 20
"""Size of the largest document that is unpacked; a report has a thousandth of this."""

CHUNK_BYTES = 1 << 16
"""Bytes unpacked at a time, so that what is before a damaged place is kept."""


def decode_content(headers: HeaderList, payload: bytes) -> bytes:
    """Return the document inside a payload: always the same bytes for the same payload.

    A truncated payload gives the part that can be read. A payload that is not coded as its headers
    say, or unpacks to more than `MAX_DECODED_BYTES`, is returned as it was sent.
    """
    names = [name.strip().lower() for name in header_value(headers, "Content-Encoding").split(",")]
    body = payload
    for name in reversed(names):
        if name in ("", "identity"):
            continue
        unpack = {"gzip": _unpack_gzip, "x-gzip": _unpack_gzip, "deflate": _unpack_deflate}.get(
            name
        )
        unpacked = unpack(body) if unpack else None
        if unpacked is None:
            return payload
        body = unpacked
    return body


def _unpack_gzip(data: bytes) -> bytes | None:
    return _unpack_zlib(data, zlib.MAX_WBITS | 16)


def _unpack_deflate(data: bytes) -> bytes | None:
    """Unpack deflate: the standard means the format of zlib, some servers send the bare stream."""
    whole = _unpack_zlib(data, zlib.MAX_WBITS)
    return whole if whole is not None else _unpack_zlib(data, -zlib.MAX_WBITS)


def _unpack_zlib(data: bytes, wbits: int) -> bytes | None:
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
