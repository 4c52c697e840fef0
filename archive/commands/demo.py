"""gongkai demo"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gongkai.archive.commands.nightly import run_night
from gongkai.archive.commands.serve import run_server
from gongkai.archive.commands.shared import options
from gongkai.replica.process import running_replica

QUICK = {"DOWNLOAD_DELAY": "0.02", "AUTOTHROTTLE_ENABLED": "False"}
"""No manners are owed to our own replica."""


@click.command(short_help="演示 nightly against a replica of four portals, then serve")
@options.db
@options.snapshots
@options.port
@click.option("--no-serve", is_flag=True, help="不启动网站 stop after the summary.")
def demo(db: Path, snapshots: Path, port: int, no_serve: bool) -> None:
    """演示：在本机复制的四个网站上采集、建库，然后发布。

    Crawl a replica of four portals on this machine, build the archive, then serve it.
    """
    if not no_serve:
        _check_port(port)
    with running_replica() as proxy:
        night = run_night((), db, snapshots, None, proxy, QUICK)
    click.echo("\n".join(night.lines()))
    if no_serve or night.exit_code:
        sys.exit(night.exit_code)
    run_server(db, snapshots, port)


def _check_port(port: int) -> None:
    """Say that the port is taken before the crawl, not behind it. Raises CannotServe."""
    from gongkai.publish.server.datasette_server import (
        listen,  # late: Datasette takes a second to import
    )

    listen("127.0.0.1", port).close()
