"""gongkai serve: the archive as a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.served_originals import copy_reader
from gongkai.archive.store.database import reader
from gongkai.archive.store.reviews import reviews_file
from gongkai.archive.terminal.console import command, echo, option, render

if TYPE_CHECKING:
    from gongkai.publish.queries.query_desk import QueryDesk


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the site listens, and by which addresses readers know it.

    `proxies` are the addresses of web servers whose X-Forwarded-Prefix counts. `sql` opens the page
    of SQL queries. `workers` is the number of processes that serve.
    """

    port: int
    host: str = "127.0.0.1"
    base_url: str = ""
    prefix: str = ""
    proxies: Sequence[str] = ()
    sql: bool = False
    workers: int = 1


def run_server(db: Path, snapshots: Path, listening: Listening) -> None:
    """Serve an archive until interrupted.

    Raises:
        ArchiveError: the archive is missing or of another version.
        CannotServe: the port is taken, or the base or the prefix of addresses is not one.
    """
    from gongkai.publish.http.path_prefix import Place
    from gongkai.publish.server.datasette_server import (
        serve as serve_archive,  # late: Datasette takes a second to import
    )

    place = Place.parse(listening.prefix, listening.proxies)
    with reader(db):
        pass  # checks the archive before the server starts
    serve_archive(
        db,
        port=listening.port,
        host=listening.host,
        read_copy=copy_reader(snapshots),
        reviews=reviews_file(db),
        base_url=listening.base_url,
        place=place,
        queries=_desk(listening),
        ready=partial(_echo_address, listening),
        workers=listening.workers,
    )


def _desk(listening: Listening) -> QueryDesk | None:
    """Return where readers hand in SQL, or None where the operator has not opened it."""
    from gongkai.publish.queries.query_desk import QueryDesk

    return QueryDesk() if listening.sql else None


def _echo_address(listening: Listening, url: str) -> None:
    echo("serving_at", url=url)
    if not listening.base_url:
        echo("serving_without_base")


@command(help="serve_help", short_help="serve_short")
@options.db
@options.snapshots
@options.port
@options.host
@options.base_url
@options.prefix
@options.trusted_proxies
@option("--published", metavar="DIR", type=options.FILE, default=None, help="option_published")
@option("--releases", metavar="DIR", type=options.FILE, default=None, help="option_releases")
@option("--sql", is_flag=True, help="option_sql")
@options.workers
@click.pass_context
def serve(
    context: click.Context,
    db: Path,
    snapshots: Path,
    port: int,
    host: str,
    base_url: str,
    prefix: str,
    trusted_proxies: tuple[str, ...],
    published: Path | None,
    releases: Path | None,
    sql: bool,
    workers: int,
) -> None:
    """Serve the archive on this machine, or the current publication of a folder."""
    listening = Listening(port, host, base_url, prefix, trusted_proxies, sql, workers)
    if published is None:
        run_server(db, snapshots, listening)
        return
    if context.get_parameter_source("db") is ParameterSource.COMMANDLINE:
        raise click.UsageError(render("serve_db_or_published"))
    from gongkai.publish.http.path_prefix import Place
    from gongkai.publish.server.publication_server import (
        serve_published,  # late: Datasette takes a second to import
    )

    serve_published(
        published,
        port=port,
        host=host,
        read_copy=copy_reader(snapshots),
        base_url=base_url,
        place=Place.parse(prefix, trusted_proxies),
        queries=_desk(listening),
        releases=releases,
        ready=partial(_echo_address, listening),
        workers=listening.workers,
    )
