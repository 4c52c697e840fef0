"""Which kept answer the record of an unchanged page means."""

from __future__ import annotations

from gongkai.crawler.warc.foreign_record import ForeignRecord, is_not_modified
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.snapshot import IndexEntry


def find_original(index: SnapshotIndex, revisit: ForeignRecord) -> IndexEntry | None:
    """Return the kept answer that a revisit means, None where it cannot be named.

    By its id, of which there may be several; else by address and time; else by the payload.
    """
    means = revisit.refers
    candidates = index.imports.called(means.id) if means.id else []
    if means.url and means.date:
        at = index.imports.answer_at(means.url, means.date)
        same = [each for each in candidates if at and each.snapshot.id == at.snapshot.id]
        candidates = same or candidates or ([at] if at else [])
    if not candidates and means.digest and not is_not_modified(revisit):
        by_payload = index.imports.with_payload(means.digest)
        candidates = [by_payload] if by_payload else []
    for each in candidates:
        if each.kind == "revisit" or (means.digest and each.payload not in ("", means.digest)):
            continue  # an id that was given twice: the payload tells them apart
        if not is_not_modified(revisit) or each.snapshot.url == revisit.record.url:
            return each
    return None
