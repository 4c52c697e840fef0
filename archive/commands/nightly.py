"""gongkai nightly: crawl, build, check, publish, and say how it went."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.archive.commands.publish import publish_archive
from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.cluster import working
from gongkai.archive.commands.shared.due_day import due_day
from gongkai.archive.commands.shared.fetch import fetch
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.commands.shared.timestamping import check_timestamps, have_stamped
from gongkai.archive.errors import ArchiveError
from gongkai.archive.lineage.corrections import Correction
from gongkai.archive.pipeline import builder
from gongkai.archive.progress import bar_in, progress_in
from gongkai.archive.publication.folder_trial import try_folder
from gongkai.archive.renewal.turns import FULL_EVERY
from gongkai.archive.store.database import reader
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.terminal.console import command, echo, language, option, render
from gongkai.archive.terminal.night_summary import Night, count_totals
from gongkai.archive.terminal.notify import (
    Channels,
    Notification,
    send_notifications,
    unusable_channels,
)
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.credentials import mask_text
from gongkai.errors import GongkaiError, cause_of
from gongkai.interrupts import Terminated
from gongkai.messages import Message, message

if TYPE_CHECKING:
    from gongkai.archive.digest.send_digests import DigestJob

PASSWORD = "GONGKAI_MAIL_PASSWORD"
"""The variable of the environment with the password of the mail server: no file has to have it."""


def run_night(
    names: Sequence[str],
    db: Path,
    snapshots: Path,
    registry: RegistryFiles,
    proxy: str | None,
    settings: Mapping[str, str],
    dask: str | None = None,
    at_once: int = options.AT_ONCE,
    region: str = "",
    authorities: Sequence[str] = (),
    *,
    corrections: tuple[Correction, ...] = (),
    clock_is_right: bool = False,
) -> Night:
    """Crawl, build and count. A cluster that is lost meanwhile does not stop the night."""
    if db.exists():
        with reader(db, older=True):
            pass  # reports a file that cannot be built before hours of crawling, not after
    check_timestamps(authorities)
    warnings: list[Message] = []
    runs = fetch(
        *(names, snapshots, registry, proxy, settings, dask, at_once),
        region=region,
        db=db,
        clock_is_right=clock_is_right,
        warn=warnings.append,
    )
    stamped = have_stamped(snapshots, authorities)
    warnings += [*stamped.failed, *merge_files(snapshots)]
    with open_originals(snapshots, create=True) as kept, working(dask, lenient=True) as hands:
        job = builder.BuildJob(
            kept,
            registry.load(),
            progress=progress_in(language()),
            read=hands.read,
            read_prose=hands.read_prose,
            today=due_day(settings),
            corrections=corrections,
        )
        built = builder.build(db, job)
        warnings += [*built.doubts, *kept.doubts()]
    with reader(db) as conn:
        return Night(runs, built, count_totals(conn), warnings=tuple(warnings))


def merge_files(folder: Path) -> list[Message]:
    """Join the files of months that are over; return why that failed, or was not done for some.

    Nothing is lost where it fails, and the next night tries again.
    """
    from gongkai.crawler.merging.merge_files import merge_months

    try:
        with open_originals(folder, create=True) as kept:
            done = merge_months(kept, begin=bar_in(language()))
    except OSError as problem:
        return [message("merge_failed", why=cause_of(problem))]
    return [message("files_not_merged", n=done.changed)] if done.changed else []


def with_publication(
    night: Night, folder: Path, db: Path, registry: RegistryFiles, full_every: int = FULL_EVERY
) -> Night:
    """Publish the archive of a night; whatever keeps it from that is one of the night's troubles."""
    try:
        published = publish_archive(folder, db, registry, full_every=full_every)
    except GongkaiError as problem:
        return replace(night, unpublished=problem.message)
    except (OSError, sqlite3.Error) as problem:
        return replace(night, unpublished=message("publish_failed", why=cause_of(problem)))
    if published.warning:
        damaged = message("publication_was_damaged", why=published.warning)
        return replace(night, published=published, warnings=(*night.warnings, damaged))
    return replace(night, published=published)


def warn_of_publication(folder: Path, db: Path) -> None:
    """Say before the crawl that its publication will fail; the crawl itself is worth it all the same."""
    try:
        try_folder(folder, db)
    except ArchiveError as problem:
        echo("publication_will_fail", err=True, why=problem.message)


def digest_job(
    subscribers: Path | None, mail_server: str, mail_from: str, unsubscribe: str, base_url: str
) -> DigestJob | None:
    """Return what digests need, None where none are asked for.

    Raises:
        ArchiveError: The file of subscribers or one of the options cannot be used.
    """
    if subscribers is None:
        return None
    from gongkai.archive.digest.digest_mail import Sender
    from gongkai.archive.digest.mail_server import MailServer
    from gongkai.archive.digest.send_digests import DigestJob
    from gongkai.archive.digest.subscribers import read_subscribers

    server = MailServer.parse(mail_server, os.environ.get(PASSWORD, ""))
    sender = Sender.parse(mail_from, unsubscribe, base_url)
    return DigestJob(read_subscribers(subscribers), sender, server)


def with_digests(night: Night, db: Path, job: DigestJob) -> Night:
    """Send the digests of a night; what goes wrong with them is one of its troubles."""
    from gongkai.archive.digest.send_digests import send_digests

    try:
        done = send_digests(db, job)
    except (GongkaiError, OSError, sqlite3.Error) as problem:
        return replace(night, undelivered=(message("digests_failed", why=cause_of(problem)),))
    told = message("digests_sent", n=done.sent, without=done.without_news)
    return replace(night, digests=told, undelivered=done.problems)


@contextmanager
def only_night(db: Path) -> Iterator[None]:
    """Hold the lock of the nightly job.

    Raises:
        ArchiveError: another night is at work, or the folder of the archive is missing.
    """
    if not db.parent.is_dir():
        raise ArchiveError("folder_missing", path=str(db.parent))
    busy = message("night_running", path=str(db))
    with exclusive_lock(db.with_name(f"{db.name}.nightly.lock"), busy):
        yield


@contextmanager
def notified_failure(channels: Channels) -> Iterator[None]:
    """Notify a person when the night could not run at all, and raise the error again."""
    try:
        yield
    except (SystemExit, Terminated):
        raise  # whoever has stopped it knows
    except BaseException as problem:
        if isinstance(problem, GongkaiError):
            why = render(problem.message)
        else:
            why = mask_text(str(problem)) or type(problem).__name__
        _notify(Notification(render("night_failed_subject"), why, {}), channels)
        raise


def _notify(notification: Notification, channels: Channels) -> None:
    for problem in send_notifications(notification, channels):
        echo("notification_failed", err=True, why=problem)


@command(help="nightly_help", short_help="nightly_short")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@options.db
@options.snapshots
@options.registry
@options.region
@options.proxy
@options.settings
@options.at_once
@options.corrections
@options.dask
@options.timestamp
@options.clock_is_right
@options.unisolated_libreoffice
@options.as_json
@option(
    "--notify-url",
    envvar="GONGKAI_NOTIFY_URL",
    default="",
    metavar="URL",
    help="option_notify_url",
)
@option(
    "--notify-command",
    envvar="GONGKAI_NOTIFY_COMMAND",
    default="",
    metavar="CMD",
    help="option_notify_command",
)
@option(
    "--publish", "folder", type=options.FILE, default=None, metavar="DIR", help="option_publish"
)
@options.full_every
@option(
    "--digest", "subscribers", type=options.FILE, default=None, metavar="FILE", help="option_digest"
)
@option(
    "--mail-server",
    envvar="GONGKAI_MAIL_SERVER",
    default="",
    metavar="URL",
    help="option_mail_server",
)
@option(
    "--mail-from",
    envvar="GONGKAI_MAIL_FROM",
    default="",
    metavar="ADDRESS",
    help="option_mail_from",
)
@option("--unsubscribe", default="", metavar="ADDRESS", help="option_unsubscribe")
@options.base_url
@option("--notify-always", is_flag=True, help="option_notify_always")
def nightly(
    sites: tuple[str, ...],
    db: Path,
    snapshots: Path,
    registry: RegistryFiles,
    region: str,
    proxy: str | None,
    settings: Mapping[str, str],
    at_once: int,
    corrections: tuple[Correction, ...],
    dask: str | None,
    authorities: tuple[str, ...],
    clock_is_right: bool,
    as_json: bool,
    notify_url: str,
    notify_command: str,
    folder: Path | None,
    full_every: int,
    subscribers: Path | None,
    mail_server: str,
    mail_from: str,
    unsubscribe: str,
    base_url: str,
    notify_always: bool,
) -> None:
    """Crawl, build, check, publish, and print a summary of one screen.

    Ends with 0 when all is well, 1 when something needs a person, 2 when it could not run.
    """
    channels = Channels(notify_url, notify_command)
    digests = digest_job(subscribers, mail_server, mail_from, unsubscribe, base_url)
    for problem in unusable_channels(channels):  # reported every night, not only when it matters
        echo("notification_impossible", err=True, why=problem)
    with notified_failure(channels), only_night(db):
        if folder:
            warn_of_publication(folder, db)
        night = run_night(
            *(sites, db, snapshots, registry, proxy, settings, dask, at_once, region, authorities),
            corrections=corrections,
            clock_is_right=clock_is_right,
        )
        if folder:
            night = with_publication(night, folder, db, registry, full_every)
        if digests:
            night = with_digests(night, db, digests)
    lines, data = list(night.lines(language())), night.data(language())
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        click.echo("\n".join(lines))
    if night.exit_code or notify_always:
        _notify(Notification(render(night.subject), "\n".join(lines), data), channels)
    sys.exit(night.exit_code)
