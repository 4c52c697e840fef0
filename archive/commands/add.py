"""gongkai add"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import originals
from gongkai.archive.errors import ArchiveError
from gongkai.archive.pipeline import builder as engine
from gongkai.archive.pipeline.add_file import Overrides, keep_file, outcome
from gongkai.archive.progress import shown
from gongkai.archive.store.database import reader
from gongkai.crawler.sites.registry import load_sites


@click.command(short_help="添加 add documents from disk")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=options.FILE)
@options.db
@options.snapshots
@options.registry
@click.option("--url", default="", metavar="URL", help="原网址 the address it was published at.")
@click.option("--agency", default="", metavar="NAME", help="机关 the agency, in full.")
@click.option("--year", type=click.IntRange(1990, 2100), help="年度 the year it reports on.")
def add(
    files: tuple[Path, ...],
    db: Path,
    snapshots: Path,
    registry: Path | None,
    url: str,
    agency: str,
    year: int | None,
) -> None:
    """添加本地文件：PDF、网页、Word 或文本。

    Add documents from disk: a PDF, a page, a Word file or text. The file itself is kept as an
    original, with what you state of it, so that it survives a rebuild.
    """
    if url and len(files) > 1:
        raise click.UsageError("--url 只能用于一个文件 --url goes with one file")
    sites = load_sites(registry)
    overrides = Overrides(url, agency, year)
    refused = 0
    with originals(snapshots, create=True) as kept:
        added = []
        for file in files:
            try:
                added.append((file, keep_file(kept, file, overrides, sites)))
            except ArchiveError as problem:
                refused += 1
                click.echo(f"Error: {problem}", err=True)
        if added:
            engine.build(db, engine.BuildJob(kept, sites, progress=shown()))
    if added:
        with reader(db) as conn:
            for file, snapshot in added:
                click.echo(f"{file}: {outcome(conn, snapshot)}")
    sys.exit(2 if refused else 0)
