"""Whether a night may begin, by portals, the last run and the newest report."""

from __future__ import annotations

import pytest

from gongkai.crawler.clock.night_start import ClockWitnesses, StartOpinion, judge_start

DAY, YEAR = 24 * 3600, 365 * 24 * 3600
NOW = 1_770_000_000


def _said(opinion: StartOpinion) -> tuple[str, list[str]]:
    refusal = opinion.refusal.key if opinion.refusal else ""
    return refusal, [warning.key for warning in opinion.warnings]


APART, BEFORE = "clock_apart_from_portals", "clock_before_last_run"


@pytest.mark.parametrize(
    ("witnesses", "refusal", "warnings"),
    [
        # right, with and without witnesses
        (ClockWitnesses(NOW), "", []),
        (ClockWitnesses(NOW, [1, -2, 0], NOW - DAY, NOW - DAY), "", []),
        (ClockWitnesses(NOW, [-300]), "", []),
        # ten minutes to a day
        (ClockWitnesses(NOW, [900, 901, 905], NOW - DAY), "", [APART]),
        (ClockWitnesses(NOW, [-3600 * 20], NOW - DAY), "", [APART]),
        # ahead by 400 days: three portals that agree, or one and the last run, or one alone
        (ClockWitnesses(NOW, [-400 * DAY] * 3, NOW - 401 * DAY), APART, []),
        (ClockWitnesses(NOW, [-400 * DAY], NOW - 401 * DAY), APART, []),
        (ClockWitnesses(NOW, [-400 * DAY]), APART, []),
        (ClockWitnesses(NOW, [-400 * DAY] * 2, NOW - 401 * DAY), APART, []),
        # three decades back: portals, or the last run alone, or the program itself
        (ClockWitnesses(NOW - 30 * YEAR, [30 * YEAR] * 3), "clock_before_program", []),
        (ClockWitnesses(NOW - YEAR, [], NOW - DAY), BEFORE, []),
        (ClockWitnesses(NOW - YEAR, [YEAR], NOW - DAY), APART, []),
        (ClockWitnesses(NOW - YEAR, [YEAR, YEAR, YEAR], NOW - DAY), APART, []),
        # one odd portal does not stop a night
        (ClockWitnesses(NOW, [0, 0, -900 * DAY], NOW - DAY), "", []),
        (ClockWitnesses(NOW, [-900 * DAY], NOW - DAY), "", [APART]),
        (ClockWitnesses(NOW, [900 * DAY], NOW - DAY), "", [APART]),
        (ClockWitnesses(NOW, [-900 * DAY, 5 * DAY], NOW - DAY), "", [APART]),
        (ClockWitnesses(NOW, [-900 * DAY, -800 * DAY, 700 * DAY], NOW - DAY), "", [APART]),
        # the last run was the wrong one, and a portal confirms it
        (ClockWitnesses(NOW, [0], NOW + 400 * DAY), "", ["clock_last_run_ahead"]),
        (ClockWitnesses(NOW, [], NOW + 400 * DAY), BEFORE, []),
        (ClockWitnesses(NOW, [], NOW + 60), "", []),
        # reports of tomorrow are a slip of the pen, or of the clock
        (ClockWitnesses(NOW, [], None, NOW + DAY // 2), "", []),
        (ClockWitnesses(NOW, [0], NOW - DAY, NOW + 3 * DAY), "", ["clock_before_publishing"]),
    ],
)
def test_a_night_starts_or_says_why_not(
    witnesses: ClockWitnesses, refusal: str, warnings: list[str]
) -> None:
    found = _said(judge_start(witnesses))
    assert found == (refusal, warnings if not refusal else [])
