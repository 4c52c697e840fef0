"""Unpack the streams of a PDF within a limit, because a kilobyte can hold gigabytes.

The decoders of pdfminer have no limit, and its LZW decoder is slow on malicious input. Text, fonts
and tables need Flate, LZW, run lengths and the two ASCII encodings. Pictures stay packed.
"""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from pdfminer.ascii85 import ascii85decode
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import literal_name
from pdfminer.utils import apply_png_predictor, apply_tiff_predictor

from gongkai.extract.errors import ExtractError
from gongkai.extract.layout.work_limits import WorkBudget

_MOST_FILTERS = 8
_MOST_PREDICTED = 8 * 1024 * 1024  # predictors run in Python, byte by byte
_WIDEST = 100_000
_NAMES = {"Fl": "FlateDecode", "LZW": "LZWDecode", "A85": "ASCII85Decode", "AHx": "ASCIIHexDecode",
          "RL": "RunLengthDecode"}  # fmt: skip
_PICTURES = ("DCTDecode", "DCT", "JPXDecode", "JBIG2Decode", "CCITTFaxDecode", "CCF")


def decode_stream(data: bytes, filters: list[tuple[Any, Any]], budget: WorkBudget) -> bytes:
    """Return `data` with its filters undone.

    Raises:
        TooLarge: the budget is used up
        ExtractError: the data is damaged
    """
    if len(filters) > _MOST_FILTERS:
        raise ExtractError("pdf_too_many_filters", most=_MOST_FILTERS)
    for label, given in filters:
        name = _NAMES.get(literal_name(label), literal_name(label))
        if name in _PICTURES:
            return data
        data = _undo(name, data, budget)
        params = resolve1(given)
        if isinstance(params, dict) and name in ("FlateDecode", "LZWDecode"):
            data = _predicted(data, params)
    return data


def _undo(name: str, data: bytes, budget: WorkBudget) -> bytes:
    if name == "FlateDecode":
        return inflate(data, budget)
    if name == "LZWDecode":
        return _joined(_lzw(data), budget)
    if name == "RunLengthDecode":
        return _joined(_runs(data), budget)
    if name == "ASCII85Decode":
        return bytes(ascii85decode(data))
    if name == "ASCIIHexDecode":
        return _hexadecimal(data)
    if name == "Crypt":
        return data
    raise ExtractError("pdf_filter_unknown", name=name[:40])


def _hexadecimal(data: bytes) -> bytes:
    """Decode digits up to `>`; a missing last digit is 0 (ISO 32000, 7.4.2)."""
    digits = data.partition(b">")[0].translate(None, b"\0\t\n\f\r ")
    try:
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    except binascii.Error as problem:
        raise ExtractError("pdf_hexadecimal_damaged") from problem


def inflate(data: bytes, budget: WorkBudget) -> bytes:
    """Decode zlib data.

    A missing or wrong checksum is common and harmless; a cut or broken body is an error.
    """
    unpacked = _inflate(zlib.decompressobj(), data, budget)
    if unpacked is None:  # a wrong header or checksum: the body alone
        unpacked = _inflate(zlib.decompressobj(-15), data[2:], budget)
    if unpacked is None:
        raise ExtractError("pdf_stream_damaged")
    return unpacked


def _inflate(decompressor: Any, data: bytes, budget: WorkBudget) -> bytes | None:
    most = budget.left("bytes")
    try:
        unpacked: bytes = decompressor.decompress(data, most + 1)
    except zlib.error:
        return None
    budget.spend("bytes", len(unpacked))
    return unpacked if decompressor.eof else None


def _joined(pieces: Iterator[bytes], budget: WorkBudget) -> bytes:
    whole = bytearray()
    for piece in pieces:
        budget.spend("bytes", len(piece))
        whole += piece
    return bytes(whole)


def _runs(data: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(data) and data[place] != 128:
        length = data[place]
        if length < 128:
            yield data[place + 1 : place + 2 + length]
            place += length + 2
        else:
            yield data[place + 1 : place + 2] * (257 - length)
            place += 2


def _lzw(data: bytes) -> Iterator[bytes]:
    """Decode LZW with codes of 9 to 12 bits, which grow one code early, as is the default in PDF."""
    table = [bytes((n,)) for n in range(256)] + [b"", b""]
    previous, width, bits, held = b"", 9, 0, 0
    for byte in data:
        held, bits = (held << 8) | byte, bits + 8
        if bits < width:
            continue
        bits -= width
        code, held = held >> bits, held & ((1 << bits) - 1)
        if code == 257:
            return
        if code == 256:
            del table[258:]
            previous, width = b"", 9
            continue
        if code < len(table):
            entry = table[code]
        elif previous and code == len(table):
            entry = previous + previous[:1]
        else:
            raise ExtractError("pdf_lzw_damaged")
        yield entry
        if previous and len(table) < 4096:
            table.append(previous + entry[:1])
        previous = entry
        width = 9 + (len(table) >= 511) + (len(table) >= 1023) + (len(table) >= 2047)


def _predicted(data: bytes, params: Mapping[str, Any]) -> bytes:
    """Decode rows stored as differences, as object tables are."""
    predictor, colors, columns, depth = (
        int(resolve1(params.get(name, default)))
        for name, default in (
            ("Predictor", 1), ("Colors", 1), ("Columns", 1), ("BitsPerComponent", 8)
        )
    )  # fmt: skip
    if predictor == 1:
        return data
    if not 0 < colors * columns * depth <= _WIDEST or len(data) > _MOST_PREDICTED:
        raise ExtractError("pdf_predictor_impossible")
    if predictor == 2:
        return bytes(apply_tiff_predictor(colors, columns, depth, data))
    return bytes(apply_png_predictor(predictor, colors, columns, depth, data))
