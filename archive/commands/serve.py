"""gongkai serve"""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands import options
from archive.commands.originals import copy_reader
from archive.database import reader
from archive.verdicts import file_of


def run_server(db: Path, snapshots: Path, port: int) -> None:
    """Serve until interrupted; says what is wrong with the archive before it starts."""
    from publish.server import serve as run  # late: Datasette takes a second to import

    with reader(db):
        pass
    run(
        db,
        port=port,
        read_copy=copy_reader(snapshots),
        reviews=file_of(db),
        ready=lambda url: click.echo(f"公开 Gongkai: {url}  （Ctrl+C 结束 to stop）"),
    )


@click.command(short_help="发布 serve the archive as a site")
@options.db
@options.snapshots
@options.port
def serve(db: Path, snapshots: Path, port: int) -> None:
    """把档案发布为网站（本机）。

    Serve the archive as a site on this machine.
    """
    run_server(db, snapshots, port)
