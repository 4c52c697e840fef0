"""gongkai serve"""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import copy_reader
from gongkai.archive.store.database import reader
from gongkai.archive.store.reviews import reviews_file


def run_server(db: Path, snapshots: Path, port: int) -> None:
    """Serve until interrupted; says what is wrong with the archive before it starts."""
    from gongkai.publish.server.datasette_server import (
        serve as run,  # late: Datasette takes a second to import
    )

    with reader(db):
        pass
    run(
        db,
        port=port,
        read_copy=copy_reader(snapshots),
        reviews=reviews_file(db),
        ready=_say,
    )


def _say(url: str) -> None:
    click.echo(f"公开 Gongkai: {url}  （Ctrl+C 结束 to stop）")


@click.command(short_help="发布 serve the archive as a site")
@options.db
@options.snapshots
@options.port
@click.option(
    "--published",
    metavar="DIR",
    type=options.FILE,
    default=None,
    help="发布目录 serve what `gongkai publish DIR` made, and follow it.",
)
@click.pass_context
def serve(
    context: click.Context, db: Path, snapshots: Path, port: int, published: Path | None
) -> None:
    """把档案发布为网站（本机）。

    Serve the archive as a site on this machine. With --published the site shows what was published
    last and goes over to every new publication by itself, without missing a request.
    """
    if published is None:
        run_server(db, snapshots, port)
        return
    if context.get_parameter_source("db") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--db 与 --published 不能同用 name one of --db and --published")
    from gongkai.publish.server.publication_server import (
        serve_published,  # late: Datasette takes a second to import
    )

    serve_published(published, port=port, read_copy=copy_reader(snapshots), ready=_say)
