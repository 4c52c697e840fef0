"""Runs whose clock looks wrong: listed, and marked by an operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import render
from gongkai.archive.terminal.text_width import columns
from gongkai.clock import seconds_of, stamp_of, utc_stamp
from gongkai.messages import message

if TYPE_CHECKING:
    from gongkai.crawler.warc.store import Snapshots

MARKED = "marked"
OPINIONS = {
    "wrong": message("clock_is_wrong"),
    MARKED: message("clock_is_marked"),
    "doubtful": message("clock_is_doubtful"),
}
"""What is thought of the clock of a run, and the text that says so."""

SHORTEST_ID = 8
"""So many digits of the id of a run may stand for it where they are those of one run alone."""


@dataclass(frozen=True, slots=True)
class SuspectRun:
    """A run whose clock looks wrong or is marked; times are UTC, ISO.

    `started` is by our clock, `seen_at` when it probably began. `server_lead` are the seconds by which
    its servers were ahead, None where they did not say. `out_of_order` tells that its time does not fit
    between the runs before and after it.
    """

    run: str
    site: str
    started: str
    seen_at: str
    server_lead: int | None
    out_of_order: bool
    clock: str
    remark: str


def suspect_runs(kept: Snapshots) -> list[SuspectRun]:
    """Return the runs that look wrong or are marked, in order of fetching."""
    from gongkai.crawler.clock.clock_marks import read_marks

    marks = read_marks(kept.folder)
    found: dict[str, SuspectRun] = {}
    for each in kept.index.stretches.verdicts.suspects():
        stretch, verdict = each.stretch, each.verdict
        mark = marks.get(stretch.run)
        suspect = SuspectRun(
            run=stretch.run,
            site=stretch.site,
            started=stamp_of(stretch.started),
            seen_at=stamp_of(stretch.started + verdict.shift),
            server_lead=stretch.lead,
            out_of_order=verdict.out_of_order,
            clock=verdict.clock,
            remark=mark.remark if mark else "",
        )
        found.setdefault(stretch.run or f"{stretch.site} {stretch.started}", suspect)
    return list(found.values())


def mark_run(kept: Snapshots, given: str, remark: str) -> str:
    """Mark the clock of a run as wrong, beside the originals; return the id of the run.

    Raises:
        ArchiveError: there is no such run, or there are several.
        OSError: the file of marks cannot be written.
    """
    from gongkai.crawler.clock.clock_marks import ClockMark, read_marks, write_marks
    from gongkai.crawler.warc.locks import folder_lock

    run = _find_run([each.id for each in kept.runs()], given)
    with folder_lock(kept.folder):
        marks = read_marks(kept.folder) | {run: ClockMark(remark, utc_stamp())}
        write_marks(kept.folder, marks)
    kept.apply_marks()
    return run


def unmark_run(kept: Snapshots, given: str) -> str:
    """Take a mark away; return the id of the run.

    Raises:
        ArchiveError: no such run is marked.
        OSError: the file of marks cannot be written.
    """
    from gongkai.crawler.clock.clock_marks import read_marks, write_marks
    from gongkai.crawler.warc.locks import folder_lock

    with folder_lock(kept.folder):
        marks = read_marks(kept.folder)
        run = _find_run(list(marks), given)
        del marks[run]
        write_marks(kept.folder, marks)
    kept.apply_marks()
    return run


def _find_run(known: Sequence[str], given: str) -> str:
    wanted = given.strip().replace("-", "").lower()
    exact = [run for run in known if run == wanted]
    found = exact or [run for run in known if len(wanted) >= SHORTEST_ID and run.startswith(wanted)]
    if len(found) != 1:
        raise ArchiveError("clock_run_unknown" if not found else "clock_run_unclear", run=given)
    return found[0]


def clock_lines(suspects: Sequence[SuspectRun]) -> Iterator[str]:
    """Yield the runs as lines, and what can be done."""
    wrong = [each for each in suspects if each.clock != MARKED]
    if suspects:
        heads = ("clock_head_run", "head_site", "clock_head_ours", "clock_head_probable")
        rows = [[*map(render, heads), render("clock_head_why")]]
        rows += [
            [each.run, each.site, each.started, each.seen_at, _reasons(each)] for each in suspects
        ]
        yield from columns(rows, left=5)
    yield render("clock_runs_wrong", n=len(wrong)) if wrong else render("clock_runs_right")


def _reasons(each: SuspectRun) -> str:
    reasons = [OPINIONS[each.clock]]
    if each.server_lead:
        theirs = stamp_of(seconds_of(each.started) + each.server_lead)
        reasons.append(message("clock_of_servers", at=theirs))
    if each.out_of_order:
        reasons.append(message("clock_out_of_order"))
    text = render("clock_reasons", reasons=tuple(reasons))
    return f"{text} ({each.remark})" if each.remark else text


def clock_data(suspects: Sequence[SuspectRun]) -> list[dict[str, object]]:
    """Return the runs as plain data."""
    return [asdict(each) for each in suspects]
