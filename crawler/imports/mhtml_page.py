"""MHTML files: a page as Chromium saves it (RFC 2557), with its address and the time of saving."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import Message
from email.utils import parsedate_to_datetime

from gongkai.crawler.foreign.record_head import utc_second
from gongkai.crawler.imports.foreign_compose import compose_foreign
from gongkai.crawler.imports.record_stream import Item, NoArchive, SkippedRecord, StreamedRecord

MAX_FILE_BYTES = 64 << 20
MAX_PARTS = 2000


def mhtml_records(data: bytes) -> Iterator[Item]:
    """Yield the page in an MHTML file, and the documents that were saved with it, as records.

    Raises:
        NoArchive: It is no MHTML file.
    """
    saved = email.message_from_bytes(data, policy=email.policy.compat32)
    if saved.get_content_type() != "multipart/related" or not saved.is_multipart():
        raise NoArchive
    date = _date(str(saved.get("Date", "")))
    if date is None:
        yield SkippedRecord("date")
        return
    main = str(saved.get("Snapshot-Content-Location", "")).strip()
    parts = [part for part in saved.walk() if not part.is_multipart()][:MAX_PARTS]
    for part in parts:
        url = str(part.get("Content-Location", "")).strip()
        is_page = part.get_content_type() == "text/html"
        if is_page and part is not next(p for p in parts if p.get_content_type() == "text/html"):
            yield SkippedRecord("frame")
        elif is_page or part.get_content_maintype() == "application":
            yield _record(part, (main if is_page else "") or url, date)
        else:
            yield SkippedRecord("beside_page")


def _record(part: Message, url: str, date: str) -> Item:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes) or not url:
        return SkippedRecord("malformed")
    media = str(part.get("Content-Type", ""))
    record = compose_foreign("resource", url.encode("utf-8", "replace"), date, body, media)
    return StreamedRecord(record, "saved_page")


def _date(text: str) -> str | None:
    try:
        found = utc_second(parsedate_to_datetime(text).isoformat())
    except (ValueError, TypeError, OverflowError):
        return None
    return found[0] if found else None
