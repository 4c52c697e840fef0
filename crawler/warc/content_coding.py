"""Undoing the content coding of an answer: gzip, deflate, Brotli and Zstandard, within bounds.

The crawl asks for gzip and deflate (DEFAULT_REQUEST_HEADERS), but servers and caches send others too, or
lose the header. Crawl and build both unpack here, so that both see the same document. It is unpacked
in pieces: 56 kB on the wire that unpack to gigabytes cost no more memory than what is asked for.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

import brotli

from gongkai.crawler.warc.parse import HeaderList, header_value

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_DECODED_BYTES = 64 << 20
"""Size of the largest document that is unpacked; a report has a thousandth of this."""

CHUNK_BYTES = 1 << 16
"""Bytes unpacked at a time, so that what is before a damaged place is kept."""

GZIP = b"\x1f\x8b"
MAGIC = {
    GZIP: "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x78\x01": "deflate",
    b"\x78\x5e": "deflate",
    b"\x78\x9c": "deflate",
    b"\x78\xda": "deflate",
}
"""First bytes of packed data; Brotli has none."""

NO_CODING = {"", "identity", "none", "utf-8", "utf8", "gbk", "gb2312"}
"""What servers write where there is no coding."""

UNPACKED_TYPES = {
    "text/html",
    "text/plain",
    "text/xml",
    "application/xml",
    "application/xhtml+xml",
    "application/json",
    "application/javascript",
    "text/javascript",
    "application/pdf",
    "application/msword",
}
"""Types of documents that are never packed themselves, unlike a file to download."""

MARKS = (b"<", b"{", b"%PDF-", b"\xd0\xcf\x11\xe0")
"""How a document of one of these types begins: a page, data, PDF, old Word."""

BLANKS = b"\xef\xbb\xbf \t\r\n"
ZSTANDARD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 23}
"""8 MiB of memory at most, as RFC 9659 asks of what is sent by HTTP."""

DIGEST_PREFIX = "sha256:"

Pieces: TypeAlias = Callable[[], Iterator[bytes]]
"""A document in pieces; each call begins anew."""


class _Unfinished(Exception):
    """A stream ended before its end."""


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


def has_known_coding(headers: HeaderList, payload: bytes) -> bool:
    """Return whether a payload is packed in a way that can be undone, by its headers or first bytes."""
    return _unpacked(headers, payload) is not None


def lacks_header(headers: HeaderList, payload: bytes) -> bool:
    """Return whether a page or document is packed although no header says so."""
    kind = header_value(headers, "Content-Type").partition(";")[0].strip().lower()
    if _names(headers) or kind not in UNPACKED_TYPES:
        return False
    pieces = _by_first_bytes(partial(_whole, payload), payload)
    try:
        beginning = next(pieces(), b"") if pieces else b""
    except _NotCoded:
        return False
    return beginning.lstrip(BLANKS).startswith(MARKS)


def _unpacked(headers: HeaderList, payload: bytes) -> Pieces | None:
    """Return the document in pieces, None where it is sent without a coding that is known."""
    whole: Pieces = partial(_whole, payload)
    if lacks_header(headers, payload):
        return _by_first_bytes(whole, payload)
    names = _names(headers)
    if not names or not all(name in UNPACKERS for name in names):
        return None
    pieces = whole
    for name in reversed(names):
        pieces = partial(UNPACKERS[name], pieces)
    if _is_coded(pieces):
        return pieces
    return _by_first_bytes(whole, payload) or pieces  # coded, but not as the header says


def _names(headers: HeaderList) -> list[str]:
    """Return the codings that the headers name, in the order in which they were applied."""
    stated = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    names = (name.strip().lower() for name in stated.split(","))
    return [name for name in names if name not in NO_CODING]


def _by_first_bytes(whole: Pieces, payload: bytes) -> Pieces | None:
    name = _coding_of(payload)
    return partial(UNPACKERS[name], whole) if name else None


def _coding_of(payload: bytes) -> str | None:
    """Return the coding that the first bytes of a payload show, None where they show none."""
    return next((name for magic, name in MAGIC.items() if payload.startswith(magic)), None)


def _is_coded(pieces: Pieces) -> bool:
    try:
        next(pieces(), b"")
    except _NotCoded:
        return False
    return True


def _whole(payload: bytes) -> Iterator[bytes]:
    yield payload


def _unpack_gzip(packed: Pieces) -> Iterator[bytes]:
    return _bounded(_inflate(packed, zlib.MAX_WBITS | 16))


def _unpack_deflate(packed: Pieces) -> Iterator[bytes]:
    """Unpack deflate: the standard means the format of zlib, some servers send the bare stream."""
    standard = partial(_unpack_zlib, packed)
    return standard() if _is_coded(standard) else _bounded(_inflate(packed, -zlib.MAX_WBITS))


def _unpack_zlib(packed: Pieces) -> Iterator[bytes]:
    return _bounded(_inflate(packed, zlib.MAX_WBITS))


def _unpack_brotli(packed: Pieces) -> Iterator[bytes]:
    return _bounded(_read_brotli(packed))


def _unpack_zstandard(packed: Pieces) -> Iterator[bytes]:
    return _bounded(_read_zstandard(packed))


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what a stream unpacks to, as far as it can be read.

    Raises:
        _NotCoded: Nothing can be read, or it is too much.
    """
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > MAX_DECODED_BYTES:
                raise _NotCoded
            if piece:
                yield piece
    except (zlib.error, brotli.error, zstd.ZstdError, _Unfinished):
        if not size:
            raise _NotCoded from None


def _inflate(packed: Pieces, form: int) -> Iterator[bytes]:
    """Yield the pieces of a stream of zlib; of gzip, those of all its members."""
    inflate = zlib.decompressobj(form)
    for portion in _portions(packed()):
        rest = portion
        while rest:
            if inflate.eof:
                if form < zlib.MAX_WBITS or not rest.startswith(GZIP):
                    return
                inflate = zlib.decompressobj(form)
            yield inflate.decompress(rest, CHUNK_BYTES)
            rest = inflate.unconsumed_tail or inflate.unused_data
    if not inflate.eof:
        raise _Unfinished


def _read_brotli(packed: Pieces) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    for portion in _portions(packed()):
        if stream.is_finished():
            return
        piece = stream.process(portion, output_buffer_limit=CHUNK_BYTES)
        while piece:
            yield piece
            # it may hold back more than the limit, and tells so only by giving it
            piece = b"" if stream.is_finished() else _further_brotli(stream)
    if not stream.is_finished():
        raise _Unfinished


def _further_brotli(stream: brotli.Decompressor) -> bytes:
    further: bytes = stream.process(b"", output_buffer_limit=CHUNK_BYTES)
    return further


def _read_zstandard(packed: Pieces) -> Iterator[bytes]:
    stream = zstd.ZstdDecompressor(options=ZSTANDARD_OPTIONS)
    for portion in _portions(packed()):
        if stream.eof:
            return
        yield stream.decompress(portion, CHUNK_BYTES)
        while not stream.needs_input and not stream.eof:
            yield stream.decompress(b"", CHUNK_BYTES)
    if not stream.eof:
        raise _Unfinished


def _portions(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces in portions of a bounded size."""
    for piece in pieces:
        for start in range(0, len(piece), CHUNK_BYTES):
            yield piece[start : start + CHUNK_BYTES]


UNPACKERS: Mapping[str, Callable[[Pieces], Iterator[bytes]]] = {
    "gzip": _unpack_gzip,
    "x-gzip": _unpack_gzip,
    "deflate": _unpack_deflate,
    "x-deflate": _unpack_deflate,
    "br": _unpack_brotli,
    "zstd": _unpack_zstandard,
}
"""Name of a coding -> what undoes it."""
