"""Look through all streams of a PDF before it is opened: is each whole, and how much is in them?

PDFium draws what is left of a cut stream and says nothing, and unpacks what a kilobyte claims to
hold. The sweep reads bytes, not objects, so that no damage of the file hides a stream from it.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pdfminer.ascii85 import ascii85decode

from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.pdf.object_table import has_lost_objects
from gongkai.extract.layout.work_limits import WorkBudget

_STREAM = re.compile(rb">>[\s\0]*+stream(?:\r\n|\n|\r)")
_FILTERS = re.compile(rb"/Filter[\s\0]*+(\[[^\]]{0,4000}+\]|/\w{1,40}+)")
_NAME = re.compile(rb"/(\w++)")
_UNCHECKED = re.compile(
    rb"/Subtype[\s\0]*+/(?:Image|Type1C|CIDFontType0C|OpenType|XML)\b|/Length1\b"
    rb"|/Type[\s\0]*+/(?:XRef|EmbeddedFile|Metadata)\b|/N[\s\0]++[134]\b|/(?:FunctionType|ShadingType)\b"
)
"""Streams whose damage changes no text: pictures, fonts, colours, tables that can be rebuilt."""
_GLYPH = re.compile(rb"[-+.\d\s]{1,100}+d[01]\s")
_GLYPH_START = 120  # bytes in which a letter states its width
_LONGEST_HEADER = 4000  # bytes of a stream's dictionary
_MOST_FILTERS = 8
_COLUMNS = re.compile(rb"/Columns[\s\0]++(\d{1,12})")
_WIDEST = 100_000
_LONGEST_DRAWING = 4 * 1024 * 1024  # bytes for one page or form: some 100,000 lines or characters
_LOOKED_THROUGH = 1024 * 1024  # bytes of streams that are searched at once
_GROWTH = {b"RunLengthDecode": 64, b"RL": 64, b"LZWDecode": 8, b"LZW": 8}
"""How many times its length a stream with a filter that is not undone here may unpack to."""
_SYNC = b"\0\0\xff\xff"  # the end of a deflate block that is flushed and not closed
_NO_CHECKSUM = b"\0\0\0\0"
_SHORT = {b"Fl": b"FlateDecode", b"AHx": b"ASCIIHexDecode", b"A85": b"ASCII85Decode"}
_TEXT_FILTERS = (b"FlateDecode", b"ASCIIHexDecode", b"ASCII85Decode")


@dataclass(slots=True)
class SweptFile:
    """What the bytes of a PDF show without its objects."""

    encrypted: bool = False
    may_have_layers: bool = False
    has_watermarks: bool = False
    has_replacements: bool = False  # words in place of what is drawn
    has_watermark_forms: bool = False
    has_lost_streams: bool = False  # with an end, but no dictionary that is whole
    has_lost_objects: bool = False  # with an end but no number, or not where a table says


def sweep_streams(body: bytes, budget: WorkBudget) -> SweptFile:
    """Return what the streams of a PDF show.

    Raises:
        TooLarge: the streams hold more than the budget
        ExtractError: a stream that draws is cut or damaged
    """
    swept = SweptFile(encrypted=b"/Encrypt" in body)
    _note(swept, body)
    if swept.encrypted:
        swept.has_replacements = True
    if swept.encrypted and b"/ObjStm" in body:
        swept.may_have_layers = True  # the catalogue itself is encrypted
    count, size = 0, 0
    seen: list[bytes] = []
    for header, data in _streams(body):
        count += 1
        if swept.encrypted:
            budget.spend("content", 0 if _UNCHECKED.search(header) else len(data))
            continue
        names = _filters(header)
        if b"/XRef" in header and _unpack(data, names, budget, whole=False) is None:
            swept.has_lost_objects = True
        matters = _UNCHECKED.search(header) is None
        if matters and _has_impossible_rows(header):
            raise ExtractError("pdf_stream_damaged")
        if not matters and len(names) < 2:
            continue  # a picture or font: PDFium unpacks it if it is drawn
        unpacked = _unpack(data, names, budget, matters)
        if matters and unpacked is not None and b"/ObjStm" not in header:
            if len(unpacked) > _LONGEST_DRAWING:
                raise TooLarge("work_limit_content", kind="PDF", most=_LONGEST_DRAWING)
            budget.spend("content", len(unpacked))
        if unpacked is not None and b"/Image" not in header:
            seen.append(unpacked)
            size += len(unpacked)
            if size > _LOOKED_THROUGH:
                _note(swept, b"\n".join(seen))
                seen, size = [], 0
    _note(swept, b"\n".join(seen))
    swept.has_lost_streams = body.count(b"endstream") > count
    swept.has_lost_objects = swept.has_lost_objects or has_lost_objects(body)
    return swept


def _note(swept: SweptFile, data: bytes) -> None:
    swept.may_have_layers = swept.may_have_layers or b"/OCProperties" in data
    swept.has_replacements = swept.has_replacements or b"/ActualText" in data
    swept.has_watermarks = swept.has_watermarks or b"/Watermark" in data
    swept.has_watermark_forms = swept.has_watermark_forms or b"/ADBE_CompoundType" in data


def _streams(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the dictionary and the packed bytes of each stream."""
    place = 0
    while (found := _STREAM.search(body, place)) is not None:
        header = body[max(found.start() - _LONGEST_HEADER, place) : found.start()]
        header = header[max(header.rfind(b"obj"), 0) :]
        end = body.find(b"endstream", found.end())
        end = len(body) if end < 0 else end
        yield header, body[found.end() : end]
        place = end


def _filters(header: bytes) -> list[bytes]:
    """Return the names of a stream's filters, in the order in which they are undone.

    Raises:
        ExtractError: there are too many
    """
    found = _FILTERS.search(header)
    names = [_SHORT.get(name, name) for name in _NAME.findall(found[1])] if found else []
    if len(names) > _MOST_FILTERS:
        raise ExtractError("pdf_too_many_filters", most=_MOST_FILTERS)
    return names


def _unpack(data: bytes, names: list[bytes], budget: WorkBudget, whole: bool) -> bytes | None:
    """Return the bytes of a stream, None if it has filters that are not undone here.

    `whole` says whether damage matters.
    """
    for name in names:
        if name not in _TEXT_FILTERS:
            budget.spend("bytes", len(data) * _GROWTH.get(name, 0))
            return None
        if name == b"FlateDecode":
            unpacked = _inflate(data, budget, whole)
            if unpacked is None:
                return None
            data = unpacked
        else:
            data = _from_ascii(name, data)
            budget.spend("bytes", len(data))
    return data


def _has_impossible_rows(header: bytes) -> bool:
    """Return whether a stream claims rows that no table of objects or drawing has."""
    columns = _COLUMNS.search(header)
    return columns is not None and int(columns[1]) > _WIDEST


def _from_ascii(name: bytes, data: bytes) -> bytes:
    if name == b"ASCII85Decode":
        return bytes(ascii85decode(data))
    digits = data.partition(b">")[0].translate(None, b"\0\t\n\f\r ")
    try:
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    except binascii.Error as problem:
        raise ExtractError("pdf_hexadecimal_damaged") from problem


def _inflate(data: bytes, budget: WorkBudget, whole: bool) -> bytes | None:
    """Undo deflate; None for damaged data whose damage does not matter.

    A missing checksum is common and harmless, a wrong one says that the data was changed.
    """
    decompressor = zlib.decompressobj(-15)
    try:
        unpacked = decompressor.decompress(data[2:], budget.left("bytes") + 1)
    except zlib.error:
        unpacked = None
    if unpacked is not None:
        budget.spend("bytes", len(unpacked))
        stated = decompressor.unused_data[:4]
        if decompressor.eof:
            checked = len(stated) < 4 or stated == _NO_CHECKSUM
            if checked or stated == zlib.adler32(unpacked).to_bytes(4):
                return unpacked
        elif data.rstrip(b"\r\n").endswith(_SYNC):
            return unpacked
    if whole and not _draws_a_glyph(data):
        raise ExtractError("pdf_stream_damaged")
    return None


def _draws_a_glyph(data: bytes) -> bool:
    """Return whether a damaged stream is a letter of a Type 3 font, whose shape changes no text."""
    try:
        start = zlib.decompressobj(-15).decompress(data[2:], _GLYPH_START)
    except zlib.error:
        return False
    return _GLYPH.match(start) is not None
