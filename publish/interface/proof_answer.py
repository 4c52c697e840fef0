"""The shape of the proof of a number."""

from __future__ import annotations

from gongkai.catalogue import Language
from gongkai.publish.interface.shapes import (
    COUNT,
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    TIME,
    Shape,
    columns,
    nullable,
    own,
    record,
    rows,
    said,
)

_CHECK = ("id", "rule", "scope", "verdict", "left_value", "right_value", "message_zh", "message_en")


def proof_answer(lang: Language) -> Shape:
    """Return the shape, with descriptions in a language."""
    said = columns(lang, "report_summary", only=("report_id", "agency", "year", "title"))
    cell = columns(lang, "cells", only=("part", "item", "field"))
    return record(
        said
        | cell
        | own(
            lang,
            names=record({"zh": rows(TEXT), "en": rows(TEXT)}),
            value=nullable(NUMBER),
            raw=TEXT,
            note=TEXT,
            checks=rows(record(columns(lang, "checks", only=_CHECK))),
            printed=nullable(_printed(lang)),
            document=nullable(_document(lang)),
            seen=_seen(lang),
            same_content=nullable(record(own(lang, first=TIME, last=TIME, current=FLAG))),
            manifest=nullable(_manifest(lang)),
            commands=rows(TEXT),
        )
    )


def _printed(lang: Language) -> Shape:
    return record(
        own(
            lang,
            row=rows(TEXT),
            column=INTEGER,
            boxes=rows(rows(NUMBER)),
            turn=INTEGER,
            member=TEXT,
            is_same=FLAG,
        )
        | {"page": said(lang, "page_of_document", nullable(COUNT))}
    )


def _document(lang: Language) -> Shape:
    kept = columns(
        lang, "snapshots", only=("digest", "media_type", "bytes", "url", "warc", "offset")
    )
    return record(kept | own(lang, snapshot=TEXT, is_rendered=FLAG))


def _seen(lang: Language) -> Shape:
    fetch = own(
        lang,
        snapshot=TEXT,
        at=TIME,
        url=TEXT,
        site=TEXT,
        warc=TEXT,
        offset=COUNT,
        run=TEXT,
        seen_by=TEXT,
        recorded=TIME,
        server_date=nullable(TIME),
        clock=TEXT,
    )
    times = own(lang, count=COUNT, first=nullable(TIME), last=nullable(TIME))
    return record(times | own(lang, fetches=rows(record(fetch))))


def _manifest(lang: Language) -> Shape:
    stamp = record(own(lang, authority=TEXT, at=TEXT, file=TEXT, stamped_file=TEXT, stamped=COUNT))
    return record(
        own(
            lang,
            number=COUNT,
            digest=TEXT,
            created=TIME,
            run=TEXT,
            file=TEXT,
            record_sha256=TEXT,
            stamps=rows(stamp),
        )
    )
