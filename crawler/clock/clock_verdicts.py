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
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
HEAVIEST = max(_WEIGHTS.values())
"""The weight of a stretch whose servers confirm its clock, in the order of all."""

Place = tuple[int, int, int]
"""Number, offset and id of a stretch whose file has a number: they sort in the order of fetching."""


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


@dataclass(frozen=True, slots=True)
class JudgedStretch:
    """A stretch and what is wrong with its clock; a right one has the verdict `(0, "")`."""

    stretch: Stretch
    verdict: ClockVerdict


@dataclass(frozen=True, slots=True)
class EarlierStretches:
    """What has to be known of the stretches before those that are judged.

    `near` are the last of them in the order of fetching, as many as are asked for their opinion or all.
    `ends` tells for a site when its last numbered stretch probably ended, and whether its times were moved;
    sites whose last one ended before the first that is judged may be left out.
    """

    near: Sequence[Stretch] = ()
    ends: Mapping[str, tuple[int, bool]] = field(default_factory=dict)


def judge_stretches(
    stretches: Collection[Stretch], marked: Collection[str] = ()
) -> dict[int, ClockVerdict]:
    """Return the verdicts by the id of the stretch; one without a verdict has the right time."""
    confirmed = {each.site for each in stretches if is_confirmed(each.lead)}
    ordered = sorted(stretches, key=lambda each: _sort_key(each, confirmed))
    return judge_after(EarlierStretches(), ordered, confirmed, marked)


def judge_after(
    earlier: EarlierStretches,
    ordered: Sequence[Stretch],
    confirmed: Collection[str],
    marked: Collection[str] = (),
) -> dict[int, ClockVerdict]:
    """Return the verdicts on stretches that are in the order of fetching, as `judge_stretches` does.

    Unless they are all there are, they begin where `find_cut` says. `confirmed` are the sites that
    confirmed our clock in any stretch.
    """
    asked = [*earlier.near, *ordered]
    by_servers = [
        _opinion(asked, place, confirmed) for place in range(len(earlier.near), len(asked))
    ]
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
    _keep_order(ordered, shifts, earlier.ends)
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


def is_confirmed(lead: int | None) -> bool:
    """Return whether servers that are so many seconds ahead of our clock confirm its day."""
    return lead is not None and abs(lead) <= DAY


def place_of(stretch: Stretch) -> Place:
    """Return the place of a stretch with a number in the order of fetching."""
    return stretch.sequence, stretch.offset, stretch.id


def weight_of(lead: int | None) -> int:
    """Return how much a stretch counts in the order of all, by how far its servers were ahead."""
    if lead is None:
        return _WEIGHTS["unknown"]
    return _WEIGHTS["confirmed" if is_confirmed(lead) else "contradicted"]


def _opinion(ordered: Sequence[Stretch], place: int, confirmed: Collection[str]) -> str:
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
    if is_confirmed(stretch.lead):
        return "doubtful" if outvoted else ""
    is_usually_right = stretch.site in confirmed and not confirming
    if outvoted or is_usually_right:
        return "wrong"
    return "" if confirming else "doubtful"


def _sort_key(stretch: Stretch, confirmed: Collection[str]) -> tuple[int, int, int, int]:
    """Return what sorts stretches in the order of fetching.

    Those without a number were fetched by earlier versions. Their servers alone tell their order
    where the site is one whose server is usually right.
    """
    started = stretch.started
    if not stretch.sequence and stretch.lead and not is_confirmed(stretch.lead):
        started += stretch.lead if stretch.site in confirmed else 0
    return stretch.sequence, 0 if stretch.sequence else started, stretch.offset, stretch.id


def _misfits(stretches: Sequence[Stretch], places: Sequence[int]) -> set[int]:
    """Return the places of the stretches that do not fit into the order of the others."""
    starts = [each.started for each in stretches]
    highest = accumulate(starts, max)
    if all(high - start <= TOLERANCE for high, start in zip(highest, starts, strict=True)):
        return set()
    chain = sorted(heaviest_chain(starts, [weight_of(each.lead) for each in stretches]))
    misfits: set[int] = set()
    for place in sorted(set(range(len(starts))) - set(chain)):
        behind = bisect_left(chain, place)
        lower = starts[chain[behind - 1]] if behind else starts[place]
        upper = starts[chain[behind]] if behind < len(chain) else starts[place]
        if not lower - TOLERANCE <= starts[place] <= upper + TOLERANCE:
            misfits.add(places[place])
    return misfits


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


def _keep_order(
    ordered: Sequence[Stretch], shifts: list[int], ends: Mapping[str, tuple[int, bool]]
) -> None:
    """Move stretches of a site so that a later one never has the earlier time.

    Stretches of one site follow each other, since only one crawl has the lock of its host. `ends` are
    those of the stretches before.
    """
    last = dict(ends)
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
