"""gongkai crawl: the portals, and every answer kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.fetch import fetch
from gongkai.archive.commands.shared.timestamping import check_timestamps, have_stamped
from gongkai.archive.terminal.console import (
    command,
    echo,
    echo_next,
    language,
    render,
    render_stored,
)
from gongkai.archive.terminal.night_summary import SUCCESSFUL_OUTCOMES, run_data, run_lines
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.errors import NEEDS_A_PERSON


@command(help="crawl_help", short_help="crawl_short")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@options.unused_db
@options.snapshots
@options.registry
@options.region
@options.proxy
@options.settings
@options.at_once
@options.dask
@options.timestamp
@options.clock_is_right
@options.as_json
def crawl(
    sites: tuple[str, ...],
    snapshots: Path,
    registry: RegistryFiles,
    region: str,
    proxy: str | None,
    settings: Mapping[str, str],
    at_once: int,
    dask: str | None,
    authorities: tuple[str, ...],
    clock_is_right: bool,
    as_json: bool,
) -> None:
    """Fetch the named portals, those of a region, or all, and keep every answer in the folder of originals.

    Nothing is read into the archive: `gongkai build` does that.
    """
    check_timestamps(authorities)
    runs = fetch(
        *(sites, snapshots, registry, proxy, settings, dask, at_once),
        region=region,
        clock_is_right=clock_is_right,
        warn=lambda warning: click.echo(render(warning), err=True),
    )
    for problem in have_stamped(snapshots, authorities).failed:
        echo("timestamp_failed", err=True, why=problem)
    if as_json:
        click.echo(json.dumps([run_data(run, language()) for run in runs], ensure_ascii=False))
    else:
        click.echo("\n".join(run_lines(runs, language())))
        for run in runs:
            if run.why:
                click.echo(f"{run.site}: {render_stored(run.why)}", err=True)
        echo_next("next_build")
    succeeded = all(run.outcome in SUCCESSFUL_OUTCOMES for run in runs)
    sys.exit(0 if succeeded else NEEDS_A_PERSON)
