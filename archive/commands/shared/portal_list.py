"""The portals of the country with their states: entered, failed, or only known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.archive.store.csv_formulas import escape_formula
from gongkai.archive.terminal.console import render, render_stored
from gongkai.archive.terminal.text_width import columns, strip_control_characters
from gongkai.crawler.sites.failures import Failure
from gongkai.crawler.sites.portals import (
    Portal,
    entered_hosts,
    known_portals,
    portal_of,
    select_portals,
)
from gongkai.crawler.sites.registry import Site

STATES = {
    "known": "portal_state_known",
    "entered": "portal_state_entered",
    "failed": "portal_state_failed",
}
"""The states of a portal, and the texts that name them."""


@dataclass(frozen=True, slots=True)
class PortalState:
    """A portal, and the site or the failure that it became; with neither it is only known."""

    portal: Portal
    site: Site | None = None
    failure: Failure | None = None

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if self.site is not None:
            return "entered"
        return "failed" if self.failure and not self.failure.is_waiting else "known"

    @property
    def url(self) -> str:
        """The address at which the portal is crawled, or would be."""
        return self.site.url if self.site else self.portal.url

    @property
    def name(self) -> str:
        """The name as it was registered, else that of the division or agency."""
        return self.site.name if self.site else self.portal.name

    def note(self) -> str:
        """Return what a reader has to know besides, "" where there is nothing."""
        if self.site:
            former = ", ".join(self.site.former_urls)
            notes = [
                "" if self.site.enabled else render("portal_disabled"),
                render("portal_former_url", url=former) if former else "",
                render("portal_parent", parent=self.site.parent) if self.site.parent else "",
            ]
            return " · ".join(filter(None, notes))
        if self.failure and not self.failure.is_waiting:
            return f"{self.failure.on} {strip_control_characters(render_stored(self.failure.why))}"
        return ""


def portal_states(
    sites: Sequence[Site],
    failures: Mapping[str, Failure],
    prefix: str = "",
    level: str = "",
    kind: str = "",
    state: str = "",
) -> list[PortalState]:
    """Return the known portals and the sites of the registry, sorted by code; "" stands for any.

    Departments that a page names, and that no table has, are among the known ones.
    """
    entered = entered_hosts(sites)
    named_by_pages = [each.portal for each in failures.values() if not each.portal.confidence]
    known = select_portals((*known_portals(), *named_by_pages), prefix, level, kind)
    shown = [
        PortalState(portal, entered.get(portal.host), failures.get(portal.host)) for portal in known
    ]
    named = {each.site.id for each in shown if each.site}
    own = [(portal_of(site), site) for site in sites if site.id not in named]
    shown += [
        PortalState(portal, site)
        for portal, site in own
        if select_portals([portal], prefix, level, kind)
    ]
    shown.sort(key=lambda each: (each.portal.code, each.portal.kind != "government"))
    return [each for each in shown if state in ("", each.state)]


def portal_lines(shown: Iterable[PortalState]) -> list[str]:
    """Return a table for a person."""
    heads = ("head_state", "head_region", "head_site", "head_name", "head_url", "head_note")
    rows = [[render(head) for head in heads]]
    rows += [
        [
            render(STATES[each.state]),
            each.portal.code,
            each.site.id if each.site else "",
            strip_control_characters(each.name),
            each.url,
            each.note(),
        ]
        for each in shown
    ]
    return columns(rows, left=6)


def portal_data(each: PortalState) -> dict[str, Any]:
    """Return a portal as data, with names that are the same in every language."""
    failure = each.failure if each.state == "failed" else None
    return {
        "state": each.state,
        "site": each.site.id if each.site else "",
        "code": each.portal.code,
        "name": each.name,
        "level": each.portal.level,
        "kind": each.portal.kind,
        "url": each.url,
        "cms": each.site.cms if each.site else each.portal.cms,
        "parent": each.site.parent if each.site else "",
        "enabled": each.site.enabled if each.site else None,
        "former_urls": list(each.site.former_urls) if each.site else [],
        "confidence": each.portal.confidence,
        "access": each.portal.access,
        "source": each.portal.source,
        "failed_on": failure.on if failure else "",
        "outcome": failure.outcome if failure else "",
        "why": render_stored(failure.why) if failure else "",
    }


def portal_csv(shown: Iterable[PortalState]) -> str:
    """Return portals as CSV; a text that a spreadsheet would calculate is escaped."""
    rows = [portal_data(each) for each in shown]
    names = list(portal_data(PortalState(known_portals()[0])))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_csv_value(row[name]) for name in names] for row in rows)
    return out.getvalue()


def _csv_value(value: object) -> str:
    if isinstance(value, list):
        value = " ".join(value)
    if value is None:
        return ""
    return str(escape_formula(str(value).lower() if isinstance(value, bool) else str(value)))
