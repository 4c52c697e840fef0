"""`near_duplicate`: the prose is not (nearly) that of the agency's own last year or of another agency.

Reports are taken in order of time. Each is compared with the last one of its agency, and with the
first report of every family of similar texts; a report that is like none of them begins a new
family. Therefore each report is compared with few others however many copies there are, and the
first of a family gets no finding for its copies. Names and years are blanked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.minhash import SketchIndex
from gongkai.extract.chinese.quotes import shorten_quote
from gongkai.extract.model.report import Finding
from gongkai.messages import message

ALIKE = 0.85
"""Similarity from which two texts count as nearly the same: one character in thirty may differ."""


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """A report, the earlier one that it resembles, and how much (1.0 is the same text)."""

    report: ReportFacts
    earlier: ReportFacts
    likeness: float

    @property
    def own(self) -> bool:
        """Whether the earlier report is of the same agency."""
        return self.report.agency_id == self.earlier.agency_id


def find_similar_pairs(
    reports: Iterable[ReportFacts],
    sketches: Mapping[str, bytes],
    likeness: Callable[[ReportFacts, ReportFacts], float],
    step: Callable[[], None] = lambda: None,
) -> Iterator[SimilarPair]:
    """Yield the reports that are nearly the same as an earlier one, of the same agency first.

    `sketches` are those of the blanked prose by report id, empty for a text too short to compare.
    `likeness` compares the prose itself, and is called only where sketches are alike. `step` is
    called after each report.
    """
    known = {report.report_id: report for report in reports}
    latest: dict[tuple[str, int], ReportFacts] = {}
    families = SketchIndex()
    for report in sorted(known.values(), key=_order):
        if kept := sketches[report.report_id]:
            last = latest.get((report.agency_id, report.year - 1))
            latest[report.agency_id, report.year] = report
            if last and (share := likeness(report, last)) >= ALIKE:
                yield SimilarPair(report, last, share)
            shares = {
                key: likeness(report, known[key])
                for key in families.near(kept)
                if known[key].agency_id != report.agency_id
            }
            best = min(shares, key=lambda key: (-shares[key], key), default=None)
            if best and shares[best] >= ALIKE:
                yield SimilarPair(report, known[best], shares[best])
            else:
                families.add(report.report_id, kept)
        step()


def _order(report: ReportFacts) -> tuple[object, ...]:
    return report.year, report.published_on or "9", report.first_seen, report.report_id


def near_duplicate(twin: SimilarPair, quote: str) -> Finding:
    """Return the finding of a twin; `quote` is the longest passage that both have."""
    share = f"{int(twin.likeness * 100)}%"
    earlier = twin.earlier
    said: dict[str, int | str] = {
        "year": earlier.year,
        "share": share,
        "quote": shorten_quote(quote),
    }
    return Finding(
        rule="near_duplicate",
        scope="",
        verdict="source" if twin.own or _later(twin) else "unsure",
        left=share,
        right=earlier.report_id,
        message=(
            message("near_duplicate_of_own", **said)
            if twin.own
            else message("near_duplicate_of_other", agency=earlier.agency, **said)
        ),
    )


def _later(twin: SimilarPair) -> bool:
    """Whether it is known which of the two was first."""
    one, other = twin.report, twin.earlier
    if one.year != other.year:
        return True
    return bool(one.published_on and other.published_on) and one.published_on > other.published_on
