"""gongkai sites: the portals listed, probed, registered and compared with their entries."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.crawl_progress import CrawlProgress
from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import (
    echo,
    group,
    language,
    option,
    render,
    render_stored,
)
from gongkai.archive.terminal.text_width import columns, fact_lines, strip_control_characters
from gongkai.crawler.sites.add_site import (
    ensure_id_free,
    ensure_not_registered,
    normalize_home_url,
    propose_id,
    register_site,
)
from gongkai.crawler.sites.registry import LOCAL_REGISTRY, Site, load_sites
from gongkai.errors import NEEDS_A_PERSON, cause_of
from gongkai.extract.chinese.divisions import regions
from gongkai.messages import Message, message

if TYPE_CHECKING:
    from gongkai.crawler.probe import ProbeResult

SAMPLE = 5
"""Titles and columns that are shown of a probe."""

LEVELS = {"county": "level_county", "department": "level_department", "town": "level_town"}


@group(help="sites_help", short_help="sites_short")
def sites() -> None:
    """List, register and check the portals."""


@sites.command(name="list", help="sites_list_help", short_help="sites_list_short")
@options.registry
@options.as_json
def list_sites(registry: Path | None, as_json: bool) -> None:
    """List the portals of the registry."""
    known = load_sites(registry)
    if as_json:
        click.echo(json.dumps([_site_data(site) for site in known], ensure_ascii=False, indent=1))
        return
    heads = ("head_site", "head_name", "head_region", "head_cms", "head_url", "head_floor")
    rows = [[render(head) for head in heads]]
    rows += [[s.id, s.name, s.region_code, s.cms, s.url, str(s.min_reports)] for s in known]
    click.echo("\n".join(columns(rows, left=5)))


@sites.command(help="sites_add_help", short_help="sites_add_short")
@click.argument("url")
@option("--id", "site_id", default="", help="option_site_id")
@option("--name", default="", help="option_site_name")
@option("--region", default="", help="option_site_region")
@option("--host", "hosts", multiple=True, help="option_site_host")
@option("--dry-run", is_flag=True, help="option_dry_run")
@options.registry
@options.proxy
@options.settings
@options.as_json
def add(
    url: str,
    site_id: str,
    name: str,
    region: str,
    hosts: tuple[str, ...],
    dry_run: bool,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """Probe a portal and write its entry to the registry.

    The entry goes to the file that --sites names, else to sites.toml here.
    """
    known = load_sites(registry if registry and registry.exists() else None)
    home = normalize_home_url(url)
    ensure_not_registered(home, known)
    site_id = site_id or propose_id(home, [site.id for site in known])
    hosts = tuple(host.lower() for host in hosts)
    ensure_id_free(site_id, home, hosts, known)
    if region and region not in regions():
        raise ArchiveError("region_code_unknown", code=region)
    site = Site(site_id, name, region, home, hosts=hosts)
    from gongkai.crawler.probe import site_from_probe  # late: Scrapy takes a second to import

    found = _probe([site], proxy, settings)[0]
    site = site_from_probe(_with_name_and_region(site, found), found)
    if not dry_run:
        _check_probe(site, found)
    click.echo(_probe_json(site, found) if as_json else "\n".join(_probe_lines(site, found)))
    if not dry_run:
        path = registry or LOCAL_REGISTRY
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        register_site(path, site, f"{found.reached} were named by its lists on {day}")
        echo("site_registered", err=as_json, site=site.id, file=str(path))


@sites.command(help="sites_check_help", short_help="sites_check_short")
@click.argument("names", metavar="[SITE]...", nargs=-1)
@options.registry
@options.proxy
@options.settings
@options.as_json
def check(
    names: tuple[str, ...],
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """Probe the named portals, or all, and compare them with their entries.

    Ends with 1 when a portal differs from its entry.
    """
    from gongkai.crawler.probe import describe_drift

    drifted = []
    chosen = options.choose_sites(load_sites(registry), names)
    for site, found in zip(chosen, _probe(chosen, proxy, settings), strict=True):
        why = [render_stored(drift) for drift in describe_drift(site, found)]
        drifted.append({"site": site.id, "drift": why, "reports": len(found.reports)})
        if not as_json:
            reports = render("reports_named", n=len(found.reports))
            state = (
                render("site_drifted", why="; ".join(why)) if why else render("site_as_registered")
            )
            click.echo(f"{site.id}: {reports} · {state}")
    if as_json:
        click.echo(json.dumps(drifted, ensure_ascii=False, indent=1))
    sys.exit(NEEDS_A_PERSON if any(each["drift"] for each in drifted) else 0)


def _probe(
    chosen: Sequence[Site], proxy: str | None, settings: Mapping[str, str]
) -> list[ProbeResult]:
    """Probe portals into a temporary folder.

    Raises:
        ArchiveError: the proxy, a setting or an entry of the registry cannot be used.
    """
    from gongkai.crawler.probe import probe
    from gongkai.crawler.runs.settings_check import check_settings

    with (
        tempfile.TemporaryDirectory(prefix="gongkai-probe-") as folder,
        closing(CrawlProgress(len(chosen), language())) as progress,
    ):
        try:
            check_settings(settings)
            return probe(chosen, Path(folder), proxy=proxy, settings=settings, progress=progress)
        except ValueError as problem:
            raise ArchiveError("probe_impossible", why=cause_of(problem)) from problem


def _with_name_and_region(site: Site, found: ProbeResult) -> Site:
    """Return a site with name and region as the operator gave them, else as the pages have them.

    A code on the pages that is no region counts as missing.
    """
    code = found.region_code if found.region_code in regions() else ""
    return replace(
        site,
        name=site.name or strip_control_characters(found.name),
        region_code=site.region_code or code,
    )


def _check_probe(site: Site, found: ProbeResult) -> None:
    """Check that a probe found enough for an entry.

    Raises:
        ArchiveError: no report was found, or name or region are unknown.
    """
    why = _missing(site, found)
    if why is not None:
        raise ArchiveError("site_not_registered", url=site.url, why=why)


def _missing(site: Site, found: ProbeResult) -> Message | None:
    if not (found.run.counts.get("list") or found.reached):
        if found.blocked:
            return message("probe_blocked", n=found.blocked)
        if found.run.why:
            return message("probe_without_reports_why", why=render_stored(found.run.why))
        return message("probe_without_reports")
    if not (found.columns or found.reached):
        return message("probe_without_reports")
    if not site.region_code:
        return message("probe_without_region")
    return None if site.name else message("probe_without_name")


def _probe_lines(site: Site, found: ProbeResult) -> list[str]:
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
    return [
        *fact_lines(facts),
        *(f"  {render(LEVELS[level])}: {count}" for level, count in found.levels.items()),
        f"{render('head_columns')}: {len(found.columns)}",
        *_examples(found),
        *(render("other_host", host=host, n=count) for host, count in found.elsewhere.items()),
    ]


def _examples(found: ProbeResult) -> Iterator[str]:
    for column in found.columns[:SAMPLE]:
        yield f"  {strip_control_characters(column.title)} ({column.rows}) {column.url}"
    for title in list(found.reports.values())[:SAMPLE]:
        yield f"  · {strip_control_characters(title)}"


def _probe_json(site: Site, found: ProbeResult) -> str:
    return json.dumps(
        {
            "entry": _site_data(site),
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
        },
        ensure_ascii=False,
        indent=1,
    )


def _site_data(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "name": site.name,
        "region_code": site.region_code,
        "url": site.url,
        "cms": site.cms,
        "min_reports": site.min_reports,
        "hosts": list(site.hosts),
    }
