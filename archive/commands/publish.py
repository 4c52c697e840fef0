"""gongkai publish"""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.progress import shown
from gongkai.archive.publication import parquet
from gongkai.archive.publication import publisher as engine
from gongkai.archive.publication.soundness import SHRINK_LIMIT, PublicationRefused
from gongkai.crawler.sites.registry import load_sites


class NeedsAPerson(click.ClickException):
    """One line on standard error, and exit code 1."""

    exit_code = 1


def published(
    folder: Path, db: Path, registry: Path | None, **asked: object
) -> engine.PublishResult:
    """Publish an archive; the registry says how many reports each site has at least."""
    floors = {site.id: site.min_reports for site in load_sites(registry)}
    job = engine.PublishJob(db, floors, progress=shown(), **asked)  # type: ignore[arg-type]
    return engine.publish(folder, job)


@click.command(short_help="发布 make and check the public file and the downloads")
@click.argument("folder", metavar="DIR", type=options.FILE)
@options.db
@options.snapshots
@options.registry
@click.option(
    "--accept",
    is_flag=True,
    help="确认变少无误 publish although it shrank or a site is under its floor.",
)
@click.option(
    "--shrink-limit",
    type=click.FloatRange(0, 1),
    default=SHRINK_LIMIT,
    show_default=True,
    help="允许减少的比例 share of rows that may be gone since the last publication.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=2),
    default=engine.KEEP,
    show_default=True,
    help="保留几次发布 publications to keep, this one among them.",
)
@options.as_json
def publish(
    folder: Path,
    db: Path,
    snapshots: Path,
    registry: Path | None,
    accept: bool,
    shrink_limit: float,
    keep: int,
    as_json: bool,
) -> None:
    """发布：生成公开库和下载文件，核对后一次切换。

    Make the public file and all downloads in DIR, check them, then switch to them at once. A site
    started with `gongkai serve --published DIR` follows.
    """
    del snapshots  # every command takes it; originals are not published
    try:
        done = published(folder, db, registry, accept=accept, shrink_limit=shrink_limit, keep=keep)
    except PublicationRefused as problem:
        raise NeedsAPerson(str(problem)) from problem
    for doubt in done.accepted:
        click.echo(f"已确认 accepted: {doubt}", err=True)
    if not parquet.is_installed():
        click.echo(
            "没有 Parquet 文件 no Parquet files: pip install 'gongkai-archive[parquet]'", err=True
        )
    click.echo(json.dumps(done.data(), ensure_ascii=False) if as_json else done.line())
