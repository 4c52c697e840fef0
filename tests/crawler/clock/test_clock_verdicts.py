"""Which stretches have a wrong clock, by their servers and by the order of fetching."""

from __future__ import annotations

from itertools import count

from gongkai.crawler.clock.clock_verdicts import (
    DAY,
    HOUR,
    ClockVerdict,
    Stretch,
    judge_stretches,
)

MONDAY = 1_770_000_000


def _nights(*given: tuple[str, int, int | None]) -> list[Stretch]:
    """Return stretches of half an hour in order of fetching: (site, day by our clock, lead in days)."""
    numbers = count(1)
    return [
        Stretch(
            id=(number := next(numbers)),
            sequence=number,
            offset=0,
            site=site,
            run=f"run{number}",
            started=MONDAY + day * DAY + number,
            ended=MONDAY + day * DAY + number + HOUR // 2,
            lead=None if lead is None else lead * DAY,
        )
        for site, day, lead in given
    ]


def _real_days(stretches: list[Stretch], marked: tuple[str, ...] = ()) -> list[int]:
    verdicts = judge_stretches(stretches, marked)
    shifts = (verdicts[each.id].shift if each.id in verdicts else 0 for each in stretches)
    return [
        (each.started + shift - MONDAY) // DAY
        for each, shift in zip(stretches, shifts, strict=True)
    ]


def _clocks(stretches: list[Stretch], marked: tuple[str, ...] = ()) -> dict[int, str]:
    found = judge_stretches(stretches, marked)
    return {number: verdict.clock for number, verdict in found.items()}


def test_nights_in_order_have_no_verdict() -> None:
    assert judge_stretches(_nights(("a", 0, 0), ("b", 0, None), ("a", 1, 0), ("b", 1, 0))) == {}


def test_a_night_ahead_is_told_by_the_night_after_it() -> None:
    nights = _nights(("a", 0, None), ("a", 400, None), ("a", 2, None), ("a", 3, None))
    assert _clocks(nights) == {2: "wrong"}
    assert _real_days(nights) == [0, 0, 2, 3]


def test_of_two_nights_without_a_witness_the_later_one_is_right() -> None:
    nights = _nights(("a", 400, None), ("a", 0, None))
    assert _clocks(nights) == {1: "wrong"}
    found = judge_stretches(nights)[1]
    assert found.out_of_order
    assert nights[0].ended + found.shift < nights[1].started


def test_a_night_of_thirty_years_ago_gets_the_time_of_its_servers() -> None:
    nights = _nights(("a", 0, 0), ("a", -10_957, 10_958), ("a", 2, 0))
    assert _clocks(nights) == {2: "wrong"}
    assert _real_days(nights) == [0, 1, 2]


def test_servers_tell_before_there_is_a_later_night() -> None:
    nights = _nights(("a", 0, 0), ("b", 0, 0), ("a", 401, -400), ("b", 401, -400))
    assert _clocks(nights) == {3: "wrong", 4: "wrong"}
    assert _real_days(nights) == [0, 0, 1, 1]


def test_the_first_night_is_wrong_where_three_sites_say_so() -> None:
    first = [("a", 400, -400), ("b", 400, -400), ("c", 400, -400)]
    assert _clocks(_nights(*first)) == {1: "wrong", 2: "wrong", 3: "wrong"}
    assert _clocks(_nights(*first[:2])) == {1: "doubtful", 2: "doubtful"}


def test_one_site_with_a_wrong_clock_is_not_believed() -> None:
    nights = _nights(("a", 0, 0), ("odd", 0, -700), ("b", 0, 0), ("a", 1, 0), ("odd", 1, -700))
    assert judge_stretches(nights) == {}


def test_a_site_alone_with_a_wrong_clock_is_only_doubted() -> None:
    nights = _nights(("odd", 0, -700), ("odd", 1, -700))
    assert _clocks(nights) == {1: "doubtful", 2: "doubtful"}
    assert _real_days(nights) == [0, 1]


def test_a_forged_date_of_one_night_does_not_move_a_night_that_others_confirm() -> None:
    nights = _nights(("a", 0, 0), ("b", 0, 0), ("a", 1, -5000), ("b", 1, 0))
    assert judge_stretches(nights) == {}


def test_a_mark_is_obeyed_and_named() -> None:
    nights = _nights(("odd", 0, None), ("odd", 9, None), ("odd", 10, None))
    assert _clocks(nights, ("run2",)) == {2: "marked"}
    assert _real_days(nights, ("run2",)) == [0, 0, 10]


def test_a_later_fetch_of_a_site_never_has_the_earlier_time() -> None:
    """A clock that is set back by some minutes is not worth a word, but order is kept."""
    earlier, later = _nights(("a", 0, None), ("a", 0, None))
    back = Stretch(**{name: getattr(later, name) for name in later.__slots__} | {
        "started": earlier.ended - 300, "ended": earlier.ended - 200,
    })  # fmt: skip
    assert judge_stretches([earlier, back]) == {2: ClockVerdict(301 - 1, "")}


def test_files_without_a_number_are_ordered_by_their_servers() -> None:
    nights = [
        Stretch(**{name: getattr(each, name) for name in each.__slots__} | {"sequence": 0})
        for each in _nights(("a", 0, 0), ("a", 401, -400), ("a", 2, 0), ("a", 3, 0))
    ]
    assert _clocks(nights) == {2: "wrong"}
    assert _real_days(nights) == [0, 1, 2, 3]


def test_many_wrong_nights_among_many_right_ones_are_found() -> None:
    wrong = set(range(0, 20_000, 100))
    nights = _nights(
        *((f"s{n % 50}", n // 50 + (400 if n in wrong else 0), None) for n in range(20_000))
    )
    found = judge_stretches(nights)
    assert {number - 1 for number, verdict in found.items() if verdict.clock} == wrong
