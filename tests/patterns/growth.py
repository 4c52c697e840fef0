"""How the time of each pattern grows with hostile inputs: `python -m tests.patterns.growth [PLACE…]`."""

from __future__ import annotations

import math
import signal
import sys
import time
from dataclasses import dataclass

from tests.patterns.collect import AnyPattern, Held, held_patterns
from tests.patterns.pumps import Pump, pumps_of

GLANCE = 3_000
"""Characters of the first try, which sorts out what is fast. Longer pumps get more, up to eight times."""

FAST = 0.000_000_2
"""Seconds a character in the first try below which an input is not looked at again."""

FAR_TOO_SLOW = 10
"""Times `FAST` above which an input is measured at once, without looking for a worse one."""

MOST_AT_ONCE = 6
"""So many are measured at once. A slow pattern that is linear would have all its inputs measured."""

SHORT, LONG = 4_000, 32_000
"""Characters of the inputs that are compared."""

FIRST_PART = 4
"""What is far too slow is compared at a fourth of these lengths first, which most often shows enough."""

NOTICEABLE = 0.01
"""Seconds for `LONG` characters below which growth does not matter: 0.3 µs a character."""

CUT_OFF = 0.5
"""Seconds after which a match is given up."""

LIMIT = 1.3
"""The exponent that a pattern has to stay below."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The worst input found for a pattern: exponent of the growth, seconds for `LONG` characters."""

    exponent: float
    seconds: float
    how: str = ""
    pump: Pump | None = None

    @property
    def is_too_fast(self) -> bool:
        """Whether it grows faster than a little above linear, in a time that is noticed."""
        return self.seconds >= CUT_OFF or (self.exponent > LIMIT and self.seconds > NOTICEABLE)


class _TooLong(Exception):
    pass


def _strike(_signal: int, _frame: object) -> None:
    raise _TooLong


def growth_of(held: Held, more: tuple[Pump, ...] = ()) -> Growth:
    """Return the worst growth over all pumps, in a replacement and in a full match.

    A replacement searches from every place, as `search`, `split` and `findall` do.
    """
    pattern = held.pattern
    worst = Growth(0.0, 0.0)
    slow: list[tuple[float, str, Pump]] = []
    at_once = 0
    for pump in (*more, *pumps_of(pattern.pattern, pattern.flags)):
        for how in ("sub", "fullmatch"):
            length = GLANCE * min(8, 1 + len(pump.pump) // 2)
            taken = seconds(pattern, how, pump, length)
            if taken >= CUT_OFF:
                return Growth(math.inf, taken, how, pump)
            if taken > FAR_TOO_SLOW * FAST * length and at_once < MOST_AT_ONCE:
                at_once += 1
                worst = max(worst, _measured_in_part(pattern, how, pump), key=_badness)
                if worst.is_too_fast:
                    return worst
            elif taken > FAST * length:
                slow.append((taken / length, how, pump))
    slow.sort(key=lambda one: -one[0])
    for rate, how, pump in slow[:6] + slow[6:60:9]:
        measured = _measured_in_part if rate > FAR_TOO_SLOW * FAST else _measured
        worst = max(worst, measured(pattern, how, pump), key=_badness)
        if worst.is_too_fast:
            break
    return worst


def _badness(growth: Growth) -> tuple[bool, float, float]:
    return growth.is_too_fast, growth.exponent, growth.seconds


def _measured_in_part(pattern: AnyPattern, how: str, pump: Pump) -> Growth:
    """Compare two shorter lengths, and the usual ones where these look too fast.

    A repetition with a bound grows faster below it than above.
    """
    found = _measured(pattern, how, pump, FIRST_PART)
    return _measured(pattern, how, pump) if found.is_too_fast else found


def _measured(pattern: AnyPattern, how: str, pump: Pump, part: int = 1) -> Growth:
    """Compare two lengths; measure again, up to five times, as long as the growth looks too fast.

    Processor time of the least disturbed run counts, so that a busy machine does not look like growth.
    Of lengths that are a `part` of the usual ones, the time is that of so many of them.
    """
    short = long = CUT_OFF
    found = Growth(0.0, 0.0)
    for _ in range(5):
        long = min(long, seconds(pattern, how, pump, LONG // part))
        short = min(short, sorted(seconds(pattern, how, pump, SHORT // part) for _ in range(3))[1])
        exponent = math.log(long / short) / math.log(LONG / SHORT)
        found = Growth(exponent, min(long * part, CUT_OFF), how, pump)
        if not found.is_too_fast or long >= CUT_OFF:
            break
    return found


def seconds(pattern: AnyPattern, how: str, pump: Pump, length: int) -> float:
    """Return the processor time of one run; `CUT_OFF` where it was given up."""
    text = pump.text(length)
    nothing: str | bytes = ""
    given: str | bytes = text
    if isinstance(pattern.pattern, bytes):
        given, nothing = text.encode("latin-1", "replace"), b""
    arguments = (nothing, given) if how == "sub" else (given,)
    run = getattr(pattern, how)
    before = signal.signal(signal.SIGPROF, _strike)
    signal.setitimer(signal.ITIMER_PROF, CUT_OFF)
    start = time.thread_time()
    try:
        run(*arguments)
    except _TooLong:
        return CUT_OFF
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return min(max(time.thread_time() - start, 1e-6), CUT_OFF)


def main() -> None:
    """Print a line for each pattern, the fastest growing last."""
    wanted = sys.argv[1:]
    found = [
        (growth_of(held), held)
        for held in held_patterns()
        if not wanted or any(name in held.place for name in wanted)
    ]
    print("exponent  ms for 32,000 characters")
    for growth, held in sorted(found, key=lambda pair: (pair[0].is_too_fast, pair[0].exponent)):
        if growth.pump is None:
            print(f" linear       fast            {held.place}")
            continue
        mark = "*" if growth.is_too_fast else " "
        shown = f"{growth.pump.head!r} + {growth.pump.pump!r} * n + {growth.pump.tail!r}"
        exponent = f"{growth.exponent:6.2f}" if growth.seconds < CUT_OFF else "   cut"
        milliseconds = f"{growth.seconds * 1000:10.2f}"
        print(f"{mark}{exponent} {milliseconds}  {growth.how:9} {held.place}  {shown}")


if __name__ == "__main__":
    main()
