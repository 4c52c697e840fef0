"""What a probe found, as lines for a person and as data for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gongkai.archive.terminal.console import render
from gongkai.archive.terminal.text_width import fact_lines, strip_control_characters
from gongkai.crawler.sites.registry import Site
from gongkai.extract.chinese.divisions import regions

if TYPE_CHECKING:
    from gongkai.crawler.probe import ProbeResult

SAMPLE = 5
"""Titles and columns that are shown of a probe."""

LEVELS = {"county": "level_county", "department": "level_department", "town": "level_town"}


def probe_lines(site: Site, found: ProbeResult) -> list[str]:
    """Return what was found, on one screen."""
    region = regions().get(site.region_code)
    families = ", ".join(f"{name} ×{count}" for name, count in found.families.items())
    facts = {
        render("head_site"): f"{site.name} · {site.url}",
        render("head_region"): f"{site.region_code} {region.full_name if region else ''}".rstrip(),
        render("head_cms"): site.cms + (f" ({families})" if families else ""),
        render("head_pages"): render(
            "probe_pages", pages=found.run.counts.get("requests", 0), blocked=found.blocked
        ),
        render("head_units"): str(found.units),
        render("head_reports"): render(
            "probe_reports",
            named=len(found.reports),
            confirmed=found.confirmed,
            opened=found.opened,
        ),
    }
    if site.render:
        facts[render("head_browser")] = render("probe_rendered")
    return [
        *fact_lines(facts),
        *(f"  {render(LEVELS[level])}: {count}" for level, count in found.levels.items()),
        f"{render('head_columns')}: {len(found.columns)}",
        *_examples(found),
        *(render("own_host", host=host) for host in found.hosts),
        *(render("other_host", host=host, n=count) for host, count in found.elsewhere.items()),
        *unfollowed_lines(found),
        *_departments(found),
    ]


def probe_data(site: Site, found: ProbeResult) -> str:
    """Return what was found as JSON."""
    return json.dumps(
        {
            "entry": site_data(site),
            "pages": found.run.counts.get("requests", 0),
            "blocked": found.blocked,
            "families": dict(found.families),
            "units": found.units,
            "reports": len(found.reports),
            "levels": dict(found.levels),
            "opened": found.opened,
            "confirmed": found.confirmed,
            "columns": [{"title": c.title, "rows": c.rows, "url": c.url} for c in found.columns],
            "elsewhere": dict(found.elsewhere),
            "unfollowed": unfollowed_data(found),
            "hosts": list(found.hosts),
            "departments": [{"name": d.name, "url": d.url} for d in found.departments],
        },
        ensure_ascii=False,
        indent=1,
    )


def unfollowed_lines(found: ProbeResult) -> Iterator[str]:
    """Yield the links beside doors of disclosure that were not followed, under a line of their own."""
    if found.unfollowed:
        yield render("links_not_followed", n=len(found.unfollowed))
    for link in found.unfollowed:
        text, url = map(strip_control_characters, (link.text, link.url))
        yield f"  {text} ×{link.pages} {url}"


def unfollowed_data(found: ProbeResult) -> list[dict[str, Any]]:
    """Return the links that were not followed as data."""
    return [{"text": u.text, "pages": u.pages, "url": u.url} for u in found.unfollowed]


def site_data(site: Site) -> dict[str, Any]:
    """Return an entry of the registry as data; fields at their default that are rare are left out."""
    data: dict[str, Any] = {
        "id": site.id,
        "name": site.name,
        "region_code": site.region_code,
        "url": site.url,
        "cms": site.cms,
        "min_reports": site.min_reports,
        "hosts": list(site.hosts),
    }
    if site.parent:
        data["parent"] = site.parent
    if not site.enabled:
        data["enabled"] = False
    if site.render:
        data["render"] = True
    if site.former_urls:
        data["former_urls"] = list(site.former_urls)
    return data


def _departments(found: ProbeResult) -> Iterator[str]:
    """Yield the units with hosts of their own, which are sites of their own."""
    if found.departments:
        yield render("departments_elsewhere", n=len(found.departments))
    for department in found.departments[:SAMPLE]:
        yield f"  {strip_control_characters(department.name)} {department.url}"


def _examples(found: ProbeResult) -> Iterator[str]:
    for column in found.columns[:SAMPLE]:
        yield f"  {strip_control_characters(column.title)} ({column.rows}) {column.url}"
    for title in list(found.reports.values())[:SAMPLE]:
        yield f"  · {strip_control_characters(title)}"
