"""What the index knows of a fetch.

It is derived from the WARC record alone, so that the index can be made again from the files.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, astuple, fields
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from w3lib.url import safe_url_string

from gongkai import clock
from gongkai.clock import utc_stamp
from gongkai.crawler.clock.server_dates import server_time
from gongkai.crawler.warc.compose import FACTS_TYPE, NOTE_TYPE, RUN_TYPE, UNITS_TYPE
from gongkai.crawler.warc.content_coding import DIGEST_PREFIX, measure_content
from gongkai.crawler.warc.parse import DamagedRecord, WarcRecord, header_value, refers_to
from gongkai.crawler.warc.tables.entries import IndexEntry, Run, Snapshot
from gongkai.crawler.warc.tables.page_notes import NamedUnits, PageNote, PendingLink

__all__ = [
    "IndexEntry",
    "Run",
    "Snapshot",
    "digest_of_document",
    "fetched_at",
    "index_entry",
    "new_run_id",
    "note_fields",
    "read_facts",
    "read_note",
    "read_run",
    "read_units",
    "read_warcinfo",
    "run_fields",
]

RUN_FIELDS = {"id", "site", "started", "finished", "outcome"}
"""Fields without which a record is no run."""

JUDGED_FIELDS = ("seen_at", "clock")
"""Fields of a run that the index finds out; its record does not have them."""


def new_run_id() -> str:
    """Return the id of a run that starts now: a UUID of version 7 (RFC 9562) as 32 hex digits.

    Times of runs are kept in whole seconds; of two runs of one second, the later has the higher id.
    """
    at = clock.now()
    milliseconds = int(at.timestamp()) * 1000 + at.microsecond // 1000
    fraction, random = at.microsecond % 1000 * 4096 // 1000, 0b10 << 62 | secrets.randbits(62)
    return f"{milliseconds:012x}7{fraction:03x}{random:016x}"


def fetched_at(record: WarcRecord) -> str:
    """Return when a record was fetched, in whole seconds."""
    return record.date[:19] + "Z"


def index_entry(
    record: WarcRecord, site: str, warc: str, offset: int, original: IndexEntry | None
) -> IndexEntry:
    """Return the index entry of a response, revisit, resource or conversion record.

    `warc` and `offset` tell where the record is. `original` is the entry that a revisit refers to,
    None where it is unknown.
    """
    if record.kind in ("resource", "conversion"):
        media, body, size = record.field("Content-Type"), record.payload, len(record.payload)
        digest = _digest(body)
    elif record.kind == "revisit":
        media = header_value(record.headers, "Content-Type")
        size = original.snapshot.bytes if original else 0
        digest = original.snapshot.digest if original else ""
        if original and (not media or record.status == HTTPStatus.NOT_MODIFIED):
            media = original.snapshot.media_type
    else:
        media = header_value(record.headers, "Content-Type")
        size, digest = measure_content(record.headers, record.payload)
    return IndexEntry(
        snapshot=Snapshot(
            id=record.id,
            site=site,
            url=record.address,
            final_url=_final_url(record),
            fetched_at=fetched_at(record),
            status=record.status,
            media_type=media.partition(";")[0].strip().lower(),
            bytes=size,
            digest=digest,
            warc=warc,
            offset=offset,
            rendered_from=refers_to(record) if record.kind == "conversion" else "",
            server_date=utc_stamp(said) if (said := server_time(record.headers)) else "",
            role=record.role,
        ),
        kind=record.kind,
        payload=record.field("WARC-Payload-Digest"),
        refers=refers_to(record) if record.kind == "revisit" else "",
        etag=_validator(record, "ETag", original.etag if original else ""),
        last_modified=_validator(
            record, "Last-Modified", original.last_modified if original else ""
        ),
        truncated=record.field("WARC-Truncated"),
    )


def digest_of_document(record: WarcRecord, body: bytes) -> str:
    """Return the digest of the document in a record, as its index entry has it; `body` is decoded."""
    return _digest(record.payload if record.kind in ("resource", "conversion") else body)


def run_fields(run: Run) -> dict[str, object]:
    """Return what the record of a run holds, under the names that `read_run` reads."""
    stored = asdict(run)
    for judged in JUDGED_FIELDS:
        del stored[judged]
    if run.server_lead is None:
        del stored["server_lead"]
    return stored


def read_run(record: WarcRecord) -> Run | None:
    """Return the run of a metadata record; None for a record of another kind.

    Fields that this version does not know are left out.

    Raises:
        DamagedRecord: The record does not hold a run.
    """
    if record.kind != "metadata" or record.field("Content-Type") != RUN_TYPE:
        return None
    stated = _content(record)
    names = {each.name for each in fields(Run)} - set(JUDGED_FIELDS)
    known = {name: stated[name] for name in names if name in stated}
    counts, lead = known.get("counts", {}), known.get("server_lead", 0)
    others = (value for name, value in known.items() if name not in ("counts", "server_lead"))
    if (
        not all(isinstance(value, str) for value in others)
        or not isinstance(lead, int)
        or not isinstance(counts, dict)
        or not known.keys() >= RUN_FIELDS
    ):
        raise DamagedRecord("record_malformed")
    return Run(**known)


def read_note(record: WarcRecord, site: str) -> PageNote | None:
    """Return the crawl's note on an answer; None for a record of another kind.

    Raises:
        DamagedRecord: The record does not hold a note.
    """
    if record.kind != "metadata" or record.field("Content-Type") != NOTE_TYPE:
        return None
    note = _content(record)
    try:
        return PageNote(
            snapshot=refers_to(record),
            url=record.url,
            site=site,
            outcome=str(note["outcome"]),
            role=str(note["role"]),
            referrer=str(note["via"]),
            is_report=bool(note["report"]),
            misses=int(note["misses"]),
            pending=tuple(PendingLink(*link) for link in note.get("leads", ())),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise DamagedRecord("record_malformed") from problem


def read_units(record: WarcRecord, site: str) -> NamedUnits | None:
    """Return the agencies that an answer names; None for a record of another kind.

    Raises:
        DamagedRecord: The record does not hold names.
    """
    if record.kind != "metadata" or record.field("Content-Type") != UNITS_TYPE:
        return None
    names = _content(record).get("names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DamagedRecord("record_malformed")
    return NamedUnits(refers_to(record), record.url, site, tuple(names))


def note_fields(note: PageNote) -> dict[str, object]:
    """Return what the metadata record of a note holds, under the names that `read_note` reads."""
    stored: dict[str, object] = {
        "outcome": note.outcome,
        "role": note.role,
        "via": note.referrer,
        "report": note.is_report,
        "misses": note.misses,
    }
    if note.pending:
        stored["leads"] = [astuple(link) for link in note.pending]
    return stored


def read_facts(record: WarcRecord, document: str) -> dict[str, str]:
    """Return the facts about a document from the record behind it, {} where that is another one.

    Raises:
        DamagedRecord: The record does not hold facts.
    """
    stated = record.kind == "metadata" and record.field("Content-Type") == FACTS_TYPE
    if not stated or refers_to(record) != document:
        return {}
    return {name: str(value) for name, value in _content(record).items()}


def read_warcinfo(record: WarcRecord) -> dict[str, str]:
    """Return the fields of the record that opens a file."""
    lines = record.payload.decode("utf-8", "replace").splitlines()
    fields = (line.partition(":") for line in lines)
    return {name: value.strip() for name, colon, value in fields if colon}


def _content(record: WarcRecord) -> dict[str, Any]:
    """Return the JSON object in a record of ours.

    Raises:
        DamagedRecord: There is none.
    """
    try:
        content = json.loads(record.payload)
    except (ValueError, RecursionError) as problem:
        raise DamagedRecord("record_malformed") from problem
    if not isinstance(content, dict):
        raise DamagedRecord("record_malformed")
    return content


def _final_url(record: WarcRecord) -> str:
    location = header_value(record.headers, "Location")
    if location and 300 <= record.status < 400:
        return urljoin(record.url, safe_url_string(location.strip()))
    return record.address


def _validator(record: WarcRecord, name: str, before: str) -> str:
    """Return a validator; an answer "not modified" need not repeat those of the request."""
    value = header_value(record.headers, name)
    return value or (before if record.status == HTTPStatus.NOT_MODIFIED else "")


def _digest(body: bytes) -> str:
    return DIGEST_PREFIX + hashlib.sha256(body).hexdigest()
