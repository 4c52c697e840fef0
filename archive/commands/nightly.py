"""gongkai nightly"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from gongkai.archive.commands.publish import published
from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.cluster import reading
from gongkai.archive.commands.shared.fetch import fetch
from gongkai.archive.commands.shared.originals import originals
from gongkai.archive.errors import ArchiveError
from gongkai.archive.pipeline import builder as engine
from gongkai.archive.progress import shown
from gongkai.archive.store.database import reader
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.terminal.night_summary import Night, totals
from gongkai.archive.terminal.notify import (
    Channels,
    Notification,
    send_notifications,
    unusable_channels,
)
from gongkai.catalogue import error_text, language_of_environment
from gongkai.crawler.sites.registry import load_sites


def run_night(
    names: Sequence[str],
    db: Path,
    snapshots: Path,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    dask: str | None = None,
    at_once: int = options.AT_ONCE,
) -> Night:
    """Crawl, build and count; a cluster that went away meanwhile is no reason to stop."""
    if db.exists():
        with reader(db, older=True):
            pass  # a file that cannot be built is said before hours of crawling, not after
    runs = fetch(names, snapshots, registry, proxy, settings, dask, at_once)
    with originals(snapshots, create=True) as kept, reading(dask, lenient=True) as read:
        job = engine.BuildJob(kept, load_sites(registry), progress=shown(), read=read)
        built = engine.build(db, job)
    with reader(db) as conn:
        return Night(runs, built, totals(conn))


def with_publication(night: Night, folder: Path, db: Path, registry: Path | None) -> Night:
    """Publish the archive of a night; what speaks against it is one of the night's troubles."""
    try:
        return replace(night, published=published(folder, db, registry))
    except ArchiveError as problem:
        return replace(night, unpublished=str(problem))


@contextmanager
def only_night(db: Path) -> Iterator[None]:
    """Hold the lock of the nightly job.

    :raises ArchiveError: when another one is at work
    """
    if not db.parent.is_dir():
        raise ArchiveError(f"{db.parent}: 目录不存在 no such folder; make it first")
    with exclusive_lock(
        db.with_name(f"{db.name}.nightly.lock"),
        f"{db}: 另一个每夜任务正在进行 another night is at work; wait until it ends",
    ):
        yield


@contextmanager
def reported(channels: Channels) -> Iterator[None]:
    """Tell a person when the night could not run at all; the error goes on its way."""
    try:
        yield
    except BaseException as problem:
        said = error_text(language_of_environment(), problem) or type(problem).__name__
        _tell(Notification("Gongkai: 每夜任务未能运行 the night could not run", said, {}), channels)
        raise


def _tell(message: Notification, channels: Channels) -> None:
    for problem in send_notifications(message, channels):
        click.echo(f"未能通知 could not notify: {problem}", err=True)


@click.command(short_help="每夜 crawl, build, check, publish, and say how it went")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@options.db
@options.snapshots
@options.registry
@options.proxy
@options.settings
@options.at_once
@options.dask
@options.as_json
@click.option(
    "--notify-url",
    envvar="GONGKAI_NOTIFY_URL",
    default="",
    metavar="URL",
    help="需要处理时 POST JSON to this address when a person is needed.",
)
@click.option(
    "--notify-command",
    envvar="GONGKAI_NOTIFY_COMMAND",
    default="",
    metavar="CMD",
    help='需要处理时运行 run this with the summary on its input: "mail -s {subject} me@example.org".',
)
@click.option(
    "--publish",
    "folder",
    type=options.FILE,
    default=None,
    metavar="DIR",
    help="发布到 publish the archive into DIR, as `gongkai publish DIR` does.",
)
@click.option("--notify-always", is_flag=True, help="无事也通知 notify also when all is well.")
def nightly(
    sites: tuple[str, ...],
    db: Path,
    snapshots: Path,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    at_once: int,
    dask: str | None,
    as_json: bool,
    notify_url: str,
    notify_command: str,
    folder: Path | None,
    notify_always: bool,
) -> None:
    """每夜：采集、建库、核对、发布，打印一屏摘要。

    Ends with 0 when all is well, 1 when something needs a person, 2 when it could not run.
    """
    channels = Channels(notify_url, notify_command)
    # said every night, not only when it is needed; the night goes on
    for problem in unusable_channels(channels):
        click.echo(f"将无法通知 nobody could be notified: {problem}", err=True)
    with reported(channels), only_night(db):
        night = run_night(sites, db, snapshots, registry, proxy, settings, dask, at_once)
        if folder:
            night = with_publication(night, folder, db, registry)
    if as_json:
        click.echo(json.dumps(night.data(), ensure_ascii=False))
    else:
        click.echo("\n".join(night.lines()))
    if night.exit_code or notify_always:
        _tell(Notification(night.subject, "\n".join(night.lines()), night.data()), channels)
    sys.exit(night.exit_code)
