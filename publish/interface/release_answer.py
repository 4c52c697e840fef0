"""The shape of the list of numbered releases."""

from __future__ import annotations

from gongkai.catalogue import Language
from gongkai.publish.interface.shapes import (
    ADDRESS,
    COUNT,
    DAY,
    TEXT,
    Shape,
    by_key,
    nullable,
    record,
    rows,
    said,
)

_BY_REASON: Shape = by_key(by_key(COUNT))


def releases_answer(lang: Language) -> Shape:
    """Return the shape, with descriptions in a language."""

    def field(name: str, shape: Shape) -> dict[str, Shape]:
        return {name: said(lang, f"release_{name}", shape)}

    changes = record(
        {
            **field("reports", _BY_REASON),
            **field("cells", _BY_REASON),
            **field("changed_reports", COUNT),
            **field("forwarded_ids", COUNT),
        },
        optional=("reports", "cells", "changed_reports", "forwarded_ids"),
    )
    release = record(
        {
            **field("number", TEXT),
            **field("date", DAY),
            **field("version", TEXT),
            **field("extractor", TEXT),
            **field("previous", TEXT),
            **field("doi", TEXT),
            **field("rows", by_key(COUNT)),
            **field("changes", changes),
            **field("public_file_sha256", TEXT),
            **field("url", ADDRESS),
            **field("checksums_url", ADDRESS),
        }
    )
    shown = record(
        {
            **field("version", TEXT),
            **field("extractor", TEXT),
            **field("release", nullable(TEXT)),
            **field("latest_release", nullable(TEXT)),
        }
    )
    return record({**field("shown", shown), **field("releases", rows(release))})
