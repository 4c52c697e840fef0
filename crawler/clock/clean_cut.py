"""From which stretch on clocks have to be judged again after a few stretches have changed.

The order of all stretches (`heaviest_chain`) falls apart at a block of right ones that no others contradict:
the earlier ones start before all of it, the later ones after all of it. Exceptions are outliers: earlier ones
that start after the whole block, and later ones that start before it.

An order that contains an outlier contains nothing of the block, since times in it never fall. Where the block
weighs more than the outliers of either side together, that order becomes heavier by giving these up for the
block, so the heaviest orders contain none of them. These all contain the first and the last stretch of the
block, which fit into every order without outliers, and what they contain before the block does not depend on
what comes after it. So the verdicts before the block stay as they are, as long as it was there before the
change too, and what changed is too far away to be asked for its opinion of anything in the block.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.crawler.clock.clock_verdicts import (
    HEAVIEST,
    NEIGHBOURS,
    TOLERANCE,
    JudgedStretch,
    weight_of,
)

MAX_TRIALS = 200
"""So many stretches are tried as the end of a block."""

Start = tuple[int, int]
"""When a stretch began by its clock, and how much it weighs in the order of all."""


@dataclass(frozen=True, slots=True)
class ChangedStretches:
    """Where stretches were added, changed or removed: between which places in a list of them.

    Those at the places from `first` to `end`, which is none of them, include all that changed. `starts` are
    their starts, as they are and as they were.
    """

    first: int
    end: int
    starts: Sequence[int]


def find_cut(
    known: Sequence[JudgedStretch], changed: ChangedStretches, outliers: Sequence[Start] = ()
) -> int | None:
    """Return the place in a list from which on stretches are to be judged again, None where none is found.

    `known` are stretches in the order of fetching, up to the last of all, with the verdicts from before the
    change. There are always enough before the place that is returned to be asked for their opinion.
    `outliers` are the starts of stretches before these that do not fit into the order, as far as they are
    later than any of these. That the right stretches before these start earlier is for the caller to find out.
    """
    quiet = changed.first - NEIGHBOURS
    noisy = range(quiet, changed.end + NEIGHBOURS)
    later = sorted((start, HEAVIEST) for start in changed.starts)
    for place in reversed(range(max(quiet, 0), len(known))):
        if place in noisy or _is_ordered(known[place]):
            insort(later, _start(known[place]))
    search = _Search(known, outliers)
    lowest = max(NEIGHBOURS, quiet - MAX_TRIALS)
    for place in reversed(range(lowest, quiet)):
        if _is_right(known[place]):
            found = search.block_before(place, later)
            if found is not None:
                return found
        if _is_ordered(known[place]):
            insort(later, _start(known[place]))
    return None


class _Search:
    """The search for a block in one list of stretches."""

    def __init__(self, known: Sequence[JudgedStretch], outliers: Sequence[Start]) -> None:
        self._known = known
        self._outliers = [(-1, *each) for each in outliers]
        self._highest: list[int | None] = []  # start of the right stretches before each
        highest: int | None = None
        for place, each in enumerate(known):
            self._highest.append(highest)
            if _is_right(each):
                highest = max(each.stretch.started, highest or each.stretch.started)
            elif _is_ordered(each):
                self._outliers.append((place, *_start(each)))

    def block_before(self, last: int, later: Sequence[Start]) -> int | None:
        """Return where a block begins that ends with a right stretch, None where there is none.

        `later` are the starts of those after it, sorted.
        """
        top = bottom = self._known[last].stretch.started
        lows = later[: bisect_left(later, (top, 0))]
        weight, needed = 0, sum(each for _, each in lows)
        for place in range(last, NEIGHBOURS - 1, -1):
            each = self._known[place]
            start = each.stretch.started
            if not _is_ordered(each) or bottom < start <= top:
                continue
            bottom = min(bottom, start)
            # one that is late by less than the tolerance counts as right, and bounds those before it
            is_mixed = bool(lows) and lows[-1][0] >= bottom - TOLERANCE
            if start > top or not _is_right(each) or is_mixed:
                return None
            weight += weight_of(each.stretch.lead)
            if weight > needed and self._outweighs(weight, place, top):
                return place
        return None

    def _outweighs(self, weight: int, first: int, top: int) -> bool:
        """Return whether a block from a stretch on weighs more than the earlier ones that start after it."""
        bottom = self._known[first].stretch.started
        highest = self._highest[first]
        if highest is not None and highest > bottom:
            return False
        above = [
            (start, each)
            for place, start, each in self._outliers
            if place < first and start > bottom
        ]
        return all(start > top for start, _ in above) and weight > sum(each for _, each in above)


def _is_ordered(each: JudgedStretch) -> bool:
    """Return whether a stretch takes part in the order: neither servers nor an operator say it is wrong."""
    return each.verdict.clock not in ("wrong", "marked") or each.verdict.out_of_order


def _is_right(each: JudgedStretch) -> bool:
    return each.verdict.clock not in ("wrong", "marked")


def _start(each: JudgedStretch) -> Start:
    return each.stretch.started, weight_of(each.stretch.lead)
