"""How a run ended: its outcome and the reason, from what is known at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gongkai.crawler.components.list_ledger import Shortfall
from gongkai.messages import Message, message

BLOCKED_PREFIX = "blocked: "
"""Prefix of the name of a protection, in the counts of its block pages."""

NOT_ASKED_PREFIX = "not asked: "
"""Prefix of a host whose robots.txt could not be had, in the counts of the requests not sent."""
HOST_PREFIX = "host: "
"""Prefix of a further host of the site that the crawl has found, in the counts of its answers."""

HOSTILE_PREFIX = "hostile: "
"""Prefix of what hostile pages exceeded, in their counts."""

HOSTILE_LIMITS = {
    "time": "hostile_time",
    "memory": "hostile_memory",
    "size": "hostile_size",
    "depth": "hostile_depth",
    "crash": "hostile_crash",
    "known": "hostile_known",
}
"""What a hostile page exceeded, and the text that says so."""

UNFINISHED_REASONS = {
    "window": message("run_outside_window"),
    "budget": message("run_budget_spent"),
    "time": message("run_time_spent"),
}
"""Scrapy's finish reasons of a run that the next night continues."""


GIVEN_UP_REASONS = {
    "later": message("run_asked_to_wait"),
    "refused": message("run_refused"),
    "errors": message("run_without_answers"),
}
"""Finish reasons of a run that the site itself has ended."""

OUTSIDE_REASONS = frozenset({*UNFINISHED_REASONS, *GIVEN_UP_REASONS})
"""Finish reasons that do not matter once every page was asked for."""

LOST_LEAST, LOST_SHARE = 3, 0.1
"""A run is incomplete where it could not get as many reports that lists name, and a larger share."""

MEMORY_SPENT = "memory"
"""Finish reason of a run whose process has used up its address space."""


SHORTFALLS = {
    "rows": "list_rows_short",
    "pages": "list_pages_short",
    "column": "list_column_unread",
    "empty": "list_column_empty",
}
"""What a list was compared by, and the text that says how much of it was reached."""

LISTS_NAMED = 5
MAX_TITLE_CHARS = 60
MAX_URL_CHARS = 300


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run is judged by.

    `reason` is Scrapy's finish reason. `min_reports` is the least number of reports by the
    registry, `last_reports` the number that the last good run found, and `shrink_limit` the share
    of it that this run has to find. `lists` are those that were reached in part. `busy` and `fault`
    are what stopped the run, None without it. `home` is why the home page gave nothing to follow.
    `remark` is what an operator should know of a run that is ok. `empty_columns` are those of units
    that may rightly have no rows.
    """

    reason: str
    counts: Mapping[str, int]
    min_reports: int
    last_reports: int = 0
    shrink_limit: float = 0.5
    lists: Sequence[Shortfall] = ()
    busy: Message | None = None
    fault: Message | None = None
    home: Message | None = None
    remark: Message | None = None
    empty_columns: Sequence[Shortfall] = ()


def judge_run(facts: RunFacts) -> tuple[str, Message | None]:
    """Return the outcome of a run, and the reason where it is not ok or a remark where it is."""
    if facts.busy:
        return "busy", facts.busy
    if facts.fault:
        return "failed", facts.fault
    if facts.reason == "shutdown":
        return "interrupted", message("run_interrupted")
    if facts.reason == "blocked":
        return "failed", message("run_stopped_by_blocks", why=_describe_blocks(facts.counts))
    if facts.reason == "hostile":
        return "hostile", message("run_stopped_by_hostile", why=_describe_hostile(facts.counts))
    if facts.reason == MEMORY_SPENT:
        return "hostile", message("run_memory_spent")
    if why := GIVEN_UP_REASONS.get(facts.reason):
        return "failed", why
    if facts.reason in UNFINISHED_REASONS:
        if facts.counts.get("hostile"):
            return "hostile", _describe_hostile(facts.counts)
        if facts.counts["blocked"]:
            return "failed", _describe_blocks(facts.counts)
        return "partial", UNFINISHED_REASONS[facts.reason]
    if facts.reason != "finished":
        return "failed", message("run_stopped_early", reason=facts.reason)
    if facts.counts.get("hostile"):
        return "hostile", _describe_hostile(facts.counts)
    if why := _judge_finished(facts):
        return "failed", why
    if facts.lists:
        return "incomplete", _describe_lists(facts.lists, facts.counts)
    if facts.counts["blocked"]:
        return "failed", _describe_blocks(facts.counts)
    lost, reports = facts.counts.get("reports_lost", 0), facts.counts["reports"]
    if lost >= LOST_LEAST and lost > LOST_SHARE * (reports + lost):
        return "incomplete", message("run_reports_lost", n=lost, all=reports + lost)
    return "ok", facts.remark or _describe_empty(facts.empty_columns)


def _judge_finished(facts: RunFacts) -> Message | None:
    """Return what is wrong with a run that asked for everything, None where nothing is."""
    counts, reports = facts.counts, facts.counts["reports"]
    if reports == 0 and facts.home:
        return facts.home
    if counts["requests"] == 0:
        return message("site_not_answering")
    if reports == 0 and counts["blocked"]:
        return message("no_reports_but_blocks", why=_describe_blocks(counts))
    if hosts := _hosts_not_asked(counts):
        return message("run_hosts_not_asked", hosts=", ".join(hosts), n=len(hosts))
    if reports == 0 and (n := counts.get("redirect_loops")):
        return message("no_reports_but_loops", n=n)
    if reports == 0 and (n := counts["errors"]):
        return message("no_reports_but_errors", n=n)
    if reports == 0:
        return message("no_reports_found")
    if reports < facts.min_reports:
        return message("too_few_reports", n=reports, least=facts.min_reports)
    if reports < facts.shrink_limit * facts.last_reports:
        return message("fewer_reports_than_before", n=reports, before=facts.last_reports)
    if n := counts.get("hosts_beyond"):
        return message("run_too_many_hosts", n=n)
    if n := counts.get("hosts_busy"):
        return message("run_hosts_busy", n=n)
    if n := counts.get("unrendered"):
        return message("run_too_many_renderings", n=n)
    if n := counts.get("unfollowed"):
        return message("run_too_many_addresses", n=n)
    return None


def _hosts_not_asked(counts: Mapping[str, int]) -> list[str]:
    """Return the hosts that were not asked tonight because of their robots.txt."""
    return sorted(
        name.removeprefix(NOT_ASKED_PREFIX) for name in counts if name.startswith(NOT_ASKED_PREFIX)
    )


def _describe_blocks(counts: Mapping[str, int]) -> Message:
    """Return how many block pages there were, and of which protections."""
    kinds = [
        f"{name.removeprefix(BLOCKED_PREFIX)} {count}"
        for name, count in sorted(counts.items())
        if name.startswith(BLOCKED_PREFIX)
    ]
    if not kinds:
        return message("block_pages", n=counts["blocked"])
    return message("block_pages_of", n=counts["blocked"], kinds=", ".join(kinds))


def _describe_lists(lists: Sequence[Shortfall], counts: Mapping[str, int]) -> Message:
    """Return how many lists were reached in part, with both numbers of those that lack most.

    Block pages are named too, since they may be why.
    """
    most_lacking = sorted(lists, key=lambda each: each.reached - each.stated)[:LISTS_NAMED]
    named = tuple(
        message(
            SHORTFALLS[each.unit],
            list=_name_of(each),
            reached=each.reached,
            stated=each.stated,
        )
        for each in most_lacking
    )
    if counts["blocked"]:
        why = _describe_blocks(counts)
        return message("run_lists_incomplete_blocked", n=len(lists), lists=named, why=why)
    return message("run_lists_incomplete", n=len(lists), lists=named)


def _describe_empty(columns: Sequence[Shortfall]) -> Message | None:
    """Return how many columns of units have no rows, and the first of them; None where all have."""
    if not columns:
        return None
    named = tuple(
        message("list_column_empty", list=_name_of(each)) for each in columns[:LISTS_NAMED]
    )
    return message("run_columns_empty", n=len(columns), lists=named)


def _name_of(column: Shortfall) -> str:
    return f"{column.title[:MAX_TITLE_CHARS]} {column.url[:MAX_URL_CHARS]}".strip()


def _describe_hostile(counts: Mapping[str, int]) -> Message:
    """Return how many hostile pages there were, and what they exceeded."""
    limits = tuple(
        message(key, n=n)
        for limit, key in HOSTILE_LIMITS.items()
        if (n := counts.get(f"{HOSTILE_PREFIX}{limit}"))
    )
    return message("hostile_pages", n=counts["hostile"], limits=limits)
