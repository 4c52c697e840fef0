"""Where the order of fetching falls apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest

from gongkai.crawler.clock.clean_cut import ChangedStretches, find_cut
from gongkai.crawler.clock.clock_verdicts import (
    DAY,
    HOUR,
    NEIGHBOURS,
    ClockVerdict,
    JudgedStretch,
    Stretch,
)

RIGHT, MISFIT = ClockVerdict(0, ""), ClockVerdict(-9, "wrong", out_of_order=True)
BY_SERVERS = ClockVerdict(-9, "wrong")
MINUTE = 60
NEAR = [10_000] * NEIGHBOURS
"""So many of one start."""


def _known(starts: Sequence[int], verdicts: dict[int, ClockVerdict]) -> list[JudgedStretch]:
    numbers = count(1)
    return [
        JudgedStretch(
            Stretch(number := next(numbers), number, 0, "a", f"run{number}", start, start, None),
            verdicts.get(number - 1, RIGHT),
        )
        for start in starts
    ]


def _cut(
    before: Sequence[int],
    after: Sequence[int],
    verdicts: dict[int, ClockVerdict] | None = None,
    outliers: Sequence[tuple[int, int]] = (),
) -> int | None:
    """Return where the stretches before the last, which has changed, fall apart."""
    known = _known([*NEAR, *before, *after], verdicts or {})
    return find_cut(known, ChangedStretches(len(known) - 1, len(known), [after[-1]]), outliers)


def test_a_stretch_that_is_too_far_to_be_asked_is_the_cut() -> None:
    later = [30_000] * NEIGHBOURS
    assert _cut([20_000], [*later, 40_000]) == NEIGHBOURS
    assert _cut([20_000], [*later, 30_000, 40_000]) == NEIGHBOURS + 1
    assert _cut([], [*later, 40_000]) is None


@pytest.mark.parametrize("early", [1, DAY])
def test_a_later_stretch_that_starts_earlier_is_no_cut(early: int) -> None:
    """One that is late by less than the tolerance bounds those before it; others may be right."""
    later = [2 * DAY] * NEIGHBOURS
    assert _cut([2 * DAY], [*later, 2 * DAY - early]) is None


def test_a_block_that_weighs_more_than_a_later_outlier_is_a_cut() -> None:
    later = [2 * DAY] * (NEIGHBOURS + 4)
    assert _cut([], [*later, 0]) == NEIGHBOURS
    assert _cut([], [*later[2:], 0]) is None


def test_an_earlier_outlier_is_outweighed_by_a_block() -> None:
    later = [2 * DAY] * NEIGHBOURS
    assert _cut([90 * DAY, DAY], [*later, 3 * DAY], {NEIGHBOURS: MISFIT}) is None
    assert _cut([90 * DAY, DAY, DAY], [*later, 3 * DAY], {NEIGHBOURS: MISFIT}) == NEIGHBOURS + 1
    assert _cut([90 * DAY, DAY], [*later, 3 * DAY], {NEIGHBOURS: BY_SERVERS}) == NEIGHBOURS + 1


def test_outliers_before_all_that_is_known_count_too() -> None:
    later = [2 * DAY] * NEIGHBOURS
    assert _cut([DAY], [*later, 3 * DAY], outliers=[(90 * DAY, 2)]) is None
    assert _cut([DAY, DAY], [*later, 3 * DAY], outliers=[(90 * DAY, 2)]) == NEIGHBOURS


def test_an_outlier_that_starts_within_a_block_is_not_excluded_by_it() -> None:
    block, later = [DAY, DAY + HOUR], [*[2 * DAY] * NEIGHBOURS, 3 * DAY]
    assert _cut(block, later, outliers=[(90 * DAY, 2)]) == NEIGHBOURS
    assert _cut(block, later, outliers=[(90 * DAY, 2), (DAY + MINUTE, 1)]) is None


def test_no_earlier_right_stretch_starts_after_the_cut() -> None:
    later = [2 * DAY] * NEIGHBOURS
    back = [DAY + MINUTE, DAY, DAY]
    assert _cut(back, [*later, 3 * DAY]) is None
    assert _cut([*back, 2 * DAY], [*later, 3 * DAY]) == NEIGHBOURS + len(back)
