"""gongkai backfill: what web archives kept of portals, asked for over their interfaces."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.commands.shared.web_archives import SOURCES, polite_client, web_archive
from gongkai.archive.errors import ArchiveError
from gongkai.archive.pipeline.import_documents import may_be_reports
from gongkai.archive.progress import progress_in
from gongkai.archive.terminal.console import command, echo, language, option, render
from gongkai.archive.terminal.import_summary import described
from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.evidence.closing import cover_added
from gongkai.crawler.imports.admission import Admission
from gongkai.crawler.imports.import_run import Import
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.sites.portals import (
    home_hosts,
    host_key,
    is_in_region,
    known_portals,
)
from gongkai.crawler.sites.registry import RegistryFiles, Site
from gongkai.crawler.webarchives.backfill_run import Backfill, HostResult
from gongkai.crawler.webarchives.backfill_state import BackfillState
from gongkai.crawler.webarchives.polite_client import PoliteClient
from gongkai.errors import NEEDS_A_PERSON

FIRST_YEAR = 2008
"""The year in which agencies began to report: the regulations came into force on 1 May 2008."""

BUDGET = 2000


@command(help="backfill_help", short_help="backfill_short")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@options.unused_db
@options.snapshots
@options.registry
@options.region
@option("--from", "source", type=click.Choice(SOURCES), required=True, help="option_from")
@option(
    "--since",
    type=click.IntRange(1996, 2100),
    default=FIRST_YEAR,
    show_default=True,
    metavar="YEAR",
    help="option_since",
)
@options.budget(BUDGET, help="option_budget")
@options.proxy
@options.settings
@options.as_json
def backfill(
    sites: tuple[str, ...],
    snapshots: Path,
    registry: RegistryFiles,
    region: str,
    source: str,
    since: int,
    budget: int,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """Ask a web archive for what it kept of portals, and keep what is a report, its list or its file.

    Nothing is read into the archive: `gongkai build` does that.
    """
    known = registry.load()
    if not sites and not region:
        raise ArchiveError("backfill_of_what")
    hosts = _hosts(known, sites, region)
    client = polite_client(settings, budget, proxy)
    archive = web_archive(source, client, settings)
    with open_originals(snapshots, create=True) as kept, closing(Analyst()) as analyst:
        writer = ImportWriter(kept.folder, kept.index)
        work = Import(kept.index, writer, Admission(known, analyst), may_be_reports)
        with closing(BackfillState(kept.folder)) as state, closing(work):
            run = Backfill(archive, state, work, kept.index, since)
            begin = progress_in(language())
            with begin("progress_backfill", len(hosts)) as step:
                results = run.run(hosts, step, begin)
        cover_added(kept, writer.files)
    _print(results, client, as_json)
    sys.exit(NEEDS_A_PERSON if any(each.why not in ("", "budget") for each in results) else 0)


def _hosts(known: Sequence[Site], names: Sequence[str], region: str) -> list[str]:
    """Return the hosts to ask for, without www: of the named sites, or all of a region.

    Of a region these are the portals that are only known too.
    """
    if not region:
        chosen = options.choose_sites(known, names)
        found = [host for site in chosen for host in _hosts_of(site)]
        return list(dict.fromkeys(found))
    if names:
        raise ArchiveError("sites_or_region")
    prefix = options.parse_region(region)
    entered = [site for site in known if is_in_region(site.region_code, prefix)]
    found = [host for site in entered for host in _hosts_of(site)]
    found += [each.host for each in known_portals() if is_in_region(each.code, prefix)]
    return list(dict.fromkeys(found))


def _hosts_of(site: Site) -> list[str]:
    return [*home_hosts(site), *(host_key(host) for host in site.hosts)]


def _print(results: Sequence[HostResult], client: PoliteClient, as_json: bool) -> None:
    rows = []
    for each in results:
        taken = sum((record.taken for record in each.records), Counter[str]())
        passed = sum((record.passed for record in each.records), Counter[str]())
        counts = {name: getattr(each, name) for name in ("captures", "wanted", "fetched", "absent")}
        rows.append(
            {"host": each.host, **counts, "taken": taken, "passed": passed, "why": each.why}
        )
        if not as_json:
            click.echo(
                f"{each.host}: {render('backfill_counts', **counts)} — {described(taken, passed)}"
            )
            if each.why == "budget":
                echo("backfill_budget_spent")
            elif each.why:
                echo("backfill_silent", why=each.why)
    if as_json:
        done = {"requests": client.requests, "bytes": client.bytes, "hosts": rows}
        click.echo(json.dumps(done, ensure_ascii=False))
    else:
        echo("backfill_requests", n=client.requests, mb=f"{client.bytes / 1e6:.1f}")
