"""Whether documents from web archives may be reports: they are read as the build reads them."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.archive.workers.process_pool import Task, read_all
from gongkai.crawler.imports.held_records import HeldRecord
from gongkai.crawler.warc.content_coding import decode_content
from gongkai.crawler.warc.parse import WarcRecord, header_value
from gongkai.extract.model.report import Source

NO_REPORT = {"not_report", "list", "blocked"}
"""Outcomes of documents that say of themselves that they are none. What cannot be read may be one."""


def may_be_reports(
    documents: Iterator[tuple[HeldRecord, WarcRecord]],
) -> Iterator[tuple[HeldRecord, bool]]:
    """Yield of each document whether it may be a report, in no particular order."""
    waiting: dict[str, HeldRecord] = {}

    def tasks() -> Iterator[Task]:
        for number, (held, record) in enumerate(documents):
            waiting[str(number)] = held
            media_type = header_value(record.headers, "Content-Type")
            body = decode_content(record.headers, record.payload)
            yield Task(
                str(number),
                record.url,
                body,
                Source(url=record.url, media_type=media_type, second_reading="off"),
            )

    for task, reading in read_all(tasks()):
        yield waiting.pop(task.digest), reading.outcome not in NO_REPORT
