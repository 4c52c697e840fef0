"""Which characters of two texts differ, with a bound on the work.

`difflib` takes a time that grows with the square of a text and more, if few different characters
make it up. The work is counted in steps and not in seconds, so that the same texts have the same
result on any machine.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
Ranges = tuple[tuple[int, int], ...]
"""Stretches of a text as (first character, the one after the last), in order.

An empty stretch is a place at which the other text has something more.
"""

MIN_SIMILARITY = 0.5
"""Less similar texts differ as a whole."""

MAX_LENGTH = 400
"""Longer texts, in characters, differ as a whole."""

PAIR_STEPS = 100_000
"""Steps for two texts, some ten milliseconds. Two ordinary sentences take a few hundred."""

REPORT_STEPS = 3_000_000
"""Steps for all versions of a report."""


class TooMuchWork(Exception):
    """Raised if two sequences cannot be compared within the steps that are left."""


@dataclass(slots=True)
class Steps:
    """The steps that comparisons may still take."""

    left: int = REPORT_STEPS

    def spend(self, number: int) -> None:
        """Take a number of steps.

        Raises:
            TooMuchWork: So many are not left.
        """
        if number > self.left:
            raise TooMuchWork
        self.left -= number


class BoundedMatcher(SequenceMatcher[T]):
    """difflib's matcher, which stops when its steps are used up.

    Its search compares each element with all places of the same element in the other sequence.
    """

    def __init__(self, old: Sequence[T], new: Sequence[T], steps: Steps) -> None:
        """Prepare the comparison of two sequences.

        Raises:
            TooMuchWork: The steps that are left do not suffice to begin.
        """
        steps.spend(len(old) + len(new))
        super().__init__(None, old, new, autojunk=False)
        self._steps = steps
        places = self.b2j  # type: ignore[attr-defined]  # typeshed does not have it
        self._costs = list(accumulate((1 + len(places.get(x, ())) for x in old), initial=0))

    def find_longest_match(  # type: ignore[override]  # difflib itself always passes all four
        self, alo: int, ahi: int, blo: int, bhi: int
    ) -> tuple[int, int, int]:
        """Return the longest match of two stretches.

        Raises:
            TooMuchWork: The search would take more steps than are left.
        """
        self._steps.spend(self._costs[ahi] - self._costs[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def differing_ranges(
    old: str, new: str, steps: Steps, longest: int = MAX_LENGTH
) -> tuple[Ranges, Ranges]:
    """Return the stretches of both texts that the other one does not have.

    Texts above `longest` characters and dissimilar ones differ as a whole, and so do those that
    would take too many steps.
    """
    whole = _whole(old), _whole(new)
    if not (old and new) or max(len(old), len(new)) > longest:
        return whole
    own = Steps(min(PAIR_STEPS, steps.left))
    given = own.left
    try:
        matcher = BoundedMatcher(old, new, own)
        if matcher.ratio() < MIN_SIMILARITY:
            return whole
    except TooMuchWork:
        return whole
    finally:
        steps.left -= given - own.left
    changed = [each for each in matcher.get_opcodes() if each[0] != "equal"]
    return (
        tuple((i, j) for _, i, j, _, _ in changed),
        tuple((k, m) for _, _, _, k, m in changed),
    )


def is_similar(old: str, new: str, steps: Steps) -> bool:
    """Return whether two texts are versions of the same; not, if that takes too many steps."""
    try:
        matcher = BoundedMatcher(old, new, steps)
        return matcher.quick_ratio() >= MIN_SIMILARITY and matcher.ratio() >= MIN_SIMILARITY
    except TooMuchWork:
        return False


def encode_ranges(ranges: Ranges) -> str:
    """Return stretches as JSON.

    >>> encode_ranges(((0, 1), (4, 6)))
    '[[0,1],[4,6]]'
    """
    return json.dumps(ranges, separators=(",", ":"))


def decode_ranges(text: str, length: int) -> Ranges:
    """Return the stretches that JSON names, in a text of a length."""
    found: Iterable[tuple[int, int]] = json.loads(text)
    return tuple((start, min(end, length)) for start, end in found if start <= length)


def _whole(text: str) -> Ranges:
    return ((0, len(text)),) if text else ()
