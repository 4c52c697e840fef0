"""gongkai nightly"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from archive import build as engine
from archive.commands import options
from archive.commands.fetch import fetch
from archive.commands.originals import originals
from archive.database import reader
from archive.nightly import Night, totals
from archive.progress import shown
from crawler.registry import load_sites


def run_night(
    names: Sequence[str],
    db: Path,
    snapshots: Path,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
) -> Night:
    """Crawl, build and count."""
    if db.exists():
        with reader(db, older=True):
            pass  # a file that cannot be built is said before hours of crawling, not after
    runs = fetch(names, snapshots, registry, proxy, settings)
    with originals(snapshots, create=True) as kept:
        built = engine.build(db, engine.Job(kept, load_sites(registry), progress=shown()))
    with reader(db) as conn:
        return Night(runs, built, totals(conn))


@click.command(short_help="每夜 crawl, build, check, and say how it went")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@options.db
@options.snapshots
@options.registry
@options.proxy
@options.settings
@options.as_json
def nightly(
    sites: tuple[str, ...],
    db: Path,
    snapshots: Path,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """每夜：采集、建库、核对，打印一屏摘要。

    Ends with 0 when all is well, 1 when something needs a person, 2 when it could not run.
    """
    night = run_night(sites, db, snapshots, registry, proxy, settings)
    if as_json:
        click.echo(json.dumps(night.data(), ensure_ascii=False))
    else:
        click.echo("\n".join(night.lines()))
    sys.exit(night.exit_code)
