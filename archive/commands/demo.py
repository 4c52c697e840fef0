"""gongkai demo"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gongkai.archive.commands.nightly import run_night
from gongkai.archive.commands.serve import run_server
from gongkai.archive.commands.shared import options
from gongkai.archive.errors import ArchiveError

REPLICA = Path(__file__).resolve().parents[2] / "tests" / "replica" / "server.py"
"""The replica of the portals: part of the source, not of the installed package."""

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
    with replica() as proxy:
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


@contextmanager
def replica(script: Path = REPLICA) -> Iterator[str]:
    """Run the replica on a free port and give its address.

    :raises ArchiveError: when this is no source checkout, or the replica does not start
    """
    if not script.is_file():
        raise ArchiveError(
            f"{script}: 演示需要源代码 the demo needs a source checkout; clone the repository and run it there"
        )
    command = [sys.executable, str(script), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address.startswith("http://"):
                raise ArchiveError(f"{script}: 复制网站未能启动 the replica did not start")
            yield address
        finally:
            process.terminate()
