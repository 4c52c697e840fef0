"""gongkai serve: the archive as a site."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import copy_reader
from gongkai.archive.store.database import reader
from gongkai.archive.store.reviews import reviews_file
from gongkai.archive.terminal.console import command, echo, option, render


def run_server(db: Path, snapshots: Path, port: int, base_url: str = "") -> None:
    """Serve an archive until interrupted.

    Raises:
        ArchiveError: the archive is missing or of another version.
        CannotServe: the port is taken, or the base of addresses is not one.
    """
    from gongkai.publish.server.datasette_server import (
        serve as serve_archive,  # late: Datasette takes a second to import
    )

    with reader(db):
        pass  # checks the archive before the server starts
    serve_archive(
        db,
        port=port,
        read_copy=copy_reader(snapshots),
        reviews=reviews_file(db),
        base_url=base_url,
        ready=_echo_address,
    )


def _echo_address(url: str) -> None:
    echo("serving_at", url=url)


@command(help="serve_help", short_help="serve_short")
@options.db
@options.snapshots
@options.port
@options.base_url
@option("--published", metavar="DIR", type=options.FILE, default=None, help="option_published")
@click.pass_context
def serve(
    context: click.Context,
    db: Path,
    snapshots: Path,
    port: int,
    base_url: str,
    published: Path | None,
) -> None:
    """Serve the archive on this machine, or the current publication of a folder."""
    if published is None:
        run_server(db, snapshots, port, base_url)
        return
    if context.get_parameter_source("db") is ParameterSource.COMMANDLINE:
        raise click.UsageError(render("serve_db_or_published"))
    from gongkai.publish.server.publication_server import (
        serve_published,  # late: Datasette takes a second to import
    )

    serve_published(
        published,
        port=port,
        read_copy=copy_reader(snapshots),
        base_url=base_url,
        ready=_echo_address,
    )
