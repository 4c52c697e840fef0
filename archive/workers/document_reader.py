"""One document from bytes to a Reading, with all that may go wrong on the way kept in a box."""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from gongkai.archive.store.reading_cache import decode, encode
from gongkai.archive.workers import ocr
from gongkai.archive.workers.libreoffice import CONVERTED, LIMITS, ConversionError, convert_to_docx
from gongkai.archive.workers.ocr_zip import read_packed
from gongkai.archive.workers.sandbox import SandboxError, run_sandboxed
from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.media_type import ZIP, sniff
from gongkai.extract.model.findings import verbatim
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.report import read
from gongkai.extract.zip_package import unpack_documents
from gongkai.messages import Message, message

_PICTURES = {"scan": ocr.read_scan, "image_tables": ocr.read_pictured}
_MOST = 10 * 1024 * 1024
"""Bytes of old Word files that are taken out of one ZIP."""

NOT_SEEN_BY_OCR = "r.outcome IN ('scan', 'image_tables') AND r.why NOT LIKE 'ocr_failed %'"
"""SQL: the reading r is of pictures that no OCR has looked at."""


def read_sandboxed(body: bytes, source: Source) -> Reading:
    """Read one document in a child with limits; old Word files are converted first.

    The outcome says what happened. Call this from a process with a single thread.
    """
    media_type = sniff(body, source.media_type)
    try:
        if media_type in CONVERTED:
            return replace(_boxed(convert_to_docx(body, media_type), source), media_type=media_type)
        if media_type == ZIP:
            reading = _boxed(body, source, dict(_converted_members(body)))
        else:
            reading = _boxed(body, source)
        return _looked_at(body, source, reading) if reading.outcome in _PICTURES else reading
    except (SandboxError, ConversionError) as problem:
        return Reading("unreadable", media_type, "", reason=verbatim(str(problem)))


def _looked_at(body: bytes, source: Source, scan: Reading) -> Reading:
    """The reading of a scan or of tables that are pictures, where the extra [ocr] is installed."""
    if not ocr.is_installed():
        return scan
    try:
        look = read_packed if scan.media_type == ZIP else _PICTURES[scan.outcome]
        work = partial(look, body, source, scan.media_type)
        seen = decode(run_sandboxed(lambda: encode(work()), ocr.LIMITS))
    except SandboxError as problem:
        return _without_report(scan, verbatim(str(problem)))
    return seen if seen.outcome == "report" else _without_report(scan, seen.reason)


def _without_report(scan: Reading, why: Message | None) -> Reading:
    """Return the reading of a scan with the reason why OCR found no report in it."""
    if scan.reason is None or why is None:
        return scan
    return replace(scan, reason=message("ocr_failed", reason=scan.reason, ocr=why))


def _boxed(body: bytes, source: Source, converted: Mapping[str, bytes] | None = None) -> Reading:
    return decode(run_sandboxed(lambda: encode(read(body, source, converted))))


def _converted_members(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The old Word files of a ZIP as .docx, by name, as far as time allows.

    One that LibreOffice does not convert is left out: reading the ZIP then says so of it.
    """
    end = time.monotonic() + LIMITS.wall
    for name, media_type, content in json.loads(run_sandboxed(lambda: _old_members(body))):
        left = end - time.monotonic()
        if left <= 1:
            return
        try:
            yield name, convert_to_docx(b64decode(content), media_type, replace(LIMITS, wall=left))
        except ConversionError:
            continue


def _old_members(body: bytes) -> bytes:
    """Names, types and bytes of the members to convert, as JSON. Runs in the box."""
    try:
        members = unpack_documents(body)
    except ExtractError:
        return b"[]"  # reading the ZIP says what is wrong with it
    found = []
    size = 0
    for member in members:
        media_type = sniff(member.body)
        size += len(member.body) if media_type in CONVERTED else 0
        if media_type in CONVERTED and size <= _MOST:
            found.append([member.name, media_type, b64encode(member.body).decode()])
    return json.dumps(found).encode()
