"""gongkai crawl"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.fetch import fetch
from gongkai.archive.terminal.night_summary import WELL_RUNS, reason, run_data, run_lines


@click.command(short_help="采集 fetch the portals and keep every original")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@options.db
@options.snapshots
@options.registry
@options.proxy
@options.settings
@options.at_once
@options.dask
@options.as_json
def crawl(
    sites: tuple[str, ...],
    db: Path,
    snapshots: Path,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    at_once: int,
    dask: str | None,
    as_json: bool,
) -> None:
    """采集：访问各政府网站，保存每一份原件。

    Fetch the named portals, or all of them, and keep every answer in the folder of originals.
    Nothing is read into the archive: that is `gongkai build`.
    """
    del db  # every command takes it; the crawl knows no archive
    runs = fetch(sites, snapshots, registry, proxy, settings, dask, at_once)
    if as_json:
        click.echo(json.dumps([run_data(run) for run in runs], ensure_ascii=False))
    else:
        click.echo("\n".join(run_lines(runs)))
        for run in runs:
            if run.why:
                click.echo(f"{run.site}: {reason(run)}", err=True)
    sys.exit(0 if all(run.outcome in WELL_RUNS for run in runs) else 1)
