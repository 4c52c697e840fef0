"""gongkai build"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.cluster import reading
from gongkai.archive.commands.shared.originals import originals
from gongkai.archive.pipeline import builder as engine
from gongkai.archive.progress import shown
from gongkai.crawler.sites.registry import load_sites


@click.command(short_help="建库 read what is new into the archive")
@options.db
@options.snapshots
@options.registry
@click.option("--rebuild", is_flag=True, help="从全部原件重建 make it anew from all originals.")
@options.dask
@options.as_json
def build(
    db: Path,
    snapshots: Path,
    registry: Path | None,
    rebuild: bool,
    dask: str | None,
    as_json: bool,
) -> None:
    """建库：识读新的原件并载入档案。

    Read the originals that are new and load them. Run it again at any time: it goes on where it
    was stopped, and changes nothing when there is nothing new.
    """
    with originals(snapshots) as kept, reading(dask) as read:
        job = engine.BuildJob(kept, load_sites(registry), progress=shown(), read=read)
        built = engine.rebuild(db, job) if rebuild else engine.build(db, job)
    if as_json:
        click.echo(json.dumps(built.data(), ensure_ascii=False))
    else:
        click.echo(built.line())
    for lost in built.lost:
        click.echo(f"原件缺损 original lost: {lost}", err=True)
    for url in built.unattributed:
        click.echo(f"机关或年度不明 agency or year unknown: {url}", err=True)
    sys.exit(1 if built.lost else 0)
