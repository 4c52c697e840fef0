"""What one night gave, on one screen, and whether a person has to look."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.archive.pipeline.builder import BuildResult
from gongkai.archive.publication.publisher import PublishResult
from gongkai.archive.terminal.text_width import columns
from gongkai.catalogue import Language, stored_message, stored_text, text
from gongkai.crawler.warc.snapshot import Run
from gongkai.errors import NEEDS_A_PERSON
from gongkai.messages import Message, message

COUNT_HEADS = {
    "requests": "head_pages",
    "new": "head_new",
    "changed": "head_changed",
    "unchanged": "head_unchanged",
    "gone": "head_gone",
    "blocked": "head_blocked",
    "errors": "head_errors",
    "reports": "head_documents",  # a page and its attachment are two documents of one report
}
SUCCESSFUL_OUTCOMES = ("ok", "partial")
"""Outcomes of runs that need no person: all was fetched, or as much as fits into one night."""

SITES_NAMED = 20
"""Portals that one line names."""

CLOCK_APART = "run_clock_apart"
"""Key of the remark of a run whose clock was not that of its servers."""

_MOVES = {
    "removed": "moves_removed",
    "returned": "moves_returned",
    "missed": "moves_missed",
    "hostile": "moves_hostile",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many reports and agencies the archive has, and failed checks by verdict."""

    reports: int
    agencies: int
    failed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Night:
    """One crawl of the portals, the build after it, and the publication where one was asked for.

    `unpublished` says why there is none, None where none was asked for or it succeeded.
    `digests` tells how many mails went to subscribers, `undelivered` what went wrong with them.
    `warnings` need no person to act tonight: an odd clock, a timestamp that the next night asks for.
    """

    runs: Sequence[Run]
    built: BuildResult
    totals: Totals
    published: PublishResult | None = None
    unpublished: Message | None = None
    warnings: tuple[Message, ...] = ()
    digests: Message | None = None
    undelivered: tuple[Message, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 when something needs a person.

        Failed checks are findings about reports: they need no person.
        """
        return NEEDS_A_PERSON if self.troubles else 0

    @property
    def troubles(self) -> list[Message]:
        """What needs a person."""
        return [
            *(_run_trouble(run) for run in self.runs if run.outcome not in SUCCESSFUL_OUTCOMES),
            *(
                message("trouble_blocked", site=run.site, n=run.counts["blocked"])
                for run in self.runs
                if run.outcome in SUCCESSFUL_OUTCOMES and run.counts.get("blocked")
            ),
            *(
                _run_trouble(run)
                for run in self.runs
                if run.outcome == "partial" and not run.counts.get("requests")
            ),
            *(message("original_lost", original=lost) for lost in self.built.lost),
            *self.built.postponed,
            *(message("report_unattributed", url=url) for url in self.built.unattributed),
            *(
                message("lineage_line_unknown", line=each.line)
                for each in self.built.unknown_corrections
            ),
            *((self.unpublished,) if self.unpublished else ()),
            *self.undelivered,
        ]

    @property
    def subject(self) -> Message:
        """The night in one line, as the subject of a notification."""
        troubles = self.troubles
        if not troubles:
            return message("night_well_subject", n=self.totals.reports)
        return message("night_trouble_subject", n=len(troubles), first=troubles[0])

    def data(self, lang: Language) -> dict[str, Any]:
        """Return the night as plain data, its texts in a language."""
        return {
            "runs": [run_data(run, lang) for run in self.runs],
            "build": self.built.data(lang),
            "reports": self.totals.reports,
            "agencies": self.totals.agencies,
            "failed_checks": dict(self.totals.failed),
            "published": self.published.data(lang) if self.published else None,
            "digests": text(lang, self.digests) if self.digests else None,
            "troubles": [text(lang, trouble) for trouble in self.troubles],
            "warnings": [text(lang, warning) for warning in self.warnings],
            "exit_code": self.exit_code,
        }

    def lines(self, lang: Language) -> Iterator[str]:
        """Yield the summary in a language, one screen of it."""
        yield from run_lines(self.runs, lang)
        for run in self.runs:
            moves = [
                text(lang, key, n=run.counts[name])
                for name, key in _MOVES.items()
                if run.counts.get(name)
            ]
            if moves:
                yield f"{run.site}: {' · '.join(moves)}"
            is_remark = run.why and run.outcome in SUCCESSFUL_OUTCOMES
            if is_remark and not _is_about_clock(run):
                yield f"{run.site}: {stored_text(lang, run.why)}"
        apart = [run for run in self.runs if _is_about_clock(run)]
        if apart and not self.warnings:  # once, and not for each of a thousand portals
            yield text(lang, "runs_clock_apart", n=len(apart), first=stored_message(apart[0].why))
        yield ""
        yield text(lang, build_summary(self.built))
        if advice := region_advice(self.built):
            yield text(lang, advice)
        yield text(
            lang,
            "archive_summary",
            reports=message("reports_counted", n=self.totals.reports),
            agencies=message("agencies_counted", n=self.totals.agencies),
            failed=self._failed(lang),
        )
        if walls := self.built.missing_walls:
            yield text(lang, "walls_missing", walls=walls)
        if self.published:
            yield text(lang, publication_summary(self.published))
            yield text(lang, publication_kind(self.published))
        if self.digests:
            yield text(lang, self.digests)
        for warning in self.warnings:
            yield text(lang, "night_warning", why=warning)
        for trouble in self.troubles:
            yield text(lang, "needs_a_person", trouble=trouble)

    def _failed(self, lang: Language) -> str:
        count = text(lang, "failed_checks_counted", n=sum(self.totals.failed.values()))
        verdicts = tuple(
            message("verdict_counted", verdict=message(f"code.verdict.{verdict}"), count=n)
            for verdict, n in self.totals.failed.items()
        )
        return text(lang, "with_verdicts", failed=count, verdicts=verdicts) if verdicts else count


def _is_about_clock(run: Run) -> bool:
    return run.why.partition(" ")[0] == CLOCK_APART


def _run_trouble(run: Run) -> Message:
    why = stored_message(run.why)
    return message("trouble_run", site=run.site, outcome=run.outcome, why=why)


def build_summary(built: BuildResult) -> Message:
    """Return what a build did, in one line."""
    if not built.has_changes:
        return message("build_without_news")
    return message(
        "build_summary",
        snapshots=message("snapshots_counted", n=built.snapshots),
        documents=message("documents_read", n=built.documents),
        new=built.reports["new"],
        changed=built.reports["changed"],
        unchanged=built.reports["unchanged"],
        dropped=built.reports["dropped"],
    )


def region_advice(built: BuildResult) -> Message | None:
    """Return which portals have no known division and what to do; None where each has one."""
    if not built.regionless:
        return None
    n = len(built.regionless)
    named = ", ".join(built.regionless[:SITES_NAMED]) + (" …" if n > SITES_NAMED else "")
    return message("sites_without_region", sites=named, n=n)


def publication_summary(published: PublishResult) -> Message:
    """Return what a publication holds, in one line."""
    return message(
        "publication_summary",
        reports=message("reports_counted", n=published.counts.rows["reports"]),
        reviews=message("reviews_counted", n=published.reviews),
        size=f"{published.bytes / 1e6:.1f} MB",
        path=str(published.path),
    )


def publication_kind(published: PublishResult) -> Message:
    """Return whether a publication was made from the last one or anew, and why, in one line."""
    seconds = f"{published.seconds:.1f}"
    if published.why_full:
        return message("publication_full", why=published.why_full, seconds=seconds)
    return message("publication_renewed", n=published.replaced, seconds=seconds)


def run_data(run: Run, lang: Language) -> dict[str, Any]:
    """Return a run as plain data, its reason in a language."""
    names = ("id", "site", "started", "finished", "outcome")
    facts = {name: getattr(run, name) for name in names}
    return facts | {"why": stored_text(lang, run.why), "counts": dict(run.counts)}


def run_lines(runs: Sequence[Run], lang: Language) -> list[str]:
    """Return runs as aligned lines, with a total."""
    heads = ("head_site", "head_outcome", *COUNT_HEADS.values())
    rows = [[text(lang, head) for head in heads]]
    for run in runs:
        counts = (str(run.counts.get(name, 0)) for name in COUNT_HEADS)
        rows.append([run.site, run.outcome, *counts])
    totals = (str(sum(run.counts.get(name, 0) for run in runs)) for name in COUNT_HEADS)
    rows.append([text(lang, "head_total"), "", *totals])
    return columns(rows, left=2)


def count_totals(conn: sqlite3.Connection) -> Totals:
    """Count the reports, the agencies that have one, and the failed checks of the archive."""
    reports = conn.execute("SELECT count(*) FROM reports").fetchone()[0]
    agencies = conn.execute("SELECT count(DISTINCT agency_id) FROM reports").fetchone()[0]
    failed = conn.execute("SELECT verdict, count(*) FROM checks GROUP BY verdict ORDER BY verdict")
    return Totals(reports, agencies, dict(failed.fetchall()))
