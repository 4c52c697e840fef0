"""`near_duplicate`: the prose is not (nearly) that of the agency's own last year or of another agency.

Reports are taken in order of time. Each is compared with the last one of its agency, and with the
first report of every family of similar texts; a report that is like none of them begins a new
family. Therefore each report is compared with few others however many copies there are, and the
first of a family gets no finding for its copies. Names and years are blanked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gongkai.archive.checks.facts import ReportFacts
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


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a report resembles, its own last year first, and whether it begins a family of similar texts."""

    pairs: tuple[SimilarPair, ...]
    is_first: bool


def compare_report(
    report: ReportFacts,
    last: ReportFacts | None,
    firsts: Iterable[ReportFacts],
    likeness: Callable[[ReportFacts, ReportFacts], float],
) -> Comparison:
    """Compare a report with the `last` one of its agency, and with the `firsts` of families.

    `firsts` are those of earlier reports whose sketches are similar. `likeness` compares the prose.
    """
    pairs = []
    if last and (share := likeness(report, last)) >= ALIKE:
        pairs.append(SimilarPair(report, last, share))
    others = {each.report_id: each for each in firsts if each.agency_id != report.agency_id}
    shares = {key: likeness(report, each) for key, each in others.items()}
    best = min(shares, key=lambda key: (-shares[key], key), default=None)
    if best is None or shares[best] < ALIKE:
        return Comparison(tuple(pairs), is_first=True)
    pairs.append(SimilarPair(report, others[best], shares[best]))
    return Comparison(tuple(pairs), is_first=False)


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
