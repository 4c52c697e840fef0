"""gongkai publish: the public file and the downloads."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.progress import progress_in
from gongkai.archive.publication import frictionless_check, publish_job, publisher, stata
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.soundness import SHRINK_LIMIT
from gongkai.archive.renewal.turns import FULL_EVERY
from gongkai.archive.terminal.console import command, echo, echo_next, language, option
from gongkai.archive.terminal.night_summary import publication_kind, publication_summary
from gongkai.crawler.sites.registry import RegistryFiles


def publish_archive(
    folder: Path,
    db: Path,
    registry: RegistryFiles,
    *,
    accept: bool = False,
    shrink_limit: float = SHRINK_LIMIT,
    keep: int = publish_job.KEEP,
    full: bool = False,
    full_every: int = FULL_EVERY,
) -> publisher.PublishResult:
    """Publish an archive; the registry says how many reports each site has at least."""
    job = publish_job.PublishJob(
        archive=db,
        floors={site.id: site.min_reports for site in registry.load()},
        shrink_limit=shrink_limit,
        accept=accept,
        keep=keep,
        full=full,
        full_every=full_every,
        progress=progress_in(language()),
    )
    return publisher.publish(folder, job)


@command(help="publish_help", short_help="publish_short")
@click.argument("folder", metavar="DIR", type=options.FILE)
@options.db
@options.unused_snapshots
@options.registry
@option("--accept", is_flag=True, help="option_accept")
@option(
    "--shrink-limit",
    type=click.FloatRange(0, 1),
    default=SHRINK_LIMIT,
    show_default=True,
    help="option_shrink_limit",
)
@option(
    "--keep",
    type=click.IntRange(min=2),
    default=publish_job.KEEP,
    show_default=True,
    help="option_keep",
)
@option("--full", is_flag=True, help="option_full")
@options.full_every
@options.as_json
def publish(
    folder: Path,
    db: Path,
    registry: RegistryFiles,
    accept: bool,
    shrink_limit: float,
    keep: int,
    full: bool,
    full_every: int,
    as_json: bool,
) -> None:
    """Make the public file and all downloads, check them, then switch to them at once."""
    done = publish_archive(
        *(folder, db, registry),
        accept=accept,
        shrink_limit=shrink_limit,
        keep=keep,
        full=full,
        full_every=full_every,
    )
    for doubt in done.accepted:
        echo("doubt_accepted", err=True, doubt=doubt)
    if done.waiting:
        echo("publication_of_half_build", err=True, n=done.waiting)
    if done.warning:
        echo("publication_was_damaged", err=True, why=done.warning)
    if not parquet_part.is_installed():
        echo("parquet_missing", err=True)
    if not stata.is_installed():
        echo("stata_missing", err=True)
    if not frictionless_check.is_installed():
        echo("frictionless_missing", err=True)
    if as_json:
        click.echo(json.dumps(done.data(language()), ensure_ascii=False))
    else:
        echo(publication_summary(done))
        echo(publication_kind(done))
        echo_next("next_serve_published", path=str(folder))
