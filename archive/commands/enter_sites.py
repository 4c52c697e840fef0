"""gongkai sites add: a portal probed and written to the registry, or all known ones of a region."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.crawl_progress import CrawlProgress
from gongkai.archive.commands.shared.probe_report import probe_data, probe_lines
from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import command, echo, language, option, render_stored
from gongkai.archive.terminal.text_width import strip_control_characters
from gongkai.crawler.sites.add_site import (
    ensure_id_free,
    ensure_not_registered,
    normalize_home_url,
    propose_id,
)
from gongkai.crawler.sites.registry import RegistryFiles, Site
from gongkai.crawler.sites.registry_file import register_site
from gongkai.errors import cause_of
from gongkai.extract.chinese.divisions import regions
from gongkai.messages import Message, message

if TYPE_CHECKING:
    from gongkai.crawler.probe import ProbeResult


@command(help="sites_add_help", short_help="sites_add_short")
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
    registry: RegistryFiles,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """Probe a portal and write its entry to the registry.

    The entry goes to the file that --sites names, else to sites.toml here.
    """
    known = registry.load(may_lack=True)
    home = normalize_home_url(url)
    ensure_not_registered(home, known)
    site_id = site_id or propose_id(home, [site.id for site in known])
    hosts = tuple(host.lower() for host in hosts)
    ensure_id_free(site_id, home, hosts, known)
    if region and region not in regions():
        raise ArchiveError("region_code_unknown", code=region)
    site = Site(site_id, name, region, home, hosts=hosts)

    from gongkai.crawler.probe import site_from_probe  # late: Scrapy takes a second to import

    found = probe_sites([site], proxy, settings)[0]
    site = site_from_probe(_with_name_and_region(site, found), found)
    if not dry_run:
        _check_probe(site, found)
    click.echo(probe_data(site, found) if as_json else "\n".join(probe_lines(site, found)))
    if not dry_run:
        path = registry.written
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        register_site(path, site, f"{found.reached} were named by its lists on {day}")
        echo("site_registered", err=as_json, site=site.id, file=str(path))


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
