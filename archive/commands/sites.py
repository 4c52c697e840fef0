"""gongkai sites: the portals listed, registered, switched off, and compared with their entries."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.enter_sites import add, probe_sites
from gongkai.archive.commands.shared.fetch import beside_nights
from gongkai.archive.commands.shared.portal_list import (
    STATES,
    PortalState,
    portal_csv,
    portal_data,
    portal_lines,
    portal_states,
)
from gongkai.archive.commands.shared.probe_report import (
    site_data,
    unfollowed_data,
    unfollowed_lines,
)
from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import echo, group, option, render, render_stored
from gongkai.archive.terminal.text_width import columns
from gongkai.crawler.sites.failures import failures_path, read_failures
from gongkai.crawler.sites.portals import KINDS, LEVELS
from gongkai.crawler.sites.registry import RegistryFiles, Site, read_registry
from gongkai.crawler.sites.registry_file import enable_site, remove_site
from gongkai.errors import NEEDS_A_PERSON


@group(help="sites_help", short_help="sites_short")
def sites() -> None:
    """List, register and check the portals."""


@sites.command(name="list", help="sites_list_help", short_help="sites_list_short")
@options.region
@option("--level", type=click.Choice(LEVELS), default=None, help="option_level")
@option("--kind", type=click.Choice(KINDS), default=None, help="option_kind")
@option("--state", type=click.Choice(list(STATES)), default=None, help="option_state")
@option("--csv", "as_csv", is_flag=True, help="option_csv")
@options.registry
@options.as_json
def list_sites(
    region: str,
    level: str | None,
    kind: str | None,
    state: str | None,
    as_csv: bool,
    registry: RegistryFiles,
    as_json: bool,
) -> None:
    """List the sites of the registry; with a filter, also the portals that are only known."""
    if not (region or level or kind or state or as_csv):
        _list_registry(registry.load(), as_json)
        return
    shown = portal_states(
        registry.load(),
        read_failures(failures_path(registry.written)),
        options.parse_region(region) if region else "",
        level or "",
        kind or "",
        state or "",
    )
    if as_csv:
        click.echo(portal_csv(shown), nl=False)
    elif as_json:
        click.echo(json.dumps([portal_data(each) for each in shown], ensure_ascii=False, indent=1))
    else:
        _print_portals(shown)


def _list_registry(known: tuple[Site, ...], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([site_data(site) for site in known], ensure_ascii=False, indent=1))
        return
    heads = ("head_site", "head_name", "head_region", "head_cms", "head_url", "head_floor")
    rows = [[render(head) for head in heads]]
    rows += [[s.id, s.name, s.region_code, s.cms, s.url, str(s.min_reports)] for s in known]
    click.echo("\n".join(columns(rows, left=5)))


def _print_portals(shown: list[PortalState]) -> None:
    if not shown:
        echo("portals_none", err=True)
        return
    click.echo("\n".join(portal_lines(shown)))
    counts = {state: sum(each.state == state for each in shown) for state in STATES}
    echo("portals_counted", err=True, n=len(shown), **counts)


sites.add_command(add)


@sites.command(help="sites_check_help", short_help="sites_check_short")
@click.argument("names", metavar="[SITE]...", nargs=-1)
@options.region
@options.snapshots
@options.registry
@options.proxy
@options.settings
@options.as_json
def check(
    names: tuple[str, ...],
    region: str,
    registry: RegistryFiles,
    snapshots: Path,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """Probe the named portals, those of a region, or all, and compare them with their entries.

    Ends with 1 when a portal differs from its entry.
    """
    from gongkai.crawler.probe import describe_drift

    drifted = []
    chosen = options.choose_sites(registry.load(), names, region)
    probed = probe_sites(chosen, proxy, beside_nights(settings, snapshots))
    for site, found in zip(chosen, probed, strict=True):
        why = [render_stored(drift) for drift in describe_drift(site, found)]
        drifted.append(
            {
                "site": site.id,
                "drift": why,
                "reports": len(found.reports),
                "unfollowed": unfollowed_data(found),
            }
        )
        if not as_json:
            reports = render("reports_named", n=len(found.reports))
            state = (
                render("site_drifted", why="; ".join(why)) if why else render("site_as_registered")
            )
            click.echo(f"{site.id}: {reports} · {state}")
            for line in unfollowed_lines(found):
                click.echo(f"  {line}")
    if as_json:
        click.echo(json.dumps(drifted, ensure_ascii=False, indent=1))
    sys.exit(NEEDS_A_PERSON if any(each["drift"] for each in drifted) else 0)


@sites.command(help="sites_disable_help", short_help="sites_disable_short")
@click.argument("names", metavar="SITE...", nargs=-1, required=True)
@options.registry
def disable(names: tuple[str, ...], registry: RegistryFiles) -> None:
    """Keep sites in the registry and crawl them no more."""
    _switch(names, registry, enabled=False)


@sites.command(help="sites_enable_help", short_help="sites_enable_short")
@click.argument("names", metavar="SITE...", nargs=-1, required=True)
@options.registry
def enable(names: tuple[str, ...], registry: RegistryFiles) -> None:
    """Crawl disabled sites again."""
    _switch(names, registry, enabled=True)


def _switch(names: tuple[str, ...], registry: RegistryFiles, *, enabled: bool) -> None:
    for site in _named(registry.load(may_lack=True), names):
        if site.enabled != enabled:
            enable_site(registry.written, site, enabled)
        echo("site_enabled" if enabled else "site_disabled", site=site.id)


@sites.command(help="sites_remove_help", short_help="sites_remove_short")
@click.argument("names", metavar="SITE...", nargs=-1, required=True)
@options.registry
def remove(names: tuple[str, ...], registry: RegistryFiles) -> None:
    """Take entries out of the registry file; originals and reports stay."""
    known = registry.load(may_lack=True)
    chosen = _named(known, names)
    path = registry.written
    here = read_registry(path) if path.is_file() else {}
    if elsewhere := [site.id for site in chosen if site.id not in here]:
        raise ArchiveError("sites_not_in_file", names=", ".join(elsewhere), file=str(path))
    children = [each.id for each in known if each.parent in names and each.id not in names]
    if children:
        raise ArchiveError("sites_have_children", names=", ".join(children), n=len(children))
    # departments first: an entry must not name a parent that is gone
    for site in sorted(chosen, key=lambda each: each.parent == ""):
        remove_site(path, site.id)
        echo("site_removed", site=site.id, file=str(path))
    left = {site.id for site in registry.load()}
    for site in chosen:
        if site.id in left:
            echo("site_still_packaged", err=True, site=site.id)


def _named(known: tuple[Site, ...], names: tuple[str, ...]) -> list[Site]:
    """Return the sites of these names, disabled or not.

    Raises:
        ArchiveError: A site is not in the registry.
    """
    by_id = {site.id: site for site in known}
    if unknown := [name for name in names if name not in by_id]:
        raise ArchiveError("sites_unknown", names=", ".join(unknown), known=", ".join(by_id))
    return [by_id[name] for name in dict.fromkeys(names)]
