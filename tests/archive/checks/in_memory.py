"""What the comparison of texts is by definition: all reports in order of time, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.archive.checks.bands import bands_of
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.families import place_of
from gongkai.archive.checks.minhash import Shingles, jaccard, most_similar
from gongkai.archive.checks.near_duplicate import Comparison, compare_report


def in_memory(
    sketches: Mapping[ReportFacts, bytes], cut: Mapping[ReportFacts, Shingles]
) -> dict[ReportFacts, Comparison]:
    """Compare each report with the last of its agency and with the firsts of families before it."""
    found: dict[ReportFacts, Comparison] = {}
    firsts: dict[str, ReportFacts] = {}
    latest: dict[tuple[str, int], ReportFacts] = {}
    for report in sorted(sketches, key=place_of):
        if not (sketch := sketches[report]):
            continue
        bands = set(bands_of(sketch))
        sharing = {
            key: sketches[each]
            for key, each in firsts.items()
            if bands & set(bands_of(sketches[each]))
        }
        last = latest.get((report.agency_id, report.year - 1))
        latest[report.agency_id, report.year] = report
        near = [firsts[key] for key in most_similar(sketch, sharing)]
        found[report] = compare_report(
            report, last, near, lambda one, other: jaccard(cut[one], cut[other])
        )
        if found[report].is_first:
            firsts[report.report_id] = report
    return found
