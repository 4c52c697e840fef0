"""What is taken from the prose of each report alone: its sketch, and whether it names a foreign place.

These are pure functions of one report. Where very many are read, as in the first comparison of a country, any
executor may do it: what depends on other reports stays with the one that writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gongkai.archive.checks.comparable_prose import SHORTEST, blank_names, prose
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.facts_query import section_texts
from gongkai.archive.checks.foreign_place import foreign_place
from gongkai.extract.model.report import Finding

AT_ONCE = 200
"""Reports in a batch: half a megabyte of prose, a tenth of a second of work."""

MANY = 2_000
"""Reports from which on batches are handed to others; a night has fewer."""


@dataclass(frozen=True, slots=True)
class ProseReading:
    """The sketch of the prose of a report, empty for a short one, and findings on the prose alone."""

    sketch: bytes
    findings: tuple[Finding, ...]


Batch = Sequence[tuple[ReportFacts, str]]
ReadBatches = Callable[[Iterable[Batch]], Iterator[list[ProseReading]]]
"""Reads batches of reports with their prose, and gives the results in the same order."""


def read_batch(batch: Batch) -> list[ProseReading]:
    """Read the prose of some reports."""
    return [_read(report, text) for report, text in batch]


def read_here(batches: Iterable[Batch]) -> Iterator[list[ProseReading]]:
    """Read batches in this process."""
    return map(read_batch, batches)


def read_proses(
    conn: sqlite3.Connection, reports: Sequence[ReportFacts], read: ReadBatches
) -> Iterator[tuple[str, ProseReading]]:
    """Yield (id, reading) of reports in their order; a few are read here."""
    readers = read if len(reports) >= MANY else read_here
    names = (report.report_id for report in reports)
    for found in readers(_batches(conn, reports)):
        yield from zip(islice(names, len(found)), found, strict=True)


def _batches(conn: sqlite3.Connection, reports: Sequence[ReportFacts]) -> Iterator[Batch]:
    for start in range(0, len(reports), AT_ONCE):
        some = reports[start : start + AT_ONCE]
        yield [(report, prose(section_texts(conn, report.report_id))) for report in some]


def _read(report: ReportFacts, text: str) -> ProseReading:
    bare = blank_names(text, report.agency, report.region_code)
    return ProseReading(_sketch(bare), tuple(foreign_place(report, text)))


def _sketch(bare: str) -> bytes:
    if len(bare) < SHORTEST:
        return b""
    from gongkai.archive.checks.minhash import (  # late: numpy and scipy take half a second
        minhash_sketch,
        shingles,
    )

    return minhash_sketch(shingles(bare))
