"""What one night gave, on one screen, and whether a person has to look."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.archive.pipeline.builder import BuildResult
from gongkai.archive.publication.publisher import PublishResult
from gongkai.archive.terminal.status_report import columns
from gongkai.catalogue import language_of_environment, stored_text

WELL, NEEDS_A_PERSON, COULD_NOT_RUN = 0, 1, 2

_COUNTS = {
    "requests": "页面 pages",
    "new": "新增 new",
    "changed": "变更 changed",
    "unchanged": "未变 unchanged",
    "gone": "消失 gone",
    "blocked": "拦截 blocked",
    "errors": "出错 errors",
    "reports": "报告文件 documents",  # a page and its attachment are two of one report
}
WELL_RUNS = ("ok", "partial")
"""Outcomes of runs that need nobody: all was fetched, or as much as one night holds."""

_MOVES = {"removed": "撤下 removed", "returned": "恢复 returned", "missed": "待确认 missing once"}


@dataclass(frozen=True, slots=True)
class Totals:
    """How the archive stands."""

    reports: int
    agencies: int
    failed: Mapping[str, int]  # verdict -> failed checks


@dataclass(frozen=True, slots=True)
class Night:
    """One crawl of the portals, the build after it, and the publication where one was asked for.

    `unpublished` says why there is none.
    """

    runs: Sequence[Any]
    built: BuildResult
    totals: Totals
    published: PublishResult | None = None
    unpublished: str = ""

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 when something needs a person. Failed checks are findings, not faults."""
        return NEEDS_A_PERSON if self.troubles else WELL

    @property
    def troubles(self) -> list[str]:
        """What needs a person, in words."""
        return [
            *(
                f"{r.site}: {r.outcome} {reason(r)}".strip()
                for r in self.runs
                if r.outcome not in WELL_RUNS
            ),
            *(
                f"{run.site}: 被拦截 blocked {run.counts['blocked']}"
                for run in self.runs
                if run.outcome in WELL_RUNS and run.counts.get("blocked")
            ),
            *(
                f"{run.site}: {run.outcome} {reason(run)}"
                for run in self.runs
                if run.outcome == "partial" and not run.counts.get("requests")
            ),
            *(f"原件缺损 original lost: {lost}" for lost in self.built.lost),
            *(f"机关或年度不明 agency or year unknown: {url}" for url in self.built.unattributed),
            *((self.unpublished,) if self.unpublished else ()),
        ]

    @property
    def subject(self) -> str:
        """The night in one line, as the subject of a message."""
        troubles = len(self.troubles)
        if not troubles:
            return f"Gongkai: 一切正常 all is well, 报告 {self.totals.reports} reports"
        return f"Gongkai: 需要处理 {troubles} needs a person: {self.troubles[0]}"

    def data(self) -> dict[str, Any]:
        """Return the night as plain data."""
        return {
            "runs": [run_data(run) for run in self.runs],
            "build": self.built.data(),
            "reports": self.totals.reports,
            "agencies": self.totals.agencies,
            "failed_checks": dict(self.totals.failed),
            "published": self.published.data() if self.published else None,
            "troubles": self.troubles,
            "exit_code": self.exit_code,
        }

    def lines(self) -> Iterator[str]:
        """Yield the summary, one screen of it."""
        yield from run_lines(self.runs)
        for run in self.runs:
            if moves := [
                f"{text} {run.counts[key]}" for key, text in _MOVES.items() if run.counts.get(key)
            ]:
                yield f"{run.site}: {' · '.join(moves)}"
            if run.outcome == "partial":
                yield f"{run.site}: {reason(run)}"
        yield ""
        yield self.built.line()
        yield (
            f"档案 archive: 报告 {self.totals.reports} reports · "
            f"机关 {self.totals.agencies} agencies · {self._failed()}"
        )
        if self.published:
            yield self.published.line()
        for trouble in self.troubles:
            yield f"需要处理 needs a person: {trouble}"

    def _failed(self) -> str:
        count = sum(self.totals.failed.values())
        verdicts = ", ".join(f"{verdict} {n}" for verdict, n in self.totals.failed.items())
        return f"未通过核对 {count} failed checks" + (f" ({verdicts})" if verdicts else "")


def run_data(run: Any) -> dict[str, Any]:
    """Return a run as plain data."""
    names = ("id", "site", "started", "finished", "outcome")
    known = {name: getattr(run, name) for name in names}
    return known | {"why": reason(run), "counts": dict(run.counts)}


def reason(run: Any) -> str:
    """Return why a run did not go well, in the language of the environment; "" where it did."""
    return stored_text(language_of_environment(), run.why) if run.why else ""


def run_lines(runs: Sequence[Any]) -> list[str]:
    """Return runs as aligned lines, with a total."""
    rows = [["网站 site", "结果 outcome", *_COUNTS.values()]]
    for run in runs:
        rows.append([run.site, run.outcome, *(str(run.counts.get(name, 0)) for name in _COUNTS)])
    totals = (str(sum(run.counts.get(name, 0) for run in runs)) for name in _COUNTS)
    rows.append(["合计 total", "", *totals])
    return columns(rows, left=2)


def totals(conn: sqlite3.Connection) -> Totals:
    """Return how the archive stands."""
    (reports,) = conn.execute("SELECT count(*) FROM reports").fetchone()
    (agencies,) = conn.execute("SELECT count(*) FROM agencies").fetchone()
    failed = conn.execute("SELECT verdict, count(*) FROM checks GROUP BY verdict ORDER BY verdict")
    return Totals(reports, agencies, dict(failed.fetchall()))
