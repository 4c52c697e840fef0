"""gongkai sites add: a portal probed and written to the registry, or all known ones of a region."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai import clock
from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.crawl_progress import CrawlProgress
from gongkai.archive.commands.shared.fetch import beside_nights
from gongkai.archive.commands.shared.portal_list import PortalState, portal_data, portal_lines
from gongkai.archive.commands.shared.probe_report import probe_data, probe_lines
from gongkai.archive.commands.shared.region_entry import (
    RegionReport,
    RegionRequest,
    choose_portals,
    enter_departments,
    enter_region,
)
from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import command, echo, language, option, render_stored
from gongkai.archive.terminal.text_width import strip_control_characters
from gongkai.crawler.sites.add_site import (
    ensure_id_free,
    ensure_not_registered,
    normalize_home_url,
    propose_id,
)
from gongkai.crawler.sites.portals import KINDS, LEVELS, portal_of
from gongkai.crawler.sites.registry import RegistryFiles, Site
from gongkai.crawler.sites.registry_file import register_site
from gongkai.errors import NEEDS_A_PERSON, cause_of
from gongkai.extract.chinese.divisions import regions
from gongkai.messages import Message, message

if TYPE_CHECKING:
    from gongkai.crawler.probe import ProbeResult


RETRY_DAYS = 30
"""A portal that could not be entered is left alone for so long."""


@command(help="sites_add_help", short_help="sites_add_short")
@click.argument("url", required=False)
@option("--id", "site_id", default="", help="option_site_id")
@option("--name", default="", help="option_site_name")
@option("--region", metavar="CODE", default="", help="option_site_region")
@option("--level", type=click.Choice(LEVELS), default=None, help="option_level")
@option("--kind", type=click.Choice(KINDS), default=None, help="option_kind")
@option("--departments", is_flag=True, help="option_departments")
@option("--again", is_flag=True, help="option_again")
@option(
    "--retry-days",
    type=click.IntRange(min=0),
    default=RETRY_DAYS,
    show_default=True,
    metavar="N",
    help="option_retry_days",
)
@option("--host", "hosts", multiple=True, help="option_site_host")
@option("--dry-run", is_flag=True, help="option_dry_run")
@options.snapshots
@options.registry
@options.proxy
@options.settings
@options.at_once
@options.as_json
def add(
    url: str | None,
    site_id: str,
    name: str,
    region: str,
    level: str | None,
    kind: str | None,
    departments: bool,
    again: bool,
    retry_days: int,
    hosts: tuple[str, ...],
    dry_run: bool,
    snapshots: Path,
    registry: RegistryFiles,
    proxy: str | None,
    settings: Mapping[str, str],
    at_once: int,
    as_json: bool,
) -> None:
    """Probe a portal, or all known ones of a region, and write the entries to the registry.

    The entries go to the file that --sites names, else to sites.toml here. Ends with 1 where a
    portal of the region was not entered.
    """
    if url is None and not region:
        raise ArchiveError("site_or_region_missing")
    request = RegionRequest(
        registry,
        options.parse_region(region) if url is None else "",
        level or "",
        kind or "",
        again,
        retry_days,
        departments,
        at_once,
        proxy,
        beside_nights(settings, snapshots),
        as_json,
    )
    if url is None:
        if site_id or name or hosts:
            raise ArchiveError("site_options_of_one")
        _add_region(request, dry_run)
    else:
        given = Site(site_id, name, region, url, hosts=tuple(host.lower() for host in hosts))
        _add_one(given, request, dry_run)


def _add_region(request: RegionRequest, dry_run: bool) -> None:
    """Enter the known portals of a region; a dry run only lists those that would be asked."""
    asked, report = choose_portals(request, clock.china_today())
    if dry_run:
        shown = [PortalState(portal) for portal in asked]
        if request.as_json:
            data = [portal_data(each) for each in shown]
            click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        else:
            click.echo("\n".join(portal_lines(shown)))
        return
    enter_region(request, asked, report)
    if request.as_json:
        click.echo(json.dumps(report.data(), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(report.lines()))
    sys.exit(NEEDS_A_PERSON if report.failed else 0)


def _add_one(given: Site, request: RegionRequest, dry_run: bool) -> None:
    """Probe a portal and write its entry to the registry."""
    registry = request.registry
    known = registry.load(may_lack=True)
    home = normalize_home_url(given.url)
    ensure_not_registered(home, known)
    site = replace(given, id=given.id or propose_id(home, [site.id for site in known]), url=home)
    ensure_id_free(site.id, home, site.hosts, known)
    if site.region_code and site.region_code not in regions():
        raise ArchiveError("region_code_unknown", code=site.region_code)

    from gongkai.crawler.probe import site_from_probe  # late: Scrapy takes a second to import

    found = probe_sites([site], request.proxy, request.settings)[0]
    site, found = _with_browser(site, found, request)
    site = site_from_probe(_with_name_and_region(site, found), found)
    if not dry_run:
        _check_probe(site, found)
    click.echo(probe_data(site, found) if request.as_json else "\n".join(probe_lines(site, found)))
    if dry_run:
        return
    day = clock.china_today().isoformat()
    register_site(registry.written, site, f"{found.reached} were named by its lists on {day}")
    echo("site_registered", err=request.as_json, site=site.id, file=str(registry.written))
    if request.departments:
        _add_departments(site, found, request)


def _with_browser(
    site: Site, found: ProbeResult, request: RegionRequest
) -> tuple[Site, ProbeResult]:
    """Probe a portal once more, in a browser, where nothing was found and its scripts may be why.

    Returns the entry and what was found: those of the first probe, where the browser adds nothing.
    """
    from gongkai.crawler.probe import is_browser_there, may_need_browser

    if not may_need_browser(site, found):
        return site, found
    if not is_browser_there(request.settings):
        echo("probe_browser_missing", err=True)
        return site, found
    echo("probe_tries_browser", err=True)
    rendered = replace(site, render=True)
    seen = probe_sites([rendered], request.proxy, request.settings)[0]
    if seen.columns or seen.reached:
        return rendered, seen
    if why := seen.run.why:
        echo("probe_browser_failed", err=True, why=render_stored(why))
    return site, found


def _add_departments(site: Site, found: ProbeResult, request: RegionRequest) -> None:
    """Enter the departments with websites of their own that the pages of a portal name."""
    from gongkai.crawler.entry import Entry, departments_of

    entry = Entry(portal_of(site), "entered", found, site)
    named = dict.fromkeys(departments_of(entry, request.registry.load()), site.id)
    report = RegionReport()
    enter_departments(request, named, report)
    for line in report.lines():
        click.echo(line, err=request.as_json)
    sys.exit(NEEDS_A_PERSON if report.failed else 0)


def probe_sites(
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
