"""Undoing the content coding of an answer: gzip and deflate, within bounds, and without failing.

The crawl accepts no other coding (DEFAULT_REQUEST_HEADERS). A document is unpacked in pieces, so that
56 kB on the wire that unpack to gigabytes cost no more memory than what is asked for.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from gongkai.crawler.warc.parse import HeaderList, header_value

MAX_DECODED_BYTES = 64 << 20
"""Size of the largest document that is unpacked; a report has a thousandth of this."""

CHUNK_BYTES = 1 << 16
"""Bytes unpacked at a time, so that what is before a damaged place is kept."""

DIGEST_PREFIX = "sha256:"

Pieces: TypeAlias = Callable[[], Iterator[bytes]]
"""A document in pieces; each call begins anew."""


class _NotCoded(Exception):
    """A payload is not coded as its headers say, or unpacks to too much."""


def decode_content(headers: HeaderList, payload: bytes) -> bytes:
    """Return the document inside a payload: always the same bytes for the same payload.

    A truncated payload gives the part that can be read. A payload that is not coded as its headers
    say, or unpacks to more than `MAX_DECODED_BYTES`, is returned as it was sent.
    """
    pieces = _unpacked(headers, payload)
    if pieces is None:
        return payload
    document = bytearray()
    try:
        for piece in pieces():
            document += piece
    except _NotCoded:
        return payload
    return bytes(document)


def measure_content(headers: HeaderList, payload: bytes) -> tuple[int, str]:
    """Return the size and the digest of what `decode_content` returns, without holding it."""
    pieces = _unpacked(headers, payload) or partial(_whole, payload)
    size, digest = 0, hashlib.sha256()
    try:
        for piece in pieces():
            size += len(piece)
            digest.update(piece)
    except _NotCoded:
        size, digest = len(payload), hashlib.sha256(payload)
    return size, DIGEST_PREFIX + digest.hexdigest()


def decode_within(
    headers: HeaderList, payload: bytes, limit: int, is_limited: Callable[[bytes], bool]
) -> tuple[bytes, bool]:
    """Return a document, and whether it is longer than what is returned.

    Where it grows beyond `limit` bytes, `is_limited` is asked with its beginning whether that is too
    much. A document beyond `MAX_DECODED_BYTES` always is.
    """
    pieces = _unpacked(headers, payload) or partial(_whole, payload)
    document, is_asked = bytearray(), False
    try:
        for piece in pieces():
            document += piece
            if len(document) > limit and not is_asked:
                is_asked = True
                if is_limited(bytes(document[:limit])):
                    return bytes(document[:limit]), True
    except _NotCoded:
        if len(document) > limit:
            return bytes(document[:limit]), True
        return payload, False
    return bytes(document), False


def has_known_coding(headers: HeaderList) -> bool:
    """Return whether the headers name codings that can be undone, and only such."""
    return _unpacked(headers, b"") is not None


def _unpacked(headers: HeaderList, payload: bytes) -> Pieces | None:
    """Return the document in pieces, None where it is sent without a coding that is known."""
    names = [name.strip().lower() for name in header_value(headers, "Content-Encoding").split(",")]
    pieces: Pieces = partial(_whole, payload)
    is_coded = False
    for name in reversed(names):
        if name in ("", "identity"):
            continue
        unpack = {"gzip": _unpack_gzip, "x-gzip": _unpack_gzip, "deflate": _unpack_deflate}.get(
            name
        )
        if unpack is None:
            return None
        pieces, is_coded = partial(unpack, pieces), True
    return pieces if is_coded else None


def _whole(payload: bytes) -> Iterator[bytes]:
    yield payload


def _unpack_gzip(packed: Pieces) -> Iterator[bytes]:
    return _unpack_zlib(packed, zlib.MAX_WBITS | 16)


def _unpack_deflate(packed: Pieces) -> Iterator[bytes]:
    """Unpack deflate: the standard means the format of zlib, some servers send the bare stream."""
    try:
        next(_unpack_zlib(packed, zlib.MAX_WBITS), b"")
    except _NotCoded:
        return _unpack_zlib(packed, -zlib.MAX_WBITS)
    return _unpack_zlib(packed, zlib.MAX_WBITS)


def _unpack_zlib(packed: Pieces, wbits: int) -> Iterator[bytes]:
    """Yield what a stream unpacks to, as far as it can be read.

    Raises:
        _NotCoded: Nothing can be read, or it is too much.
    """
    inflate = zlib.decompressobj(wbits)
    size = 0
    try:
        for portion in _portions(packed()):
            rest = portion
            while rest and not inflate.eof:
                piece = inflate.decompress(rest, CHUNK_BYTES)
                rest = inflate.unconsumed_tail
                size += len(piece)
                if size > MAX_DECODED_BYTES:
                    raise _NotCoded
                if piece:
                    yield piece
    except zlib.error:
        if not size:
            raise _NotCoded from None
        return
    if not size and not inflate.eof:
        raise _NotCoded


def _portions(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces in portions of a bounded size."""
    for piece in pieces:
        for start in range(0, len(piece), CHUNK_BYTES):
            yield piece[start : start + CHUNK_BYTES]
