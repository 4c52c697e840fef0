"""Whether a night may begin by the clock of this machine: a pure function of its witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.clock import stamp_of
from gongkai.crawler.clock.clock_verdicts import AGREEING_SITES, DAY, HOUR, TOLERANCE
from gongkai.crawler.clock.server_dates import median_lead
from gongkai.messages import Message, message

EARLIEST = 1_704_067_200
"""The beginning of 2024 in UTC: no machine with this program had an earlier time."""


@dataclass(frozen=True, slots=True)
class ClockWitnesses:
    """What is known of the time besides our clock; all times are in seconds since 1970.

    `leads` are the seconds by which the clocks of portals are ahead of ours, one for each portal
    that answered. `last_end` is when the last run ended, None without one. `published` is the newest
    day on which reports say they were published, in China, None without one.
    """

    now: int
    leads: Sequence[int] = ()
    last_end: int | None = None
    published: int | None = None


@dataclass(frozen=True, slots=True)
class StartOpinion:
    """Why a night should not start, None where it may; and what an operator should know."""

    refusal: Message | None
    warnings: tuple[Message, ...]


def judge_start(witnesses: ClockWitnesses) -> StartOpinion:
    """Return what the witnesses say of our clock.

    More than a day apart from the portals, or earlier than what is kept already: the night does not
    start. Of several portals three have to agree; one or two are believed where the last run does not
    speak for our clock.
    """
    lead, now = median_lead(witnesses.leads), witnesses.now
    times: dict[str, str] = {"now": stamp_of(now)}
    if lead is not None:
        times["portals"] = stamp_of(now + lead)
    if witnesses.last_end is not None:
        times["last"] = stamp_of(witnesses.last_end)
    if now < EARLIEST:
        return StartOpinion(message("clock_before_program", now=times["now"]), ())
    warnings: list[Message] = []
    if lead is not None and abs(lead) > TOLERANCE:
        said = message(
            "clock_apart_from_portals",
            now=times["now"],
            portals=times["portals"],
            n=len(witnesses.leads),
        )
        if abs(lead) > DAY and _are_believed(witnesses, lead):
            return StartOpinion(said, ())
        warnings.append(said)
    if witnesses.last_end is not None and now < witnesses.last_end:
        said = message("clock_before_last_run", now=times["now"], last=times["last"])
        is_confirmed = lead is not None and abs(lead) <= TOLERANCE
        if now < witnesses.last_end - TOLERANCE and not is_confirmed:
            return StartOpinion(said, ())
        if now < witnesses.last_end - TOLERANCE:
            warnings.append(message("clock_last_run_ahead", now=times["now"], last=times["last"]))
    if witnesses.published is not None and now < witnesses.published - DAY:
        day = stamp_of(witnesses.published)[:10]
        warnings.append(message("clock_before_publishing", now=times["now"], published=day))
    return StartOpinion(None, tuple(warnings))


def _are_believed(witnesses: ClockWitnesses, lead: int) -> bool:
    """Return whether portals that contradict our clock by more than a day stop the night."""
    agreeing = sum(abs(each - lead) <= HOUR for each in witnesses.leads)
    if agreeing >= AGREEING_SITES:
        return True
    if len(witnesses.leads) >= AGREEING_SITES or agreeing < len(witnesses.leads):
        return False  # they contradict each other
    if witnesses.last_end is None:
        return True
    by_portals = witnesses.now + lead
    is_possible = by_portals >= witnesses.last_end - TOLERANCE
    return is_possible and abs(by_portals - witnesses.last_end) < abs(
        witnesses.now - witnesses.last_end
    )
