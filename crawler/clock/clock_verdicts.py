"""Which runs had a wrong clock, and what time it really was: a pure function of all stretches.

A stretch is what one run fetched without a step of its clock. Stretches are numbered in the order in
which they began, whatever the clock said. The clock of a stretch is held against two witnesses: the
servers of its own answers, and the stretches before and after it. The witness of one site is not
believed alone: its server may have a wrong clock itself.

What was fetched under a wrong clock gets a time by its servers, within the bounds that the order of
fetching sets; so the later fetch always has the later time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from gongkai.crawler.clock.stretch_order import heaviest_chain

HOUR = 3600
DAY = 24 * HOUR
TOLERANCE = 10 * 60
"""Seconds by which clocks may differ without a word."""

AGREEING_SITES = 3
"""So many sites that agree are believed against our clock."""

NEIGHBOURS = 20
"""Stretches before and after one whose sites are asked for their opinion."""

_WEIGHTS = {"confirmed": 4, "unknown": 2, "contradicted": 1}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one run fetched between two steps of its clock; times are in seconds since 1970.

    `sequence` is the number of its file, 0 for files of versions that gave none. `lead` is the median
    by which the clocks of its servers were ahead of ours, None where no server told the time.
    """

    id: int
    sequence: int
    offset: int
    site: str
    run: str
    started: int
    ended: int
    lead: int | None


@dataclass(frozen=True, slots=True)
class ClockVerdict:
    """What is wrong with the clock of a stretch.

    `shift` is added to its times. `clock` is "wrong" or "marked" (by an operator), "doubtful" where
    only one site contradicts, and "" where the order of fetching alone asks for a second or two.
    `out_of_order` tells that its time does not fit between its neighbours.
    """

    shift: int
    clock: str
    out_of_order: bool = False


def judge_stretches(
    stretches: Collection[Stretch], marked: Collection[str] = ()
) -> dict[int, ClockVerdict]:
    """Return the verdicts by the id of the stretch; one without a verdict has the right time."""
    leads = _Leads(stretches)
    ordered = sorted(stretches, key=lambda each: _place(each, leads))
    by_servers = [leads.opinion(ordered, place) for place in range(len(ordered))]
    wrong = {
        place
        for place, stretch in enumerate(ordered)
        if by_servers[place] == "wrong" or stretch.run in marked
    }
    rest = [place for place in range(len(ordered)) if place not in wrong]
    misfits = _misfits([ordered[place] for place in rest], rest)
    bounds = _Bounds(ordered, wrong | misfits)
    shifts = [
        bounds.shift(place) if place in wrong or place in misfits else 0
        for place in range(len(ordered))
    ]
    _keep_order(ordered, shifts)
    verdicts: dict[int, ClockVerdict] = {}
    for place, stretch in enumerate(ordered):
        clock = "marked" if stretch.run in marked else ""
        if not clock and (place in wrong or place in misfits):
            clock = "wrong"
        if not clock and by_servers[place] == "doubtful":
            clock = "doubtful"
        if clock or shifts[place]:
            verdicts[stretch.id] = ClockVerdict(shifts[place], clock, place in misfits)
    return verdicts


class _Leads:
    """What the servers of all stretches say of our clock."""

    def __init__(self, stretches: Collection[Stretch]) -> None:
        self.confirmed_sites = {each.site for each in stretches if _is_confirmed(each)}

    def opinion(self, ordered: Sequence[Stretch], place: int) -> str:
        """Return "wrong" where the servers outvote our clock, "doubtful" where one contradicts."""
        stretch = ordered[place]
        if stretch.lead is None or abs(stretch.lead) <= TOLERANCE:
            return ""
        agreeing, confirming = {stretch.site}, set()
        for other in ordered[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]:
            if other.lead is None or abs(other.started - stretch.started) > DAY:
                continue
            if abs(other.lead) <= TOLERANCE:
                confirming.add(other.site)
            elif abs(other.lead - stretch.lead) <= HOUR:
                agreeing.add(other.site)
        outvoted = len(agreeing) >= AGREEING_SITES and len(agreeing) > len(confirming)
        if abs(stretch.lead) <= DAY:
            return "doubtful" if outvoted else ""
        is_usually_right = stretch.site in self.confirmed_sites and not confirming
        if outvoted or is_usually_right:
            return "wrong"
        return "" if confirming else "doubtful"


def _is_confirmed(stretch: Stretch) -> bool:
    return stretch.lead is not None and abs(stretch.lead) <= DAY


def _place(stretch: Stretch, leads: _Leads) -> tuple[int, int, int, int]:
    """Return what sorts stretches in the order of fetching.

    Those without a number were fetched by earlier versions. Their servers alone tell their order
    where the site is one whose server is usually right.
    """
    started = stretch.started
    if not stretch.sequence and stretch.lead and abs(stretch.lead) > DAY:
        started += stretch.lead if stretch.site in leads.confirmed_sites else 0
    return stretch.sequence, 0 if stretch.sequence else started, stretch.offset, stretch.id


def _misfits(stretches: Sequence[Stretch], places: Sequence[int]) -> set[int]:
    """Return the places of the stretches that do not fit into the order of the others."""
    starts = [each.started for each in stretches]
    highest = accumulate(starts, max)
    if all(high - start <= TOLERANCE for high, start in zip(highest, starts, strict=True)):
        return set()
    chain = sorted(heaviest_chain(starts, [_WEIGHTS[_testimony(each)] for each in stretches]))
    misfits: set[int] = set()
    for place in sorted(set(range(len(starts))) - set(chain)):
        behind = bisect_left(chain, place)
        lower = starts[chain[behind - 1]] if behind else starts[place]
        upper = starts[chain[behind]] if behind < len(chain) else starts[place]
        if not lower - TOLERANCE <= starts[place] <= upper + TOLERANCE:
            misfits.add(places[place])
    return misfits


def _testimony(stretch: Stretch) -> str:
    if stretch.lead is None:
        return "unknown"
    return "confirmed" if _is_confirmed(stretch) else "contradicted"


class _Bounds:
    """Between which times a stretch lies, by the right ones before and after it."""

    def __init__(self, ordered: Sequence[Stretch], wrong: Collection[int]) -> None:
        self._ordered = ordered
        self._lower: list[int | None] = []
        self._upper: list[int | None] = [None] * len(ordered)
        lower: int | None = None
        for place, stretch in enumerate(ordered):
            self._lower.append(lower)
            if place not in wrong:
                lower = max(stretch.started, lower or stretch.started)
        upper: int | None = None
        for place in reversed(range(len(ordered))):
            self._upper[place] = upper
            if place not in wrong:
                started = ordered[place].started
                upper = min(started, started if upper is None else upper)

    def shift(self, place: int) -> int:
        """Return the seconds to add to the times of a stretch whose clock was wrong."""
        stretch = self._ordered[place]
        lower, upper = self._lower[place], self._upper[place]
        if stretch.lead is not None:
            at = stretch.started + stretch.lead
        elif lower is not None:
            at = lower + 1
        elif upper is not None:
            at = upper - 1 - (stretch.ended - stretch.started)
        else:
            at = stretch.started
        if upper is not None:
            at = min(at, upper - 1 - (stretch.ended - stretch.started))
        if lower is not None:
            at = max(at, lower + 1)
        return at - stretch.started


def _keep_order(ordered: Sequence[Stretch], shifts: list[int]) -> None:
    """Move stretches of a site so that a later one never has the earlier time.

    Stretches of one site follow each other, since only one crawl has the lock of its host.
    """
    last: dict[str, tuple[int, bool]] = {}
    for place, stretch in enumerate(ordered):
        if not stretch.sequence:
            continue
        before = last.get(stretch.site)
        begins = stretch.started + shifts[place]
        if before:
            end, was_shifted = before
            # two runs of one second keep their time: the names of their files are in order
            least = end + 1 if was_shifted or shifts[place] else end
            shifts[place] += max(0, least - begins)
        last[stretch.site] = (stretch.ended + shifts[place], bool(shifts[place]))
