"""Entering the known portals of a region: one line each, a report at the end, and what is remembered."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gongkai import clock
from gongkai.archive.commands.shared.portal_list import PortalState, portal_states
from gongkai.archive.commands.shared.probe_report import site_data
from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import render, render_stored
from gongkai.archive.terminal.text_width import strip_control_characters
from gongkai.crawler.sites.failures import (
    NAMED,
    failure_of,
    failures_path,
    forget_failures,
    note_failure,
    read_failures,
)
from gongkai.crawler.sites.portals import Portal
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.crawler.sites.registry_file import register_site
from gongkai.errors import cause_of

if TYPE_CHECKING:
    from gongkai.crawler.entry import Entry

OUTCOMES = {
    "entered": "entry_entered",
    "moved": "entry_moved",
    "elsewhere": "entry_elsewhere",
    "other_place": "entry_other_place",
    "duplicate": "entry_duplicate",
    "no_reports": "entry_no_reports",
    "blocked": "entry_blocked",
    "robots": "entry_robots",
    "stub": "entry_stub",
    "unreachable": "entry_unreachable",
    "busy": "entry_busy",
}
"""What can become of a portal, in the order of the report, and the text that names it."""


@dataclass(frozen=True, slots=True)
class RegionRequest:
    """Which portals are entered, and how they are asked.

    A portal that failed less than `retry_days` ago is left out, unless `again` is set.
    """

    registry: RegistryFiles
    prefix: str
    level: str
    kind: str
    again: bool
    retry_days: int
    departments: bool
    at_once: int
    proxy: str | None
    settings: Mapping[str, str]
    as_json: bool = False


@dataclass(slots=True)
class RegionReport:
    """What became of the portals of a region; `entered_before` and `failed_before` were not asked."""

    entered_before: int = 0
    failed_before: int = 0
    total: int = 0
    entries: list[Entry] = field(default_factory=list)

    @property
    def failed(self) -> list[Entry]:
        """The portals that were asked and not entered."""
        return [entry for entry in self.entries if entry.site is None]

    def lines(self) -> Iterator[str]:
        """Yield the report: a line for each outcome, with the portals sorted by code."""
        yield render("entries_counted", n=len(self.entries))
        for outcome, key in OUTCOMES.items():
            met = [entry for entry in self.entries if entry.outcome == outcome]
            if met:
                met.sort(key=lambda entry: (entry.portal.code, entry.portal.url))
                names = render("list_separator").join(_short(entry) for entry in met)
                line = render("entry_count", outcome=render(key), n=len(met), names=names)
                yield f"  {line}"
        if self.entered_before or self.failed_before:
            yield render("entries_skipped", entered=self.entered_before, failed=self.failed_before)

    def data(self) -> dict[str, Any]:
        """Return the report as data."""
        entries = sorted(self.entries, key=lambda entry: (entry.portal.code, entry.portal.url))
        return {
            "entries": [entry_data(entry) for entry in entries],
            "counts": {
                outcome: sum(entry.outcome == outcome for entry in entries) for outcome in OUTCOMES
            },
            "entered_before": self.entered_before,
            "failed_before": self.failed_before,
        }


def choose_portals(request: RegionRequest, today: date) -> tuple[list[Portal], RegionReport]:
    """Return the portals to be asked, and a report that counts the others.

    Raises:
        ArchiveError: No portal of the region is known.
    """
    states = _states(request)
    if not states:
        raise ArchiveError("region_without_portals", code=request.prefix)
    asked, entered, failed = [], 0, 0
    for each in states:
        is_waiting = each.failure and not each.failure.is_due(today, request.retry_days)
        if each.site:
            entered += 1
        elif is_waiting and not request.again:
            failed += 1
        else:
            asked.append(each.portal)
    return asked, RegionReport(entered, failed)


def enter_region(request: RegionRequest, asked: Sequence[Portal], report: RegionReport) -> None:
    """Probe portals, and write down what became of each as soon as it is known.

    A command that is stopped has lost no result: run again, it asks the rest.

    Raises:
        ArchiveError: The proxy or a setting cannot be used.
    """
    departments = _enter(request, asked, report, {})
    if departments:
        enter_departments(request, departments, report)


def enter_departments(
    request: RegionRequest, departments: Mapping[Portal, str], report: RegionReport
) -> None:
    """Probe departments as `enter_region` does; each has the id of the site whose pages name it.

    They are written down first, so that a command that is stopped does not forget them.
    """
    due = _write_down_departments(request, departments)
    report.failed_before += len(departments) - len(due)
    if due:
        parents = {portal.host: parent for portal, parent in departments.items()}
        _enter(request, due, report, parents)


def _write_down_departments(request: RegionRequest, departments: Iterable[Portal]) -> list[Portal]:
    """Remember departments that wait to be probed; return those that are due."""
    path = failures_path(request.registry.written)
    today = clock.china_today()
    before = read_failures(path)
    due = []
    for department in departments:
        failure = before.get(department.host)
        if failure is None:
            note_failure(path, failure_of(department, today, NAMED, ""))
        if failure is None or request.again or failure.is_due(today, request.retry_days):
            due.append(department)
    return due


def _enter(
    request: RegionRequest,
    asked: Sequence[Portal],
    report: RegionReport,
    parents: Mapping[str, str],
) -> dict[Portal, str]:
    """Probe portals; return the departments that their pages name, with the ids of their sites."""
    from gongkai.crawler.entry import departments_of, enter_portals
    from gongkai.crawler.runs.settings_check import check_settings

    departments: dict[str, tuple[Portal, str]] = {}
    report.total += len(asked)
    with tempfile.TemporaryDirectory(prefix="gongkai-probe-") as folder:
        try:
            check_settings(request.settings)
            for entry in enter_portals(
                asked,
                request.registry.load(may_lack=True),
                Path(folder),
                proxy=request.proxy,
                settings=request.settings,
                workers=request.at_once,
                program="gongkai.archive.cli",
                parents=parents,
            ):
                if entry.site and request.departments:
                    named = departments_of(entry, request.registry.load(may_lack=True))
                    _write_down_departments(request, named)
                    for each in named:
                        departments.setdefault(each.host, (each, entry.site.id))
                _write_down(request.registry, entry)
                report.entries.append(entry)
                line = entry_line(entry, len(report.entries), report.total)
                click.echo(line, err=request.as_json)
        except ValueError as problem:
            raise ArchiveError("probe_impossible", why=cause_of(problem)) from problem
    return dict(departments.values())


def _write_down(registry: RegistryFiles, entry: Entry) -> None:
    """Write the entry of a portal to the registry, or its failure beside it."""
    today = clock.china_today()
    path = failures_path(registry.written)
    if entry.outcome == "busy":
        return  # a crawl asks its host just now; that says nothing of the portal
    if entry.site is None:
        why = str(entry.why) if entry.why else ""
        note_failure(path, failure_of(entry.portal, today, entry.outcome, why))
        return
    note = f"{entry.found.reached} were named by its lists on {today.isoformat()}"
    register_site(registry.written, entry.site, note)
    forget_failures(path, [entry.portal.host])


def entry_line(entry: Entry, number: int, total: int) -> str:
    """Return the line of a portal: how far the region is, the place, and what became of it."""
    portal = f"[{number}/{total}] {entry.portal.code} {entry.portal.name}"
    outcome = render(OUTCOMES[entry.outcome])
    if entry.site is None:
        return render("entry_failed_line", portal=portal, outcome=outcome, why=_why(entry))
    line = render(
        "entry_line",
        portal=portal,
        outcome=outcome,
        site=entry.site.id,
        url=entry.site.url,
        n=entry.found.reached,
    )
    return f"{line} ({_why(entry)})" if entry.why else line


def entry_data(entry: Entry) -> dict[str, Any]:
    """Return what became of a portal as data."""
    return {
        "code": entry.portal.code,
        "name": entry.portal.name,
        "url": entry.portal.url,
        "outcome": entry.outcome,
        "why": _why(entry) if entry.why else "",
        "reports": entry.found.reached,
        "site": site_data(entry.site) if entry.site else None,
    }


def _why(entry: Entry) -> str:
    if entry.why is None:
        return render("entry_without_reason")
    return strip_control_characters(render_stored(entry.why))


def _short(entry: Entry) -> str:
    """Return a portal in the report, with its new host where it moved."""
    if entry.outcome == "moved" and entry.site:
        return f"{entry.portal.name} → {entry.site.host}"
    return entry.portal.name


def _states(request: RegionRequest) -> list[PortalState]:
    """Return the known portals of the region; sites that no table knows are left out.

    With departments, those that pages have named and that wait are among them.
    """
    states = portal_states(
        request.registry.load(may_lack=True),
        read_failures(failures_path(request.registry.written)),
        request.prefix,
        request.level,
        request.kind,
    )
    return [
        each for each in states if each.portal.confidence or (each.failure and request.departments)
    ]
