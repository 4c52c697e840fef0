"""Scans inside a ZIP: one scanned document, or the pages of one as pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gongkai.archive.workers import ocr
from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.media_type import ZIP, sniff
from gongkai.extract.model.findings import verbatim
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.report import read
from gongkai.extract.zip_attachments import PackageMember, unpack_documents
from gongkai.messages import message


def read_packed(body: bytes, source: Source, media_type: str) -> Reading:
    """Read the scans in a ZIP that has no readable report. Runs in the sandbox.

    Several scanned documents stay a `scan`: it is unknown which of them is the report.
    """
    try:
        members = [member for member in unpack_documents(body) if member.body]
    except ExtractError as problem:
        return Reading("scan", media_type, "", reason=problem.message)
    found = [(member, r) for member in members if (r := _pictured(member, source)) is not None]
    pages = [member for member, reading in found if reading.media_type.startswith("image/")]
    seen = [(m, reading) for m, reading in found if not reading.media_type.startswith("image/")]
    if len(seen) > 1 or (seen and pages):
        names = tuple(verbatim(member.name.rsplit("/", 1)[-1][:40]) for member, _ in seen[:6])
        return Reading("scan", media_type, "", reason=message("scans_several", names=names))
    if not seen:
        return ocr.read_pages(_pages(pages), source, media_type)
    member, reading = seen[0]
    look = ocr.read_scan if reading.outcome == "scan" else ocr.read_pictured
    known = replace(source, media_type="", filename=member.name)
    return replace(look(member.body, known, reading.media_type), media_type=media_type)


def _pictured(member: PackageMember, source: Source) -> Reading | None:
    """Return the reading of a member whose text or tables are pictures, None for any other one."""
    if sniff(member.body) == ZIP:
        return None  # packages inside a package stay closed
    reading = read(member.body, replace(source, media_type="", filename=member.name))
    return reading if reading.outcome in ("scan", "image_tables") else None


def _pages(pictures: Sequence[PackageMember]) -> Iterator[Any]:
    """Yield the pages in the order of their names: 2.jpg stands before 10.jpg."""
    for member in sorted(pictures, key=_in_order):
        yield from ocr.page_images(member.body, "")


def _in_order(member: PackageMember) -> list[tuple[int, str]]:
    pieces = re.findall(r"\d+|\D+", member.name)
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]
