"""One document from bytes to an encoded reading, in a sandbox."""

from __future__ import annotations

import json
import resource
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from gongkai.archive.errors import UnreadDocumentError
from gongkai.archive.store.reading_cache import decode, encode
from gongkai.archive.workers import ocr, reading_conditions
from gongkai.archive.workers.libreoffice import (
    CONVERTED,
    ConversionError,
    convert_to_docx,
)
from gongkai.archive.workers.ocr_zip import read_packed
from gongkai.archive.workers.reading_conditions import is_out_of_time
from gongkai.archive.workers.sandbox import SandboxError, run_sandboxed
from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.media_type import ZIP, sniff
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.report import read, read_again
from gongkai.extract.second_reading import compare_readings, known_of, wants_second_reading
from gongkai.extract.zip_attachments import unpack_documents
from gongkai.messages import Message, message

_PICTURES = {"scan": ocr.read_scan, "image_tables": ocr.read_pictured}
_MOST = 10 * 1024 * 1024
"""Bytes of old Word files that are taken from one ZIP."""

_MOST_SECONDS = 30
"""Processor time for the conversion of the old Word files of one ZIP."""


def read_encoded(body: bytes, source: Source) -> bytes:
    """Read one document in a child with limits, and return the reading as the child encoded it.

    Old Word files are converted first. The outcome of the reading says what happened. Call this
    from a process with a single thread.
    """
    media_type = sniff(body, source.media_type)
    try:
        if media_type in CONVERTED:
            converted = convert_to_docx(body, media_type)
            return run_sandboxed(lambda: encode(_read_as(media_type, converted, source)))
        members = dict(_converted_members(body)) if media_type == ZIP else None
        once = source if media_type == ZIP else replace(source, second_reading="off")
        encoded = run_sandboxed(lambda: encode(read(body, once, members)))
        encoded = _read_twice(body, source, encoded)
        return (
            _with_ocr(body, source, encoded) if reading_conditions.is_ocr_installed() else encoded
        )
    except UnreadDocumentError as problem:
        return encode(Reading("unreadable", media_type, "", reason=problem.message))


def _read_as(media_type: str, converted: bytes, source: Source) -> Reading:
    """Read a converted document; its reading keeps the media type of the original."""
    return replace(read(converted, source), media_type=media_type)


def _read_twice(body: bytes, source: Source, encoded: bytes) -> bytes:
    """Return a reading compared with a second one, which has a child of its own, if it is doubted.

    A file that the second reader cannot read remains as it is.
    """
    first = decode(encoded)
    if not wants_second_reading(first, body, source.second_reading):
        return encoded
    try:
        second = decode(run_sandboxed(lambda: encode(read_again(body, known_of(first, source)))))
    except SandboxError as problem:
        if is_out_of_time(str(problem.message)):
            raise
        return encoded
    return encode(compare_readings(first, second))


def _with_ocr(body: bytes, source: Source, encoded: bytes) -> bytes:
    """Return the reading by OCR of a scan, or of tables that are pictures; any other one as it is."""
    scan = decode(encoded)
    if scan.outcome not in _PICTURES:
        return encoded
    look = read_packed if scan.media_type == ZIP else _PICTURES[scan.outcome]
    work = partial(look, body, source, scan.media_type)
    try:
        by_ocr = run_sandboxed(lambda: encode(work()), ocr.LIMITS)
    except SandboxError as problem:
        return encode(_without_report(scan, problem.message))
    seen = decode(by_ocr)
    return by_ocr if seen.outcome == "report" else encode(_without_report(scan, seen.reason))


def _without_report(scan: Reading, why: Message | None) -> Reading:
    """Return the reading of a scan with the reason why OCR found no report in it."""
    if scan.reason is None or why is None:
        return scan
    return replace(scan, reason=message("ocr_failed", reason=scan.reason, ocr=why))


def _converted_members(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and .docx of the old Word files in a ZIP, as many as processor time allows.

    A file that LibreOffice does not convert is left out; the reading of the ZIP then names it.

    Raises:
        ConversionError: the machine was too busy for one of them
    """
    begun = _children_seconds()
    for name, media_type, content in json.loads(run_sandboxed(lambda: _old_members(body))):
        if _children_seconds() - begun > _MOST_SECONDS:
            return
        try:
            yield name, convert_to_docx(b64decode(content), media_type)
        except ConversionError as problem:
            if is_out_of_time(str(problem.message)):
                raise
            continue


def _children_seconds() -> float:
    """Return the processor time that ended children of this process have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _old_members(body: bytes) -> bytes:
    """Return names, types and bytes of the members to convert, as JSON. Runs in the sandbox."""
    try:
        members = unpack_documents(body)
    except ExtractError:
        return b"[]"  # the reading of the ZIP says what is wrong with it
    found = []
    size = 0
    for member in members:
        media_type = sniff(member.body)
        size += len(member.body) if media_type in CONVERTED else 0
        if media_type in CONVERTED and size <= _MOST:
            found.append([member.name, media_type, b64encode(member.body).decode()])
    return json.dumps(found).encode()
